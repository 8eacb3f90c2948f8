"""What Keras' ImageDataGenerator makes of noise, for src/ops/augment/tests.rs to follow.

Made with Python 3.11, tensorflow-cpu 2.21.0, keras 3.15.1, numpy 2.4.6, scipy 1.17.1 and pillow 13.0.0, set up as
make_fixtures.py says, and:

    keras-venv/bin/pip install pillow==13.0.0
    keras-venv/bin/python tests/parity/augmentation.py    writes tests/parity/fixtures/augmentation.json and .u16

Keras draws for each photo what it always draws, but from the crate's own generator (model::Augmentation::draw): so
ranges are held against Keras', too, and not only maps. Photos are noise from that generator, of which nothing is
stored. The second file has the values that came out, from 0 to 255, times 256.

The crate does what Keras' documentation says, which Keras 3 does not in two places: its height_shift_range moves photos
sideways and its width_shift_range up and down, and it takes the height for the side of x. So Keras is given the two ranges
the other way round, and for photos that are not square the two sides as well (as_documented). All else is Keras' own.
That the middle and the sides are then right is for a test of ops/augment that knows nothing of Keras.
"""

import itertools
import json
import os
import types
import warnings
from pathlib import Path

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["CUDA_VISIBLE_DEVICES"] = ""
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import numpy as np
from keras.src.legacy.preprocessing import image as keras_image

from augmented import RANGES
from drawn import SHUFFLE, pcg4d, uniform, words_of

# The word of random::Purpose.
AUGMENTATION = 0x5000_0000
DRAWS = 12
FIXTURES = Path(__file__).parent / "fixtures"
SAMPLES = [0, 7, 4000]
SQUARE, WIDE, GREY = [15, 15, 3], [11, 17, 3], [16, 16, 1]
ALL = {
    **RANGES,
    "shear_range": 30,
    "zoom_range": [0.5, 3],
    "vertical_flip": True,
    "brightness_range": [0.5, 1.6],
    "channel_shift_range": 60,
}
ALONE = [
    {"rotation_range": 180},
    {"width_shift_range": 0.4},
    {"height_shift_range": 0.4},
    {"width_shift_range": 4},
    {"height_shift_range": 2.5},
    {"width_shift_range": [-6, 3, 1.5], "fill_mode": "wrap"},
    {"height_shift_range": [0.5, -0.25], "fill_mode": "reflect"},
    {"shear_range": 40},
    {"zoom_range": 0.5},
    {"zoom_range": [0.3, 0.6]},
    {"horizontal_flip": True},
    {"vertical_flip": True},
    {"brightness_range": [0.2, 1.8]},
    {"channel_shift_range": 80},
]
MODES = [{"fill_mode": "nearest"}, {"fill_mode": "reflect"}, {"fill_mode": "wrap"}, {"fill_mode": "constant", "cval": 99}]
CASES = [
    *((SQUARE, augmentation) for augmentation in ALONE),
    *((WIDE, {**RANGES, "zoom_range": [2, 5], **mode}) for mode in MODES),
    *((WIDE, {**ALL, **mode}) for mode in MODES),
    (SQUARE, RANGES),
    (GREY, ALL),
]


# In the order in which Keras draws, once it has them the other way round.
SHIFTS = ["width_shift_range", "height_shift_range"]


class Draws:
    """numpy.random, but the numbers are given."""

    def __init__(self, numbers):
        self.numbers = iter(numbers)

    def uniform(self, low, high, size=1):
        drawn = [low + (high - low) * number for number in itertools.islice(self.numbers, size)]
        return drawn if size > 1 else drawn[0]

    def random(self):
        return next(self.numbers)

    def choice(self, values):
        if isinstance(values, float):
            raise ValueError("a must be 1-dimensional or an integer")
        values = range(values) if isinstance(values, int) else values
        return values[int(next(self.numbers) * len(values))]


class Numpy(types.SimpleNamespace):
    def __getattr__(self, name):
        return getattr(np, name)


def drawn_for(augmentation, seed, epoch, sample):
    """The numbers that Keras asks for, in its order, by their places among all that the crate draws."""
    with np.errstate(over="ignore"):
        a, b, c, _ = pcg4d(seed, AUGMENTATION, epoch, sample)
    numbers = uniform(words_of(a, b, c, DRAWS)).astype(np.float64)
    shifts = [augmentation.get(name, 0) for name in SHIFTS]
    sided = [[True, not isinstance(shift, float)] if shift else [False, False] for shift in shifts]
    asked = [
        "rotation_range" in augmentation,
        *sided[0],
        *sided[1],
        "shear_range" in augmentation,
        *["zoom_range" in augmentation] * 2,
        True,
        True,
        "channel_shift_range" in augmentation,
        "brightness_range" in augmentation,
    ]
    return numbers[asked]


def noise(shape, seed):
    return (words_of(seed, SHUFFLE, 0, np.prod(shape)) & 255).astype(np.uint8).reshape(shape)


def as_documented(augmentation):
    """A function as ImageDataGenerator.random_transform, with Keras' width where its documentation has the width."""
    other = dict(zip(SHIFTS, reversed(SHIFTS)))
    generator = keras_image.ImageDataGenerator(**{other.get(name, name): to for name, to in augmentation.items()})

    def random_transform(image):
        height, width, channels = image.shape
        # Nothing but the shifts goes by the shape.
        drawn = generator.get_random_transform((width, height, channels))
        about = keras_image.transform_matrix_offset_center
        keras_image.transform_matrix_offset_center = lambda matrix, x, y: about(matrix, y, x)
        try:
            return generator.apply_transform(image, drawn)
        finally:
            keras_image.transform_matrix_offset_center = about

    return random_transform


def augmented(shape, augmentation, seed, epoch):
    random_transform = as_documented(augmentation)
    for sample in SAMPLES:
        draws = Draws(drawn_for(augmentation, seed, epoch, sample))
        keras_image.np = Numpy(random=draws)
        yield random_transform(noise(shape, sample).astype(np.float32))
        assert next(draws.numbers, None) is None, f"{augmentation}: Keras asked for fewer numbers"


def main():
    # Keras asks for scipy.ndimage by its old name.
    warnings.simplefilter("ignore", DeprecationWarning)
    cases, values = [], []
    for number, (shape, augmentation) in enumerate(CASES):
        case = {"seed": number, "epoch": 1 + number % 3, "samples": SAMPLES}
        values += [image.reshape(-1) for image in augmented(shape, augmentation, case["seed"], case["epoch"])]
        cases.append(json.dumps({**case, "shape": shape, "augmentation": augmentation}))
    (FIXTURES / "augmentation.json").write_text("[\n  " + ",\n  ".join(cases) + "\n]\n")
    values = np.concatenate(values)
    assert values.min() >= 0 and values.max() <= 255
    np.rint(256 * values).astype("<u2").tofile(FIXTURES / "augmentation.u16")


if __name__ == "__main__":
    main()
