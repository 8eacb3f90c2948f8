"""Makes the HDF5 files of `model_files/fixtures/hdf5` with real h5py: the same values in each type and layout that Keras'
files have had, from the oldest form of HDF5 to that of 1.14. Chunks as HDF5 2.0 writes them are not read yet.

    python tests/exchange/hdf5_files.py FOLDER
"""

import sys
from pathlib import Path

import h5py
import ml_dtypes
import numpy

VALUES = numpy.array([[1.5, -2.0, 0.25], [8.0, 0.0, -0.5]])

folder = Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
for libver in ("earliest", "v108", "v110", "v114"):
    with h5py.File(folder / f"{libver}.h5", "w", libver=libver) as file:
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
