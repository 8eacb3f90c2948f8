"""Opens our exports with the real onnx and onnxruntime: the checker must accept each, and it must predict as we do.

    python tests/exchange/onnx_reads.py FOLDER

FOLDER is what `model_files/tests/exports.rs` wrote.
"""

import json
import sys
from pathlib import Path

import numpy
import onnx
import onnxruntime

NEAR = 1e-4


def check(path, said):
    photos = numpy.fromfile(path.with_suffix(".photos"), numpy.uint8).reshape(-1, *said["shape"])
    images = (photos.astype("float32") / 255).transpose(0, 3, 1, 2)
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    metadata = {entry.key: entry.value for entry in model.metadata_props}
    named = json.loads(metadata["classes"]) == said["classes"] == json.loads(metadata["fovea"])["classes"]
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    predicted = session.run(["output"], {"input": images})[0]
    off = numpy.abs(predicted - numpy.array(said["predictions"])).max()
    wrong = not off <= NEAR or not named or (model.ir_version, model.opset_import[0].version) != (8, 17)
    print(f"{path.name}: off by {off:.1e}" + (" WRONG" if wrong else ""), flush=True)
    return bool(wrong)


if __name__ == "__main__":
    files = sorted(Path(sys.argv[1]).glob("*.onnx"))
    wrong = sum(check(path, json.loads(path.with_suffix(".json").read_text())) for path in files)
    if wrong or not files:
        sys.exit(f"{wrong} of {len(files)} files are wrong")
    print(f"{len(files)} files are read as they were written")
