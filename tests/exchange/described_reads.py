"""Opens our `.safetensors` with the package `safetensors`, and our `.h5` with `h5py`: what the files say of their networks and values
must be enough for anyone to predict as we do.

    python tests/exchange/described_reads.py FOLDER

FOLDER is what `model_files/tests/exports.rs` wrote. Keras only computes the layers; it opens no file here.
"""

import json
import sys
from pathlib import Path

import h5py
import keras
import numpy
from keras.src.legacy.saving import saving_utils
from safetensors import safe_open

NEAR = 1e-4
# The name of a network's input.
INPUT = "input_layer"


def of_safetensors(path):
    """The network of the description in the file's metadata, each layer with the tensors that are named after it."""
    with safe_open(path, framework="numpy") as file:
        description = json.loads(file.metadata()["fovea"])
        tensors = {name: file.get_tensor(name) for name in file.keys()}
    network = description["network"]
    # Layers without a name of their own are counted from the start.
    keras.utils.clear_session()
    inputs = keras.Input(network["input_shape"], name=INPUT)
    values, before = {INPUT: inputs}, INPUT
    for described in network["layers"]:
        config = dict(described.get("config", {}))
        for key in ("scale", "offset"):
            # One number is for all channels.
            if isinstance(config.get(key), list) and len(config[key]) == 1:
                config[key] = config[key][0]
        layer = getattr(keras.layers, described["class_name"])(**config)
        read = [values[name] for name in described.get("inbound", [before])]
        before = layer.name
        values[before] = layer(read if len(read) > 1 else read[0])
        own = [weight for weight in layer.weights if weight.path.split("/")[-1] not in ("count", "seed_generator_state")]
        for weight in own:
            weight.assign(tensors[f"{before}/{weight.path.split('/')[-1]}"].reshape(weight.shape))
        if isinstance(layer, keras.layers.Normalization):
            layer.finalize_state()
    return keras.Model(inputs, values[before]), description["classes"]


def of_hdf5(path):
    """The network of the attribute `model_config`, each layer with the datasets that its group lists."""
    with h5py.File(path) as file:
        config = json.loads(file.attrs["model_config"])
        # An optimizer is not needed to predict.
        model = saving_utils.model_from_config(config)
        weights = file["model_weights"]
        listed = [name.decode() for name in weights.attrs["layer_names"]]
        if listed != [layer.name for layer in model.layers if not isinstance(layer, keras.layers.InputLayer)]:
            sys.exit(f"{path.name}: its layer_names are others than its layers")
        for name in listed:
            group, layer = weights[name], model.get_layer(name)
            for weight, key in zip(layer.weights, group.attrs["weight_names"], strict=True):
                weight.assign(group[key][()].reshape(weight.shape))
            if isinstance(layer, keras.layers.Normalization):
                layer.finalize_state()
        return model, json.loads(file.attrs["fovea"])["classes"]


def check(path, read):
    said = json.loads(path.with_suffix(".json").read_text())
    photos = numpy.fromfile(path.with_suffix(".photos"), numpy.uint8).reshape(-1, *said["shape"])
    model, classes = read(path)
    off = numpy.abs(model.predict(photos.astype("float32") / 255, verbose=0) - numpy.array(said["predictions"])).max()
    # NaN must not pass.
    wrong = not off <= NEAR or classes != said["classes"]
    print(f"{path.name}: off by {off:.1e} on {len(photos)} photos" + (" WRONG" if wrong else ""), flush=True)
    return bool(wrong)


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    files = [(path, of_safetensors) for path in sorted(folder.glob("*.safetensors"))]
    files += [(path, of_hdf5) for path in sorted(folder.glob("*.h5"))]
    wrong = sum(check(path, read) for path, read in files)
    if wrong or not files:
        sys.exit(f"{wrong} of {len(files)} files are wrong")
    print(f"{len(files)} files are read as they were written")
