"""Times native Keras on the race's network: a line of JSON on stdout for each of the sizes it is given.

    python keras_native.py 4 64x4 150x20    4 seconds for the runs of each measure, once there are a few

As in www/bench/shared/network.js: the book's cats-and-dogs net, RMSprop at 1e-4, on one batch again and again. A step
begins with arrays and ends with its loss, an inference with its probabilities. All settings are those it comes with.
"""

import json
import os
import sys
import time

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["CUDA_VISIBLE_DEVICES"] = ""
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import tensorflow as tf
from keras import layers

WARM_UP = 3
FEWEST = 3
MOST = 100


def network(size):
    model = keras.Sequential(
        [
            keras.Input((size, size, 3)),
            layers.Conv2D(32, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(64, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(128, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(128, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dense(512, activation="relu"),
            layers.Dense(1, activation="sigmoid"),
        ]
    )
    model.compile(keras.optimizers.RMSprop(1e-4), "binary_crossentropy")
    return model


def seconds_of(run, budget):
    for _ in range(WARM_UP):
        run()
    runs = []
    while len(runs) < FEWEST or (len(runs) < MOST and sum(runs) < budget):
        start = time.perf_counter()
        answer = run()
        runs.append(time.perf_counter() - start)
    if not np.all(np.isfinite(answer)):
        raise ValueError("its answer is no number")
    return runs


def measured(size, batch, budget):
    random = np.random.default_rng(1)
    images = random.random((batch, size, size, 3), np.float32)
    labels = (np.arange(batch) % 2).astype(np.float32)[:, None]
    model = network(size)
    return {
        "train": seconds_of(lambda: model.train_on_batch(images, labels), budget),
        "predict": seconds_of(lambda: model.predict_on_batch(images), budget),
    }


budget = float(sys.argv[1])
for name in sys.argv[2:]:
    size, batch = (int(number) for number in name.split("x"))
    found = {"size": [size, batch], "keras": keras.__version__, "tensorflow": tf.__version__}
    print(json.dumps(found | measured(size, batch, budget)), flush=True)
