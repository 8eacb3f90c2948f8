"""What a training photo becomes, by the settings that Keras documents for its ImageDataGenerator."""

import numpy as np
from scipy import ndimage

# Numbers from 0 to 1 that are drawn for each photo, whatever is asked for.
DRAWS = 12


def augmented(image, settings, numbers):
    """A version of a photo, [height, width, channels] of values from 0 to 255, as DRAWS numbers have it."""
    height, width, _ = image.shape
    turn, x, x_side, y, y_side, lean, across, down, mirror, upside_down, colour, light = numbers
    turn = np.radians(either_side(settings["rotation_range"], turn))
    lean = np.radians(either_side(settings["shear_range"], lean))
    zoom = settings["zoom_range"]
    zoom = zoom if isinstance(zoom, list) else [1 - zoom, 1 + zoom]
    to_middle = np.array([[1, 0, width / 2 - 0.5], [0, 1, height / 2 - 0.5], [0, 0, 1]])
    # Where each pixel comes from, as (column, row, 1).
    source = (
        to_middle
        @ [[np.cos(turn), -np.sin(turn), 0], [np.sin(turn), np.cos(turn), 0], [0, 0, 1]]
        @ [[1, 0, shift(settings["width_shift_range"], width, x, x_side)], [0, 1, 0], [0, 0, 1]]
        @ [[1, 0, 0], [0, 1, shift(settings["height_shift_range"], height, y, y_side)], [0, 0, 1]]
        @ [[1, -np.sin(lean), 0], [0, np.cos(lean), 0], [0, 0, 1]]
        @ np.diag([between(zoom, across), between(zoom, down), 1])
        @ np.linalg.inv(to_middle)
    )
    if settings["horizontal_flip"] and mirror < 0.5:
        source = source @ [[-1, 0, width - 1], [0, 1, 0], [0, 0, 1]]
    if settings["vertical_flip"] and upside_down < 0.5:
        source = source @ [[1, 0, 0], [0, -1, height - 1], [0, 0, 1]]
    # scipy has the row first.
    source = source[[1, 0]][:, [1, 0, 2]]
    moved = [
        ndimage.affine_transform(
            channel, source[:, :2], source[:, 2], order=1, mode=settings["fill_mode"], cval=settings["cval"]
        )
        for channel in np.moveaxis(image.astype("float32"), -1, 0)
    ]
    image = np.stack(moved, -1)
    if settings["channel_shift_range"]:
        shifted = image + either_side(settings["channel_shift_range"], colour)
        image = np.clip(shifted, image.min(), image.max())
    if settings["brightness_range"]:
        image = np.floor(np.minimum(np.floor(image) * between(settings["brightness_range"], light), 255))
    return image


def either_side(most, number):
    return most * (2 * number - 1)


def between(ends, number):
    return ends[0] + (ends[1] - ends[0]) * number


def shift(wanted, side, number, which_side):
    """Pixels along a side of so many: below 1 a share of it, a whole number n up to n - 1, or one of several."""
    sign = -1 if which_side < 0.5 else 1
    if isinstance(wanted, list):
        picked = wanted[int(number * len(wanted))]
        return sign * picked * (side if max(wanted) < 1 else 1)
    if wanted >= 1 and wanted == int(wanted):
        return sign * int(number * wanted)
    return either_side(wanted, number) * (side if wanted < 1 else 1)
