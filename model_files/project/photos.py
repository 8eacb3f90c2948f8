"""The photos of a split: read, brought to the network's size, and handed out in batches."""

import csv
import functools
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import keras
import numpy as np
from PIL import Image, ImageOps

from augmentation import DRAWS, augmented

HERE = Path(__file__).resolve().parent


class Photos(keras.utils.PyDataset):
    """Batches of images of numbers from 0 to 1, their labels and, in training, what each photo counts in the loss.

    `folder` has the photos as they were before Fovea; without it they are those of the project. `parts` are the devices
    that share a batch, and `share` is which one of how many processes this is: it gets its part of each batch. What cannot
    be shared evenly is left out: in training that is other photos in each pass. What is random is drawn by the seed, by the steps that
    were `begun` before and by the epoch.
    """

    def __init__(self, split, settings, units, batch_size, folder=None, parts=1, share=(0, 1), training=False, begun=0):
        # Keras' own workers begin the first epoch with its second batch.
        super().__init__(workers=1)
        self.readers = ThreadPoolExecutor(min(8, os.cpu_count() or 1))
        self.settings, self.units, self.training, self.share = settings, units, training, share
        self.seed = (settings["seed"], begun)
        self.rows = list(rows_of(HERE / f"{split}.csv"))
        self.labels = np.array([label_of(row, settings["classes"]) for row in self.rows], int)
        self.read = of_project if folder is None else functools.partial(original, folder, settings)
        # What is missing is told before anything is trained.
        for row in self.rows[:1]:
            self.read(row)
        self.used = len(self.rows) // parts * parts
        self.size = batch_size
        self.batches = -(-self.used // batch_size)
        self.steps = (training and self.batches and settings["steps_per_epoch"]) or self.batches
        self.epoch = 0

    def __len__(self):
        return self.steps

    def on_epoch_end(self):
        self.epoch += 1

    def __getitem__(self, step):
        settings, (nth, processes) = self.settings, self.share
        # Where an epoch has steps of its own, the next one goes on where it ended.
        round_, step = divmod(self.epoch * self.steps + step, self.batches)
        shuffled = self.training and settings["shuffle"]
        order = shuffled_order(len(self.rows), self.seed, round_) if shuffled else np.arange(len(self.rows))
        batch = order[: self.used][step * self.size : (step + 1) * self.size]
        each = len(batch) // processes
        batch = batch[nth * each : (nth + 1) * each]
        images = np.stack(list(self.readers.map(self.image, batch))).astype("float32") * np.float32(settings["rescale"])
        labels = self.labels[batch]
        # One unit tells two classes apart, several have a class each.
        targets = labels[:, None] if self.units == 1 else np.eye(self.units)[labels]
        if not (self.training and settings["class_weight"]):
            return images, targets.astype("float32")
        return images, targets.astype("float32"), np.array(settings["class_weight"], "float32")[labels]

    def image(self, photo):
        """[height, width, channels], from 0 to 255."""
        image = self.read(self.rows[photo])
        height, width, channels = self.settings["input_shape"]
        image = np.asarray(image).reshape(height, width, channels)
        if not (self.training and self.settings["augmentation"]):
            return image
        numbers = np.random.default_rng([*self.seed, self.epoch, photo]).random(DRAWS)
        return augmented(image, self.settings["augmentation"], numbers)


@functools.lru_cache(maxsize=2)
def shuffled_order(count, seed, round_):
    return np.random.default_rng([*seed, round_]).permutation(count)


def rows_of(table):
    """The rows of a .csv. What a spreadsheet would take for a formula has an apostrophe in front."""
    with table.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            yield {column: text.removeprefix("'") for column, text in row.items()}


def label_of(row, classes):
    if row["label"] not in classes:
        raise LookupError(f"{row['path']} is of the class {row['label']!r}, which settings.json does not have")
    return classes.index(row["label"])


def of_project(row):
    if not row["png"]:
        raise FileNotFoundError("this project has no photos in it. Run: python train.py --photos FOLDER")
    return Image.open(HERE / row["png"])


def original(folder, settings, row):
    """A photo of the folder, turned upright, and brought to the network's size as Fovea does."""
    height, width, channels = settings["input_shape"]
    with Image.open(found(folder, row["path"])) as file:
        image = ImageOps.exif_transpose(file).convert("L" if channels == 1 else "RGB")
    if settings["crop_to_aspect_ratio"]:
        image = cropped(image, height, width)
    return image.resize((width, height), Image.Resampling[settings["interpolation"].upper()])


def found(folder, path):
    """The folder may be the one that the paths begin in, or the first one in them."""
    for inside in (folder, folder.parent):
        file = (inside / path).resolve()
        if file.is_relative_to(folder) and file.is_file():
            return file
    raise FileNotFoundError(f"{folder}: there is no {path} in it. Let --photos name the folder that the paths in the .csv begin in")


def cropped(image, height, width):
    """The largest part in the middle that has the proportions of the network's images."""
    high = min(max(image.width * height // width, 1), image.height)
    wide = min(max(image.height * width // height, 1), image.width)
    left, top = (image.width - wide) // 2, (image.height - high) // 2
    return image.crop((left, top, left + wide, top + high))
