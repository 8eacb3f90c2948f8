"""What Keras and the crate both draw: the generator of src/random in numpy, and what comes out of it.

The batches' twin is drawn.rs, the masks' src/ops/dropout, the weights' src/model/initializer.rs.
"""

import math

import numpy as np

# The words of random::Purpose.
INITIALIZER = 0x1000_0000
DROPOUT = 0x2000_0000
SHUFFLE = 0x3000_0000


def pcg4d(x, y, z, w):
    """random::pcg4d on whole arrays."""
    x, y, z, w = np.broadcast_arrays(*(np.asarray(word, np.uint32) for word in (x, y, z, w)))
    x, y, z, w = (word * np.uint32(1_664_525) + np.uint32(1_013_904_223) for word in (x, y, z, w))
    for turn in range(2):
        if turn:
            x, y, z, w = (word ^ (word >> np.uint32(16)) for word in (x, y, z, w))
        x = x + y * w
        y = y + z * x
        z = z + x * y
        w = w + y * z
    return x, y, z, w


def words_of(a, b, c, count):
    """The first `count` words of random::Stream; a, b, c may be columns of keys."""
    lanes = pcg4d(a, b, c, np.arange(-(-count // 4), dtype=np.uint32))
    words = np.stack(lanes, -1)
    return words.reshape(*words.shape[:-2], -1)[..., :count]


def uniform(words):
    """random::uniform."""
    return (words >> np.uint32(8)).astype(np.float32) * np.float32(2.0**-24)


def initial(shape, seed, index):
    """A tensor of Network::initial_parameters: kernels Glorot-uniform, biases zero."""
    if len(shape) == 1:
        return np.zeros(shape, np.float32)
    *taps, inputs, units = shape
    limit = np.float32(math.sqrt(6.0 / (math.prod(taps) * (inputs + units))))
    draws = uniform(words_of(seed, INITIALIZER | index, 0, math.prod(shape)))
    return ((np.float32(2.0) * draws - np.float32(1.0)) * limit).reshape(shape)


def dropout_factors(rate, layer, length, seed, epoch, samples):
    """What the dropout layer with this index multiplies by, [samples, length]."""
    rate = np.float32(rate)
    key = pcg4d(seed, DROPOUT | layer, epoch, samples)[:3]
    draws = uniform(words_of(*(word[:, None] for word in key), length))
    return np.where(draws >= rate, np.float32(1.0) / (np.float32(1.0) - rate), np.float32(0.0))


def batch_of(case, classes, step, narrow=4):
    """A step's images and labels: a bright rectangle on a dark ground, its shape and brightness by the class.

    The narrowest side is `narrow` sixteenths of the image's.
    """
    height, width, channels = case["network"]["input_shape"]
    words = words_of(case["seed"], SHUFFLE, step, case["batch"] * (3 + 2 * channels))
    words = words.astype(np.int64).reshape(case["batch"], -1)
    labels = words[:, 0] % classes
    label, down, right = (column[:, None, None, None] for column in (labels, words[:, 1], words[:, 2]))
    ground, colour = (part[:, None, None] for part in np.split(words[:, 3:] % 64, 2, axis=1))
    wide = width * (narrow + 2 * narrow * label // (classes - 1)) // 16
    high = height * (3 * narrow - 2 * narrow * label // (classes - 1)) // 16
    y = np.arange(height)[:, None, None] - down % (height - high + 1)
    x = np.arange(width)[:, None] - right % (width - wide + 1)
    inside = (y >= 0) & (y < high) & (x >= 0) & (x < wide)
    images = np.where(inside, 128 + 64 * label // (classes - 1) + colour, 16 + ground)
    return images.astype(np.uint8), labels.astype(np.uint32)


def checksum(values, start=0):
    """A sum over 32-bit words, or bytes, that knows their order; the first has the place `start`."""
    values = values.reshape(-1)
    values = values.view(np.uint32) if values.itemsize == 4 else values
    places = np.arange(start + 1, start + 1 + values.size, dtype=np.uint64)
    return int(np.sum(places * values.astype(np.uint64), dtype=np.uint64))
