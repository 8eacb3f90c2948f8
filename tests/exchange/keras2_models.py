"""Makes `.h5` files with Keras 2 (`tf_keras`), and what it predicts, for `model_files/tests/keras.rs` to open.

    python tests/exchange/keras2_models.py FOLDER [NAME ...]
"""

import tf_keras as keras
from tf_keras import layers

import recording


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


if __name__ == "__main__":
    recording.main(keras, MODELS, ["h5"])
