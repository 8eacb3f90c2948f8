"""Opens our exports with real Keras 3: it must predict as we do, and train on as we do.

    python tests/exchange/keras_reads.py FOLDER

FOLDER is what `model_files/tests/exports.rs` wrote.
"""

import json
import sys
from pathlib import Path

import h5py
import keras
import numpy

NEAR = 1e-4
NEAR_AFTER = 1e-3


def take_state(model, path):
    """Keras 3 builds the optimizer of a .h5 for no variables at all, also of its own files: here it is done by hand."""
    optimizer = type(model.optimizer).from_config(model.optimizer.get_config())
    optimizer.build(model.trainable_variables)
    with h5py.File(path) as file:
        if "optimizer_weights" in file:
            group = file["optimizer_weights"]
            for variable, name in zip(optimizer.variables, group.attrs["weight_names"], strict=True):
                variable.assign(group[name][()])
    model.compile(optimizer, model.loss, metrics=["accuracy"])


def check(path, said):
    photos = numpy.fromfile(path.with_suffix(".photos"), numpy.uint8).reshape(-1, *said["shape"])
    images = photos.astype("float32") / 255
    model = keras.saving.load_model(path)
    off = numpy.abs(model.predict(images, verbose=0) - numpy.array(said["predictions"])).max()
    # NaN must not pass.
    wrong = not off <= NEAR
    line = f"{path.name}: off by {off:.1e}"
    if "losses" in said:
        # The first of the photos were trained on, with labels that are counted up.
        images = images[: len(said["after"])]
        units = model.output_shape[-1]
        labels = numpy.arange(len(images)) % max(units, 2)
        labels = keras.utils.to_categorical(labels, units) if units > 1 else labels[:, None].astype("float32")
        if path.suffix == ".h5":
            take_state(model, path)
        losses = []
        for _ in said["losses"]:
            losses.append(float(model.train_on_batch(images, labels)[0]))
            model.reset_metrics()
        apart = numpy.abs(numpy.array(losses) / numpy.array(said["losses"]) - 1).max()
        after = numpy.abs(model.predict(images, verbose=0) - numpy.array(said["after"])).max()
        line += f", losses by {apart:.1e}, then off by {after:.1e}"
        # Dropout, and what changes photos at random, draw otherwise in each program.
        if any(isinstance(layer, keras.layers.Dropout) and layer.rate > 0 for layer in model.layers):
            line += ", with dropout"
        else:
            wrong = wrong or not max(apart, after) <= NEAR_AFTER
    print(line + (" WRONG" if wrong else ""), flush=True)
    return bool(wrong)


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    wrong = 0
    files = sorted(path for path in folder.iterdir() if path.suffix in (".keras", ".h5"))
    for path in files:
        wrong += check(path, json.loads(path.with_suffix(".json").read_text()))
    if wrong or not files:
        sys.exit(f"{wrong} of {len(files)} files are wrong")
    print(f"{len(files)} files are read as they were written")
