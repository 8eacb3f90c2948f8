"""Trains the network of this folder on, on its photos, and tests it: README.md says how.

    python train.py
    python train.py --epochs 50 --photos FOLDER
"""

import argparse
import json
import os
import zipfile
from pathlib import Path

# Keras computes with JAX, unless told.
os.environ.setdefault("KERAS_BACKEND", "jax")

import keras

from photos import HERE, Photos


def main():
    settings = json.loads((HERE / "settings.json").read_text(encoding="utf-8"))
    given = arguments(settings)
    devices, share = distribute()
    # All devices have the same part of a batch.
    batch_size = -(-given.batch_size // devices) * devices
    keras.utils.set_random_seed(settings["seed"])
    model = keras.saving.load_model(given.model)
    take_optimizer(model, settings)
    units = model.output_shape[-1]

    def photos(split, **more):
        dataset = Photos(split, settings, units, batch_size, given.photos, **more)
        return dataset if len(dataset) else None

    train = photos("train", parts=devices, share=share, training=True, begun=int(model.optimizer.iterations))
    if train is None:
        raise SystemExit(f"train.csv: it needs {devices} photos, one for each device")
    validation = photos("validation", parts=devices, share=share)
    first = share[0] == 0
    if first:
        print(f"{devices} devices, {batch_size} photos in a batch", flush=True)
    history = [keras.callbacks.CSVLogger(HERE / "history.csv")] if first else []
    verbose = "auto" if first else 0
    model.fit(train, validation_data=validation, epochs=given.epochs, shuffle=False, callbacks=history, verbose=verbose)
    if not first:
        return
    # From here on one process does alone what is left, on one device, so that no photo of the test is left out.
    keras.distribution.set_distribution(None)
    model.save(given.save)
    keep_names(given.model, given.save)
    model = keras.saving.load_model(given.save)
    test = photos("test")
    if test is not None:
        loss, accuracy = model.evaluate(test, verbose=0)
        print(f"On {len(test.rows)} test photos: accuracy {accuracy:.4f}, loss {loss:.4f}")


def arguments(settings):
    parser = argparse.ArgumentParser(description=__doc__.split(":")[0])
    parser.add_argument("--epochs", type=int, default=settings["epochs"])
    parser.add_argument("--batch-size", type=int, default=settings["batch_size"], help="photos a step, on all devices together")
    parser.add_argument("--photos", type=lambda path: Path(path).resolve(), help="a folder of your photos as they were")
    parser.add_argument("--model", type=Path, default=HERE / "model.keras", help="goes on from here")
    parser.add_argument("--save", type=Path, default=HERE / "trained.keras", help="what comes of it")
    return parser.parse_args()


def distribute():
    """Shares each batch out among all devices. Gives their number, and which one of how many processes this is."""
    share = (0, 1)
    if "KERAS_DISTRIBUTION_NUM_PROCESSES" in os.environ:
        keras.distribution.initialize()
        share = tuple(int(os.environ[f"KERAS_DISTRIBUTION_{name}"]) for name in ("PROCESS_ID", "NUM_PROCESSES"))
    if keras.config.backend() != "jax":
        return 1, share
    devices = len(keras.distribution.list_devices())
    if devices > 1:
        # Each process makes its share of a batch by itself.
        keras.distribution.set_distribution(keras.distribution.DataParallel(auto_shard_dataset=False))
    return devices, share


def take_optimizer(model, settings):
    """The saved optimizer goes on, at the learning rate of the settings; where they have another one, that begins anew."""
    wanted = settings["optimizer"]
    saved = model.optimizer.get_config() if model.optimizer else {}
    same = type(model.optimizer).__name__ == wanted["class_name"] and all(
        saved[name] == value for name, value in wanted["config"].items() if name != "learning_rate"
    )
    if same:
        model.optimizer.learning_rate = wanted["config"]["learning_rate"]
    else:
        model.compile(keras.optimizers.deserialize(wanted), settings["loss"], metrics=["accuracy"])


def keep_names(source, saved):
    """Fovea finds the classes' names in a file that Keras passes over."""
    with zipfile.ZipFile(source) as before, zipfile.ZipFile(saved, "a") as after:
        if "fovea.json" in before.namelist():
            after.writestr("fovea.json", before.read("fovea.json"))


if __name__ == "__main__":
    try:
        main()
    except (FileNotFoundError, LookupError) as error:
        raise SystemExit(f"train.py: {error}") from error
