"""Makes models with a Keras, and writes down what it makes of them, for `model_files/tests/keras.rs`.

`keras_models.py` and `keras2_models.py` hand over their Keras and their models. Each model is FOLDER/NAME in each of the file
endings, with FOLDER/NAME.json beside: the images' shape, what Keras predicts, and for a model that is compiled the losses of two
more steps and what is predicted after them. FOLDER/NAME.photos has the photos' bytes. Weights are random; batch norms get random
statistics, so that each of them tells.
"""

import json
import sys
import time
from pathlib import Path

import numpy

PHOTOS = 4
# Photos beside those, for the statistics of batch norms.
CALIBRATING = 12
# Steps of a compiled model before it is saved, so that its optimizer has a state, and after it.
STEPS_BEFORE = 3
STEPS_AFTER = 2


def flattened(model):
    """The layers of a model and of those within it."""
    for layer in model.layers:
        if hasattr(layer, "layers"):
            yield from flattened(layer)
        else:
            yield layer


def norms_of(keras, model):
    return [layer for layer in flattened(model) if isinstance(layer, keras.layers.BatchNormalization)]


def randomise(keras, model, draw):
    """Random values where Keras begins with zeros and ones."""
    for layer in flattened(model):
        for weight in getattr(layer, "weights", []):
            # Keras 3 has paths; Keras 2 has `dense/kernel:0` for a name.
            name = getattr(weight, "path", weight.name).split("/")[-1].split(":")[0]
            if name in ("gamma", "moving_variance", "variance"):
                weight.assign(draw.uniform(0.5, 1.5, weight.shape))
            elif name in ("beta", "moving_mean", "mean", "bias"):
                weight.assign(draw.normal(0, 0.1, weight.shape))
        if isinstance(layer, keras.layers.Normalization):
            # It computes with copies of its weights.
            layer.finalize_state()


def calibrate(keras, model, images):
    """Gives batch norms the statistics of these images: without it the values of a deep network fade away, and what it
    predicts tells nothing of them."""
    norms = norms_of(keras, model)
    if not norms:
        # Keras' kernels halve the values behind each relu.
        for layer in flattened(model):
            if hasattr(layer, "kernel"):
                layer.kernel.assign(layer.kernel * 2**0.5)
    was = [(layer.momentum, layer.trainable) for layer in norms]
    for layer in norms:
        layer.momentum, layer.trainable = 0.0, True
    draw = numpy.random.default_rng(11)
    more = draw.random((CALIBRATING, *images.shape[1:]), numpy.float32)
    model(numpy.concatenate([images, more]), training=True)
    for layer, (momentum, trainable) in zip(norms, was, strict=True):
        # A channel that hardly differs would make rounding errors large.
        variance = numpy.array(layer.moving_variance)
        layer.moving_variance.assign(numpy.maximum(variance, 0.1 * variance.mean()))
        layer.momentum, layer.trainable = momentum, trainable


def in_double(config):
    """A configuration of Keras 3 in which every layer computes with double precision."""
    if isinstance(config, list):
        return [in_double(one) for one in config]
    if not isinstance(config, dict):
        return config
    if config.get("class_name") == "DTypePolicy":
        return {**config, "config": {"name": "float64"}}
    return {key: in_double(value) for key, value in config.items()}


def predict(keras, model, images, compiled):
    """What it predicts; without rounding errors where Keras can be asked for that, as a deep network with random weights makes much of
    them: two programs that are each as exact as they can be are then twice as far apart as either is wrong."""
    if compiled or not hasattr(keras, "config"):
        return model.predict(images, verbose=0)
    twin = keras.saving.deserialize_keras_object(in_double(keras.saving.serialize_keras_object(model)))
    twin.set_weights(model.get_weights())
    for layer in flattened(twin):
        if isinstance(layer, keras.layers.Normalization):
            layer.finalize_state()
    exact = twin.predict(images.astype("float64"), verbose=0)
    assert exact.dtype == "float64", exact.dtype
    return exact


def train(model, images, labels, steps):
    """The loss of each step, which is that of before it."""
    losses = []
    for _ in range(steps):
        losses.append(float(model.train_on_batch(images, labels)[0]))
        model.reset_metrics()
    return losses


def record(keras, model, folder, name, endings):
    start = time.perf_counter()
    randomise(keras, model, numpy.random.default_rng(3))
    shape = model.input_shape[1:]
    photos = numpy.random.default_rng(sum(name.encode())).integers(0, 256, (PHOTOS, *shape), numpy.uint8)
    # As networks of the book read them: from 0 to 1.
    images = photos.astype("float32") / 255
    calibrate(keras, model, images)
    photos.tofile(folder / f"{name}.photos")
    compiled = getattr(model, "optimizer", None) is not None
    if compiled:
        classes = model.output_shape[-1]
        labels = keras.utils.to_categorical(numpy.arange(PHOTOS) % classes, classes)
        train(model, images, labels, STEPS_BEFORE)
    said = {"shape": shape, "predictions": predict(keras, model, images, compiled).tolist()}
    for ending in endings:
        model.save(folder / f"{name}.{ending}")
    if compiled:
        said["losses"] = train(model, images, labels, STEPS_AFTER)
        said["after"] = model.predict(images, verbose=0).tolist()
    (folder / f"{name}.json").write_text(json.dumps(said))
    apart = numpy.ptp(numpy.array(said["predictions"]), axis=0).max()
    seconds = time.perf_counter() - start
    print(f"{name}: {model.count_params()} parameters, predictions differ by {apart:.1e}, {seconds:.0f} s", flush=True)


def main(keras, models, endings):
    """`SCRIPT FOLDER [NAME ...]`: all of the models, or only some."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for name in sys.argv[2:] or models:
        keras.backend.clear_session()
        keras.utils.set_random_seed(7)
        record(keras, models[name](), folder, name, endings)
