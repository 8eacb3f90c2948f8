"""Makes the HDF5 files of `model_files/fixtures/hdf5` with real h5py: the same values in each type and layout that Keras'
files have had, from the oldest form of HDF5 to that of 1.14. Chunks as HDF5 2.0 writes them are not read yet. `links.h5` has links
that lead in a circle, or out of the file, and `unwritten.h5` datasets of many values of which none was written.

    python tests/exchange/hdf5_files.py FOLDER
"""

import ctypes
import sys
from pathlib import Path

import h5py
import ml_dtypes
import numpy

VALUES = numpy.array([[1.5, -2.0, 0.25], [8.0, 0.0, -0.5]])

folder = Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)



def opened(name, libver):
    """A new file; one of the superblock's version 1, which h5py has no word for, if there is no version of HDF5."""
    path = folder / f"{name}.h5"
    if libver:
        return h5py.File(path, "w", libver=libver)
    creation = h5py.h5p.create(h5py.h5p.FILE_CREATE)
    # Any other number than the usual 32 needs it. h5py brings the library along.
    (library,) = (Path(h5py.__file__).parents[1] / "h5py.libs").glob("libhdf5-*")
    if ctypes.CDLL(str(library)).H5Pset_istore_k(ctypes.c_int64(creation.id), ctypes.c_uint(16)) < 0:
        sys.exit("HDF5 takes no other number of chunks")
    access = h5py.h5p.create(h5py.h5p.FILE_ACCESS)
    access.set_libver_bounds(h5py.h5f.LIBVER_EARLIEST, h5py.h5f.LIBVER_LATEST)
    return h5py.File(h5py.h5f.create(str(path).encode(), h5py.h5f.ACC_TRUNC, creation, access))


with h5py.File(folder / "links.h5", "w") as file:
    file["round/value"] = VALUES.astype("float32")
    file["round/again"] = file["round"]
    file["soft"] = h5py.SoftLink("/soft")
    file["one"] = h5py.SoftLink("/other")
    file["other"] = h5py.SoftLink("/one")
    file["outside"] = h5py.ExternalLink("earliest.h5", "/float32")
    file["nowhere"] = h5py.SoftLink("/not/there")
with h5py.File(folder / "unwritten.h5", "w") as file:
    file.create_dataset("unwritten", (10**8,), "float32", chunks=(10**6,))
    file.create_dataset("larger", (10**6, 10**6), "float32", chunks=(1000, 1000))
for name, libver in [(libver, libver) for libver in ("earliest", "v108", "v110", "v114")] + [("superblock1", None)]:
    with opened(name, libver) as file:
        for kind in ("float16", "float32", "float64"):
            file[kind] = VALUES.astype(kind)
        file["big_half"] = VALUES.astype(">f2")
        # As Keras 3 writes it.
        file.create_dataset("bfloat16", data=VALUES.astype(ml_dtypes.bfloat16)).attrs["dtype"] = "bfloat16"
        file["whole"] = numpy.array(7, numpy.int64)
        file.create_dataset("chunked", data=VALUES, chunks=(1, 2), compression="gzip", shuffle=True)
        file.create_dataset("big_endian", data=VALUES.astype(">f4"))
        file.attrs["fixed"] = numpy.bytes_('{"a": 1}')
        file.attrs["variable"] = '{"a": 1}'
        file.attrs["names"] = [b"kernel:0", b"bias:0"]
        file.attrs["variable_names"] = ["kernel:0", "bias:0"]
        file.attrs["nothing"] = []
        # So many that the group's links become a B-tree.
        for number in range(40):
            file.create_group(f"many/group{number}")["value"] = numpy.float32(number)
