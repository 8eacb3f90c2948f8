"""Drawn images as Keras' own ImageDataGenerator augments them, and the PNG that keeps them.

What comes out depends on scipy's arithmetic, so it is stored and not drawn again.
"""

import warnings

import keras
import numpy as np
import tensorflow as tf
from keras.src.legacy.preprocessing.image import ImageDataGenerator

# As the book has it for cats and dogs; fill_mode is "nearest".
RANGES = {
    "rotation_range": 40,
    "width_shift_range": 0.2,
    "height_shift_range": 0.2,
    "shear_range": 0.2,
    "zoom_range": 0.2,
    "horizontal_flip": True,
}


def augmented(images, seed):
    """Bytes [n, h, w, c] from such bytes, each image under a transformation of its own."""
    generator = ImageDataGenerator(**RANGES)
    with warnings.catch_warnings():
        # Keras asks for scipy.ndimage by its old name.
        warnings.simplefilter("ignore", DeprecationWarning)
        moved = [
            generator.random_transform(image.astype(np.float32), seed=seed + number)
            for number, image in enumerate(images)
        ]
    return np.rint(np.clip(moved, 0, 255)).astype(np.uint8)


def png(images):
    """Images [n, h, w, c] as one picture, each below the one before: the bytes stay in their order."""
    column = images.reshape(-1, *images.shape[2:])
    return keras.ops.convert_to_numpy(tf.io.encode_png(column, compression=9)).item()
