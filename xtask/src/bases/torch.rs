//! Files of PyTorch's, by way of `torch_tensors.py`: it checks a file's SHA-256, and reads it without running anything in it.

use std::path::Path;

use safetensors::{Dtype, SafeTensors};

use crate::error::Result;
use crate::{process, project};

const SCRIPT: &str = "xtask/src/bases/torch_tensors.py";

/// Writes the tensors of a file in an archive as safetensors.
pub fn extract(python: &Path, archive: &Path, member: &str, sha256: &str, output: &Path) -> Result<()> {
    let mut script = process::command(python);
    // Isolated: neither the environment nor a folder adds anything to Python's own library.
    script.arg("-I").arg(project::path(SCRIPT)).arg(archive).arg(member).arg(sha256).arg(output);
    process::run(&mut script)
}

/// Named tensors of 32-bit floats.
pub struct Weights<'a>(SafeTensors<'a>);

impl<'a> Weights<'a> {
    pub fn read(bytes: &'a [u8]) -> std::result::Result<Self, String> {
        SafeTensors::deserialize(bytes).map(Self).map_err(|error| error.to_string())
    }

    /// The values of a tensor, which must have this shape.
    pub fn values(&self, name: &str, shape: &[usize]) -> std::result::Result<Vec<f32>, String> {
        let tensor = self.0.tensor(name).map_err(|error| format!("{name}: {error}"))?;
        if tensor.dtype() != Dtype::F32 || tensor.shape() != shape {
            return Err(format!("{name} is {:?} {:?} and not F32 {shape:?}", tensor.dtype(), tensor.shape()));
        }
        Ok(tensor.data().as_chunks().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect())
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::PathBuf;

    use super::*;

    /// A file of two tensors as `torch.save` wrote them, in Python, whose own pickler writes the same as PyTorch's. `{names}`
    /// is where a case adds to the pickle of the tensors.
    const MAKER: &str = r#"
import collections, hashlib, io, os, pickle, struct, sys, types, zipfile
archive, case = sys.argv[1:]
torch, utils = types.ModuleType("torch"), types.ModuleType("torch._utils")
sys.modules.update({"torch": torch, "torch._utils": utils})
class FloatStorage: pass
class LongStorage: pass
def _rebuild_tensor_v2(*_): pass
for kind in (FloatStorage, LongStorage):
    kind.__module__, kind.__qualname__ = "torch", kind.__name__
    setattr(torch, kind.__name__, kind)
_rebuild_tensor_v2.__module__, utils._rebuild_tensor_v2 = "torch._utils", _rebuild_tensor_v2
class Stored:
    def __init__(self, kind, key, count): self.pid = ("storage", kind, key, "cpu", count, None)
class Tensor:
    def __init__(self, *arguments): self.arguments = arguments
    def __reduce__(self): return _rebuild_tensor_v2, (*self.arguments, False, collections.OrderedDict())
class Calls:
    def __init__(self, function, *arguments): self.pair = function, arguments
    def __reduce__(self): return self.pair
class Pickler(pickle.Pickler):
    def persistent_id(self, thing): return thing.pid if isinstance(thing, Stored) else None
kind = complex if case == "storage" else FloatStorage
one = Tensor(Stored(kind, "a", 6), 0, (3, 2), (1, 3))
tensors = collections.OrderedDict(one=one, steps=Tensor(Stored(LongStorage, "b", 1), 0, (), ()))
tensors["two"] = Tensor(Stored(FloatStorage, "c", 4), 2, (2,), (1 if case != "beyond" else 2,))
trace = archive + ".ran"
if case == "system": tensors["three"] = Calls(os.system, "echo > " + trace)
if case == "eval": tensors["three"] = Calls(eval, "open(" + repr(trace) + ", 'w')")
if case == "open": tensors["three"] = Calls(io.open, trace, "w")
if case == "getattr": tensors["three"] = Calls(getattr, one, "storage")
file = io.BytesIO()
facts = {"protocol_version": 1001, "little_endian": True, "type_sizes": {"short": 2, "int": 4, "long": 4}}
for value in (0x1950a86a20f9469cfc6c, 1001, facts, tensors, ["a", "b", "c"]):
    Pickler(file, protocol=2).dump(value)
for count, form, values in ((6, "<6f", range(6)), (1, "<q", [7]), (4, "<4f", range(10, 14))):
    file.write(struct.pack("<q", count) + struct.pack(form, *values))
data = file.getvalue()
if case == "cut": data = data[:-3]
if case == "longer": data += b"x"
if case == "zip": data = b"PK\x03\x04"
with zipfile.ZipFile(archive, "w") as files: files.writestr("weights.pth", data)
print(hashlib.sha256(data).hexdigest())
"#;

    /// A folder for a test alone; its Python, or none where the machine has none.
    struct Place {
        folder: PathBuf,
        python: PathBuf,
    }

    impl Place {
        fn new(name: &str) -> Option<Self> {
            let python = ["python3", "python"].iter().find_map(|name| process::find(name))?;
            let folder = std::env::temp_dir().join(format!("fovea-torch-{name}-{}", std::process::id()));
            fs::create_dir_all(&folder).unwrap();
            Some(Self { folder, python })
        }

        /// Makes an archive, and returns the SHA-256 of the file in it.
        fn make(&self, case: &str) -> String {
            let mut maker = process::command(&self.python);
            maker.arg("-c").arg(MAKER).arg(self.folder.join(case)).arg(case);
            process::capture(&mut maker).unwrap()
        }

        /// What the script says of it, or the bytes that it wrote.
        fn extract(&self, case: &str, sha256: &str) -> std::result::Result<Vec<u8>, String> {
            let output = self.folder.join(format!("{case}.tensors"));
            let mut script = process::command(&self.python);
            script.arg("-I").arg(project::path(SCRIPT)).arg(self.folder.join(case));
            let told = script.args(["weights.pth", sha256]).arg(&output).output().unwrap();
            if told.status.success() {
                return Ok(fs::read(&output).unwrap());
            }
            assert!(!output.exists(), "nothing is written");
            Err(String::from_utf8_lossy(&told.stderr).into_owned())
        }
    }

    impl Drop for Place {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.folder);
        }
    }

    #[test]
    fn tensors_are_taken_out_row_by_row() {
        let Some(place) = Place::new("whole") else { return };
        let sha256 = place.make("whole");
        extract(
            &place.python,
            &place.folder.join("whole"),
            "weights.pth",
            &sha256,
            &place.folder.join("out"),
        )
        .unwrap();
        let bytes = fs::read(place.folder.join("out")).unwrap();
        let weights = Weights::read(&bytes).unwrap();
        // This one lies column by column, as a kernel does that once was TensorFlow's.
        assert_eq!(weights.values("one", &[3, 2]).unwrap(), [0.0, 3.0, 1.0, 4.0, 2.0, 5.0]);
        assert_eq!(weights.values("two", &[2]).unwrap(), [12.0, 13.0]);
        assert!(weights.values("two", &[2, 1]).unwrap_err().contains("[2] and not F32 [2, 1]"));
        // Counts of steps are no weights.
        assert!(weights.values("steps", &[]).unwrap_err().contains("steps"));
    }

    #[test]
    fn a_pickle_that_calls_something_is_refused_before_it_does() {
        let Some(place) = Place::new("hostile") else { return };
        for (case, named) in [
            ("system", "posix.system,"),
            ("eval", "__builtin__.eval,"),
            ("open", "io.open,"),
            ("getattr", "__builtin__.getattr,"),
            ("storage", "__builtin__.complex,"),
        ] {
            if cfg!(windows) && case == "system" {
                continue;
            }
            let sha256 = place.make(case);
            let error = place.extract(case, &sha256).unwrap_err();
            assert!(error.contains("it names") && error.contains(named), "{case}: {error}");
            assert!(!place.folder.join(format!("{case}.ran")).exists(), "{case} ran");
        }
    }

    #[test]
    fn a_damaged_file_is_refused() {
        let Some(place) = Place::new("damaged") else { return };
        for (case, reason) in [
            ("cut", "it ends too early"),
            ("longer", "something follows its last storage"),
            ("beyond", "a tensor in it is larger than its storage"),
            ("zip", "cannot be read (UnpicklingError"),
        ] {
            let sha256 = place.make(case);
            let error = place.extract(case, &sha256).unwrap_err();
            assert!(error.contains(reason) && error.contains("weights.pth"), "{case}: {error}");
        }
    }

    #[test]
    fn a_file_with_another_hash_is_not_read() {
        let Some(place) = Place::new("hash") else { return };
        let (whole, hostile) = (place.make("whole"), place.make("system"));
        let error = place.extract("system", &whole).unwrap_err();
        assert!(error.contains(&format!("its SHA-256 is {hostile}, and should be {whole}")), "{error}");
        fs::write(place.folder.join("cut"), b"PK").unwrap();
        let error = place.extract("cut", &whole).unwrap_err();
        assert!(error.contains("BadZipFile"), "{error}");
    }
}
