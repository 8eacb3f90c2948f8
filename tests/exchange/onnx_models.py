"""Makes ONNX files with PyTorch's exporter and with tf2onnx, and what those programs predict, for `model_files/tests/onnx.rs`.

    python tests/exchange/onnx_models.py torch FOLDER
    python tests/exchange/onnx_models.py tf FOLDER
    python tests/exchange/onnx_models.py onnx FOLDER

Each model is FOLDER/NAME.onnx, with its photos and predictions beside. The first two want environments of their own: `torch`
with `onnx`, and `tensorflow-cpu` with `tf2onnx`. Weights are random. `onnx` takes one of PyTorch's and has its weights lie in
another file, and be numbers of other types; it wants `onnx`, `onnxruntime` and `ml_dtypes`.
"""

import json
import sys
from pathlib import Path

import numpy

PHOTOS = 4


def photos_of(shape):
    return numpy.random.default_rng(7).integers(0, 256, (PHOTOS, *shape), numpy.uint8)


def keep(folder, name, photos, predictions):
    photos.tofile(folder / f"{name}.photos")
    said = {"shape": photos.shape[1:], "predictions": numpy.asarray(predictions, "float64").tolist()}
    (folder / f"{name}.json").write_text(json.dumps(said))


def of_torch(folder):
    import torch
    from torch import nn

    class Residual(nn.Module):
        def __init__(self, channels):
            super().__init__()
            self.one = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
            self.norm = nn.BatchNorm2d(channels)
            self.two = nn.Conv2d(channels, channels, 3, padding=1, groups=channels)

        def forward(self, x):
            return torch.relu(x + self.two(torch.relu(self.norm(self.one(x)))))

    class Gate(nn.Module):
        def __init__(self, channels):
            super().__init__()
            self.pool = nn.AdaptiveAvgPool2d(1)
            self.dense = nn.Sequential(nn.Linear(channels, 4), nn.ReLU(), nn.Linear(4, channels), nn.Hardsigmoid())

        def forward(self, x):
            gate = self.dense(self.pool(x).flatten(1))
            return x * gate.view(x.size(0), -1, 1, 1)

    class Branches(nn.Module):
        def __init__(self, channels):
            super().__init__()
            self.one = nn.Conv2d(channels, 5, 1)
            self.two = nn.Conv2d(channels, 4, 3, padding=2, dilation=2)

        def forward(self, x):
            return torch.cat([nn.functional.gelu(self.one(x)), nn.functional.silu(self.two(x))], 1)

    models = {
        # The head of ResNet, whose pads are others than Keras'.
        "torch_residual": nn.Sequential(
            nn.Conv2d(3, 8, 7, stride=2, padding=3, bias=False),
            nn.BatchNorm2d(8),
            nn.ReLU(),
            nn.MaxPool2d(3, 2, 1),
            Residual(8),
            nn.AdaptiveAvgPool2d(1),
            nn.Flatten(),
            nn.Linear(8, 5),
        ),
        # Dense behind Flatten with the channels first.
        "torch_flat": nn.Sequential(
            nn.Conv2d(3, 6, 3),
            nn.ReLU6(),
            nn.MaxPool2d(2),
            nn.Dropout2d(0.2),
            nn.Flatten(),
            nn.Dropout(0.5),
            nn.Linear(6 * 11 * 11, 10),
            nn.BatchNorm1d(10),
            nn.LeakyReLU(0.1),
            nn.Linear(10, 1),
            nn.Sigmoid(),
        ),
        "torch_branches": nn.Sequential(
            nn.ZeroPad2d((1, 2, 0, 1)),
            nn.Conv2d(3, 8, 3, stride=2, padding=1),
            nn.Hardswish(),
            Gate(8),
            Branches(8),
            nn.AvgPool2d(3, 2, 1),
            nn.ELU(),
            nn.MaxPool2d(3, 2, ceil_mode=True),
            nn.Conv2d(9, 3, 1),
            nn.Flatten(),
            nn.LazyLinear(4),
            nn.Softmax(1),
        ),
    }
    torch.manual_seed(3)
    photos = photos_of((24, 24, 3))
    images = torch.tensor(photos.transpose(0, 3, 1, 2)).float() / 255
    for name, model in models.items():
        model(images)
        for module in model.modules():
            if isinstance(module, (nn.BatchNorm1d, nn.BatchNorm2d)):
                nn.init.uniform_(module.running_mean, -0.5, 0.5)
                nn.init.uniform_(module.running_var, 0.5, 2)
                nn.init.uniform_(module.weight, 0.5, 1.5)
        model.eval()
        with torch.no_grad():
            predictions = model(images)
        if name == "torch_residual":
            predictions = predictions.softmax(1)
        keep(folder, name, photos, predictions)
        axes = {"image": {0: "batch"}}
        torch.onnx.export(model, images[:1], folder / f"{name}.onnx", input_names=["image"], dynamic_axes=axes)


def of_tf(folder):
    import tensorflow
    import tf2onnx
    from keras import layers

    def residual():
        x = inputs = tensorflow.keras.Input((24, 24, 3))
        x = layers.Rescaling(2.0, offset=-1.0)(x)
        x = layers.Conv2D(8, 3, strides=2, padding="same", use_bias=False)(x)
        x = layers.BatchNormalization()(x)
        x = layers.ReLU(6.0)(x)
        y = layers.DepthwiseConv2D(3, padding="same")(x)
        y = layers.BatchNormalization()(y)
        y = layers.Activation("swish")(y)
        y = layers.Conv2D(8, 1)(y)
        x = layers.Add()([x, y])
        gate = layers.GlobalAveragePooling2D(keepdims=True)(x)
        gate = layers.Conv2D(8, 1, activation="sigmoid")(gate)
        x = layers.Multiply()([x, gate])
        x = layers.Concatenate()([layers.MaxPooling2D(3, 2, padding="same")(x), layers.AveragePooling2D(2)(x)])
        x = layers.GlobalAveragePooling2D()(x)
        return tensorflow.keras.Model(inputs, layers.Dense(4, activation="softmax")(x))

    def flat():
        return tensorflow.keras.Sequential(
            [
                tensorflow.keras.Input((24, 24, 1)),
                layers.Conv2D(4, 3, activation="relu"),
                layers.MaxPooling2D(),
                layers.SeparableConv2D(6, 3, activation="elu"),
                layers.ZeroPadding2D(1),
                layers.Flatten(),
                layers.Dropout(0.5),
                layers.Dense(1, activation="sigmoid"),
            ]
        )

    tensorflow.random.set_seed(3)
    for name, make in {"tf2onnx_residual": residual, "tf2onnx_flat": flat}.items():
        model = make()
        shape = model.input_shape[1:]
        photos = photos_of(shape)
        keep(folder, name, photos, model(photos.astype("float32") / 255, training=False))
        spec = [tensorflow.TensorSpec((None, *shape), tensorflow.float32, name="photos")]
        function = tensorflow.function(lambda x, model=model: model(x, training=False), input_signature=spec)
        tf2onnx.convert.from_function(function, spec, opset=15, output_path=str(folder / f"{name}.onnx"))


def of_onnx(folder):
    import ml_dtypes
    import onnx
    import onnxruntime
    from onnx import numpy_helper

    source = Path(__file__).parents[2] / "model_files/fixtures/onnx/torch_branches"
    shape = json.loads(source.with_suffix(".json").read_text())["shape"]
    photos = numpy.fromfile(source.with_suffix(".photos"), numpy.uint8).reshape(-1, *shape)
    images = (photos.astype("float32") / 255).transpose(0, 3, 1, 2)

    def predicted(path):
        session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
        return session.run(None, {session.get_inputs()[0].name: images})[0]

    model = onnx.load(source.with_suffix(".onnx"))
    path = folder / "external.onnx"
    onnx.save_model(model, path, save_as_external_data=True, location="external.onnx_data", size_threshold=0)
    keep(folder, "external", photos, predicted(path))
    for name, kind in {"half": "float16", "bfloat16": ml_dtypes.bfloat16, "double": "float64"}.items():
        model = onnx.load(source.with_suffix(".onnx"))
        casts = []
        for tensor in model.graph.initializer:
            values = numpy_helper.to_array(tensor)
            if values.dtype != numpy.float32:
                continue
            own = tensor.name
            tensor.CopyFrom(numpy_helper.from_array(values.astype(kind), f"{own}_{name}"))
            casts.append(onnx.helper.make_node("Cast", [tensor.name], [own], to=onnx.TensorProto.FLOAT))
        nodes = [*casts, *model.graph.node]
        del model.graph.node[:]
        model.graph.node.extend(nodes)
        onnx.checker.check_model(model)
        path = folder / f"{name}.onnx"
        onnx.save(model, path)
        keep(folder, name, photos, predicted(path))


if __name__ == "__main__":
    _, program, where = sys.argv
    Path(where).mkdir(parents=True, exist_ok=True)
    {"torch": of_torch, "tf": of_tf, "onnx": of_onnx}[program](Path(where))
