"""Makes `.h5` files with Keras 2 (`tf_keras`), and what it predicts, for `model_files/tests/keras.rs` to open.

    python tests/exchange/keras2_models.py FOLDER [NAME ...]
"""

import json
import sys
from pathlib import Path

import numpy
import tf_keras as keras
from tf_keras import layers

PHOTOS = 4


def book():
    return keras.Sequential(
        [
            layers.Conv2D(8, (3, 3), activation="relu", input_shape=(40, 40, 3)),
            layers.MaxPooling2D((2, 2)),
            layers.Conv2D(12, (3, 3), activation="relu"),
            layers.MaxPooling2D((2, 2)),
            layers.Flatten(),
            layers.Dropout(0.5),
            layers.Dense(16, activation="relu"),
            layers.Dense(1, activation="sigmoid"),
        ]
    )


def without_input_shape():
    model = keras.Sequential([layers.Conv2D(4, 3, activation="swish"), layers.Flatten(), layers.Dense(3, activation="softmax")])
    model.build((None, 10, 11, 1))
    return model


def residual():
    x = inputs = keras.Input((16, 16, 3))
    x = layers.Conv2D(8, 3, strides=2, padding="same", use_bias=False, name="block/conv")(x)
    x = layers.BatchNormalization()(x)
    x = layers.ReLU(6.0)(x)
    y = layers.DepthwiseConv2D(3, padding="same")(x)
    y = layers.LeakyReLU(alpha=0.1)(y)
    y = layers.SeparableConv2D(8, 3, padding="same", activation="tanh")(y)
    x = layers.Add()([x, y])
    x = layers.Concatenate()([x, y])
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, layers.Dense(4, activation="softmax")(x))


def teachable_machine():
    """Shaped like the `keras_model.h5` of Teachable Machine: sequences of sequences around a frozen mobile network."""
    base = keras.applications.MobileNetV2(weights=None, input_shape=(32, 32, 3), include_top=False, alpha=0.35)
    base.trainable = False
    features = keras.Sequential([base, layers.GlobalAveragePooling2D(name="global_average_pooling2d_GlobalAveragePooling2D1")], name="sequential_1")
    head = keras.Sequential(
        [layers.Dense(16, activation="relu", name="dense_Dense1"), layers.Dense(3, activation="softmax", use_bias=False, name="dense_Dense2")],
        name="sequential_3",
    )
    return keras.Sequential([features, head], name="sequential_4")


def dwarf(optimizer):
    model = keras.Sequential(
        [
            layers.Conv2D(4, 3, activation="relu", input_shape=(12, 12, 1)),
            layers.BatchNormalization(),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dense(3, activation="softmax"),
        ]
    )
    model.compile(optimizer, "categorical_crossentropy", metrics=["accuracy"])
    return model


optimizers = keras.optimizers
MODELS = {
    "book2": book,
    "without_input_shape": without_input_shape,
    "residual2": residual,
    "teachable_machine": teachable_machine,
    "rmsprop2": lambda: dwarf(optimizers.RMSprop(1e-3)),
    "adam2": lambda: dwarf(optimizers.Adam(2e-3)),
    "sgd2": lambda: dwarf(optimizers.SGD(0.01, momentum=0.9)),
    "rmsprop_legacy": lambda: dwarf(optimizers.legacy.RMSprop(1e-3)),
    "adam_legacy": lambda: dwarf(optimizers.legacy.Adam(2e-3)),
    "sgd_legacy": lambda: dwarf(optimizers.legacy.SGD(0.01, momentum=0.9)),
}


def flattened(model):
    for layer in model.layers:
        if hasattr(layer, "layers"):
            yield from flattened(layer)
        else:
            yield layer


def make(folder, name):
    keras.backend.clear_session()
    keras.utils.set_random_seed(7)
    model = MODELS[name]()
    draw = numpy.random.default_rng(3)
    shape = model.input_shape[1:]
    photos = draw.integers(0, 256, (PHOTOS, *shape), numpy.uint8)
    images = photos.astype("float32") / 255
    norms = [layer for layer in flattened(model) if isinstance(layer, layers.BatchNormalization)]
    for norm in norms:
        norm.gamma.assign(draw.uniform(0.5, 1.5, norm.gamma.shape))
        norm.beta.assign(draw.normal(0, 0.1, norm.beta.shape))
    was = [(norm.momentum, norm.trainable) for norm in norms]
    for norm in norms:
        norm.momentum, norm.trainable = 0.0, True
    model(images, training=True)
    for norm, (momentum, trainable) in zip(norms, was, strict=True):
        norm.momentum, norm.trainable = momentum, trainable
    photos.tofile(folder / f"{name}.photos")
    compiled = model.optimizer is not None
    if compiled:
        classes = model.output_shape[-1]
        labels = keras.utils.to_categorical(numpy.arange(PHOTOS) % classes, classes)
        for _ in range(3):
            model.train_on_batch(images, labels)
    said = {"shape": shape, "predictions": model.predict(images, verbose=0).tolist()}
    model.save(folder / f"{name}.h5")
    if compiled:
        said["losses"] = []
        for _ in range(2):
            said["losses"].append(float(model.train_on_batch(images, labels)[0]))
            model.reset_metrics()
        said["after"] = model.predict(images, verbose=0).tolist()
    (folder / f"{name}.json").write_text(json.dumps(said))
    apart = numpy.ptp(numpy.array(said["predictions"]), axis=0).max()
    print(name, model.count_params(), f"predictions differ by {apart:.1e}", flush=True)


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for name in sys.argv[2:] or MODELS:
        make(folder, name)
