"""Opens our `.h5` with Keras 2 (`tf_keras`): it must predict as we do.

    python tests/exchange/keras2_reads.py FOLDER

FOLDER is what `model_files/tests/exports.rs` wrote.
"""

import json
import sys
from pathlib import Path

import h5py
import numpy
import tf_keras as keras

NEAR = 1e-4
# What Keras 2 computes otherwise: a mean and variance by number of channels, and another hard_sigmoid.
LACKING = ["every_layer.h5", "keras_every_layer.h5"]
# A function that it lacks: it must refuse such a file, and not predict anything else.
UNKNOWN = "hard_silu"


def is_refused(path):
    try:
        keras.models.load_model(path)
    except (TypeError, ValueError) as error:
        print(f"{path.name}: refused, as Keras 2 has no {UNKNOWN}", flush=True)
        return UNKNOWN in str(error)
    return False


def is_unknown(path):
    with h5py.File(path) as file:
        config = file.attrs["model_config"]
    return UNKNOWN in (config.decode() if isinstance(config, bytes) else config)


def check(path):
    said = json.loads(path.with_suffix(".json").read_text())
    photos = numpy.fromfile(path.with_suffix(".photos"), numpy.uint8).reshape(-1, *said["shape"])
    model = keras.models.load_model(path)
    off = numpy.abs(model.predict(photos.astype("float32") / 255, verbose=0) - numpy.array(said["predictions"])).max()
    # NaN must not pass.
    wrong = not off <= NEAR
    print(f"{path.name}: off by {off:.1e}" + (" WRONG" if wrong else ""), flush=True)
    return wrong


if __name__ == "__main__":
    files = sorted(path for path in Path(sys.argv[1]).glob("*.h5") if path.name not in LACKING)
    wrong = sum(not is_refused(path) if is_unknown(path) else check(path) for path in files)
    if wrong or not files:
        sys.exit(f"{wrong} of {len(files)} files are wrong")
    print(f"{len(files)} files are read as they were written")
