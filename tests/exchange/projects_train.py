"""Trains our projects for the epoch that comes next, as they stand: on one device, on two, and on two machines that are processes here.

    python tests/exchange/projects_train.py FOLDER

FOLDER is what `projects.js` wrote. Each must lose what we lose, in training, in validation and in the test after it.
"""

import csv
import json
import os
import re
import socket
import subprocess
import sys
import time
import zipfile
from pathlib import Path

# A project that ends later than this has stopped. Compiling takes a busy machine minutes.
SECONDS = 600
TWO_DEVICES = {"XLA_FLAGS": "--xla_force_host_platform_device_count=2"}


def start(folder, more):
    environment = {**os.environ, "KERAS_BACKEND": "jax", "JAX_PLATFORMS": "cpu", **more}
    return subprocess.Popen(
        [sys.executable, "train.py"], cwd=folder, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )


def ended(processes):
    """What the first of them says, once all have ended well."""
    try:
        said = [process.communicate(timeout=SECONDS)[0] for process in processes]
    finally:
        for process in processes:
            process.kill()
    for process, text in zip(processes, said, strict=True):
        if process.returncode:
            sys.exit(f"train.py ended with {process.returncode}:\n{text}")
    return said[0]


def machines(folder, count):
    """Processes that know each other by an address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    common = {"KERAS_DISTRIBUTION_JOB_ADDRESSES": address, "KERAS_DISTRIBUTION_NUM_PROCESSES": str(count)}
    return [start(folder, {**common, "KERAS_DISTRIBUTION_PROCESS_ID": str(nth)}) for nth in range(count)]


def losses_of(folder, said):
    with (folder / "history.csv").open() as file:
        (epoch,) = csv.DictReader(file)
    test = re.search(r"test photos: accuracy [\d.]+, loss ([\d.]+)", said)
    if not test:
        sys.exit(f"train.py does not say how it does on the test photos:\n{said}")
    return {"loss": float(epoch["loss"]), "val_loss": float(epoch["val_loss"]), "test_loss": float(test[1])}


def expected_of(archive):
    return json.loads(archive.with_suffix(".json").read_text())


def check(archive, way):
    """Whether the project's losses are wrong."""
    begin, devices = WAYS[way]
    expected = expected_of(archive)
    unpacked = archive.parent / f"{archive.stem} on {way}"
    with zipfile.ZipFile(archive) as file:
        file.extractall(unpacked)
    (folder,) = unpacked.iterdir()
    began = time.perf_counter()
    said = ended(begin(folder))
    seconds = time.perf_counter() - began
    ours, theirs = expected["losses"], losses_of(folder, said)
    apart = max(abs(theirs[name] / ours[name] - 1) for name in ours)
    # NaN must not pass.
    wrong = not apart <= expected["near"] or f"{devices} devices, " not in said
    told = ", ".join(f"{name} {theirs[name]:.5f} for our {ours[name]:.5f}" for name in ours)
    print(f"{archive.stem} on {way}: {told}; {apart:.1e} apart, {seconds:.0f} s" + (" WRONG" if wrong else ""), flush=True)
    if wrong:
        print(said)
    return wrong


WAYS = {
    "one device": (lambda folder: [start(folder, {})], 1),
    "two devices": (lambda folder: [start(folder, TWO_DEVICES)], 2),
    "two machines": (lambda folder: machines(folder, 2), 2),
}


if __name__ == "__main__":
    archives = sorted(Path(sys.argv[1]).glob("*.zip"))
    trainings = [(archive, way) for archive in archives for way in expected_of(archive)["ways"]]
    wrong = sum(check(*training) for training in trainings)
    if wrong or not trainings:
        sys.exit(f"{wrong} of {len(trainings)} trainings are wrong")
    print(f"{len(trainings)} trainings of {len(archives)} projects lose what we lose")
