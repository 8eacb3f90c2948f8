"""Makes models with real Keras 3 as `.keras` and `.h5`, and what it predicts, for `model_files/tests/keras.rs` to open.

    python tests/exchange/keras_models.py FOLDER [NAME ...]
"""

import keras
from keras import layers

import recording


def zoo(name, size, **settings):
    def make():
        network = getattr(keras.applications, name)
        return network(weights=None, input_shape=(size, size, 3), classes=10, **settings)

    return make


def with_head(name, size):
    """A base without its top, which is larger than what is opened, under a head as the book puts on it."""

    def make():
        base = getattr(keras.applications, name)(weights=None, input_shape=(size, size, 3), include_top=False, pooling="avg")
        return keras.Sequential([base, layers.Dense(10, activation="softmax")])

    return make


def tuned():
    """A frozen mobile network under a head of its own, which is trained."""
    base = keras.applications.MobileNetV2(weights=None, input_shape=(96, 96, 3), include_top=False, alpha=0.35)
    base.trainable = False
    x = inputs = keras.Input((96, 96, 3))
    x = base(x)
    x = layers.GlobalAveragePooling2D()(x)
    model = keras.Model(inputs, layers.Dense(3, activation="softmax")(x))
    model.compile(keras.optimizers.Adam(1e-3), "categorical_crossentropy", metrics=["accuracy"])
    return model


def book():
    """The book's first net for cats and dogs, smaller."""
    return keras.Sequential(
        [
            keras.Input((40, 40, 3)),
            layers.Conv2D(8, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(12, (3, 3), activation="relu"),
            layers.MaxPooling2D((2, 2)),
            layers.Flatten(),
            layers.Dropout(0.5),
            layers.Dense(16, activation="relu"),
            layers.Dense(1, activation="sigmoid"),
        ]
    )


def every_layer():
    """Each layer that there is, once at least."""
    x = inputs = keras.Input((24, 24, 3))
    x = layers.RandomFlip("horizontal")(x)
    x = layers.Rescaling(2.0, offset=-1.0)(x)
    x = layers.Normalization(mean=[0.1, 0.2, 0.3], variance=[1.0, 1.5, 2.0])(x)
    x = layers.ZeroPadding2D(((1, 2), (2, 1)))(x)
    x = layers.Conv2D(8, 3, strides=2, padding="same", use_bias=False)(x)
    x = layers.BatchNormalization(scale=False)(x)
    x = layers.Activation("swish")(x)
    y = layers.DepthwiseConv2D(3, padding="same", depth_multiplier=2)(x)
    y = layers.LeakyReLU(negative_slope=0.1)(y)
    y = layers.Conv2D(8, 1, activation="gelu", groups=2)(y)
    x = layers.Add()([x, y])
    gate = layers.GlobalAveragePooling2D(keepdims=True)(x)
    gate = layers.Conv2D(8, 1, activation="hard_sigmoid")(gate)
    x = layers.Multiply()([x, gate])
    z = layers.SeparableConv2D(6, 3, padding="same", activation="relu6")(x)
    z = layers.Conv2D(6, 3, padding="same", dilation_rate=2, activation="elu")(z)
    x = layers.Concatenate()([x, z])
    x = layers.Cropping2D(((1, 0), (0, 1)))(x)
    x = layers.ReLU(max_value=4.0, negative_slope=0.05, threshold=0.1)(x)
    a = layers.AveragePooling2D(2, padding="same")(x)
    b = layers.MaxPooling2D(2, padding="same")(x)
    x = layers.Concatenate(axis=3)([a, b])
    x = x * 0.5 + 1.0
    x = layers.Reshape((-1, 4))(x)
    x = layers.Flatten()(x)
    x = layers.Dense(12, activation="tanh")(x)
    x = layers.Dropout(0.3)(x)
    x = layers.Dense(5)(x)
    outputs = layers.Softmax()(x)
    return keras.Model(inputs, outputs, name="every_layer")


def nested():
    """A base that is a layer of another model, with one more inside it."""
    head = keras.Sequential([keras.Input((6, 6, 8)), layers.Conv2D(8, 3), layers.BatchNormalization()], name="inner")
    i = keras.Input((14, 14, 3))
    x = layers.Conv2D(8, 3, strides=2, name="shared_name")(i)
    x = layers.BatchNormalization()(x)
    base = keras.Model(i, head(x), name="base")
    base.trainable = False
    j = keras.Input((14, 14, 3))
    x = base(j)
    x = layers.Conv2D(4, 1, name="shared_name_1")(x)
    x = layers.BatchNormalization()(x)
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(j, layers.Dense(3, activation="softmax")(x), name="outer")


def dwarf(optimizer):
    model = keras.Sequential(
        [
            keras.Input((12, 12, 1)),
            layers.Conv2D(4, 3, activation="relu"),
            layers.BatchNormalization(),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dense(3, activation="softmax"),
        ]
    )
    model.compile(optimizer, "categorical_crossentropy", metrics=["accuracy"])
    return model


MODELS = {
    "book": book,
    "every_layer": every_layer,
    "nested": nested,
    "rmsprop": lambda: dwarf(keras.optimizers.RMSprop(1e-3)),
    "rmsprop_momentum": lambda: dwarf(keras.optimizers.RMSprop(1e-3, momentum=0.9)),
    "adam": lambda: dwarf(keras.optimizers.Adam(2e-3)),
    "sgd": lambda: dwarf(keras.optimizers.SGD(0.01, momentum=0.9, nesterov=True)),
    "sgd_plain": lambda: dwarf(keras.optimizers.SGD(0.01)),
    "vgg16": with_head("VGG16", 48),
    "vgg19": with_head("VGG19", 48),
    "resnet50": zoo("ResNet50", 96),
    "resnet50v2": zoo("ResNet50V2", 64),
    "mobilenet": zoo("MobileNet", 64),
    "mobilenetv2": zoo("MobileNetV2", 64),
    "mobilenetv3small": zoo("MobileNetV3Small", 64),
    "efficientnetb0": zoo("EfficientNetB0", 64),
    "efficientnetv2b0": zoo("EfficientNetV2B0", 64),
    "densenet121": zoo("DenseNet121", 64),
    "xception": zoo("Xception", 96),
    "inceptionv3": zoo("InceptionV3", 139),
    "nasnetmobile": zoo("NASNetMobile", 64),
    "mobilenetv2_tuned": tuned,
}


if __name__ == "__main__":
    recording.main(keras, MODELS, ["keras", "h5"])
