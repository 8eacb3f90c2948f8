//! HDF5 as Keras uses it: texts in attributes, lists of texts, and tensors.

use std::collections::BTreeMap;

use half::{bf16, f16};
use hdf5_pure::{
    AttrValue, DType, DatasetBuilder, Datatype, DatatypeByteOrder, File, FileBuilder, FinishedGroup, Group,
    GroupBuilder,
};

use crate::Reason;
use crate::tensor::{Left, Tensor};

/// Bytes of an attribute: Keras' bound, below HDF5's own of 64 KiB.
const MOST_BYTES: usize = 64_512;
/// Bytes of a path within the file: as many as systems allow a path of files.
const MOST_LETTERS: usize = 4096;
/// Pieces that a list is cut into if it is longer.
const MOST_PIECES: usize = 4096;

/// Opens a file that is in memory.
pub fn open(bytes: &[u8]) -> Result<File, Reason> {
    File::from_bytes(bytes.to_vec()).map_err(damaged)
}

/// What the library says of a file.
pub fn damaged(error: impl std::fmt::Display) -> Reason {
    Reason::Damaged { kind: "HDF5", detail: error.to_string() }
}

/// A group, or none of that name.
pub fn group(of: &Group, path: &str) -> Option<Group> {
    of.group(path).ok()
}

/// A text among a group's attributes, whether of fixed or variable length.
pub fn text(group: &Group, name: &str) -> Result<Option<String>, Reason> {
    let mut attributes = group.attrs().map_err(damaged)?;
    match attributes.remove(name) {
        None => Ok(None),
        Some(value) => match texts_of(value) {
            Some(mut texts) if texts.len() == 1 => Ok(texts.pop()),
            _ => Err(Reason::Damaged { kind: "HDF5", detail: format!("its attribute {name} is no text") }),
        },
    }
}

/// A list of texts among a group's attributes. Keras cuts long ones into `name0`, `name1` and so on.
pub fn texts(group: &Group, name: &str) -> Result<Vec<String>, Reason> {
    let mut attributes = group.attrs().map_err(damaged)?;
    let wrong =
        || Reason::Damaged { kind: "HDF5", detail: format!("its attribute {name} is no list of texts") };
    let mut take =
        |name: &str| attributes.remove(name).map(|value| texts_of(value).ok_or_else(wrong)).transpose();
    if let Some(texts) = take(name)? {
        return Ok(texts);
    }
    let mut all = Vec::new();
    for piece in 0..MOST_PIECES {
        match take(&format!("{name}{piece}"))? {
            Some(texts) => all.extend(texts),
            None => break,
        }
    }
    Ok(all)
}

fn texts_of(value: AttrValue) -> Option<Vec<String>> {
    match value {
        // An empty list has no type that would tell what it is a list of.
        AttrValue::F32Array(list) if list.is_empty() => Some(Vec::new()),
        AttrValue::F64Array(list) if list.is_empty() => Some(Vec::new()),
        value => match value.as_str() {
            Some(text) => Some(vec![text.to_owned()]),
            None => value.as_strings().map(<[String]>::to_vec),
        },
    }
}

/// A tensor, whatever type of real numbers it is stored as, if it fits into what is left.
pub fn tensor(group: &Group, path: &str, left: &mut Left) -> Result<Tensor, Reason> {
    // Its steps are walked one by one, for each layer that names it.
    if path.len() > MOST_LETTERS {
        let text = format!("a path in it has {} bytes, and at most {MOST_LETTERS} are followed", path.len());
        return Err(Reason::Description(text));
    }
    let dataset = group.dataset(path).map_err(|_| Reason::Missing(path.to_owned()))?;
    let shape = Tensor::check_shape(path, &dataset.shape().map_err(damaged)?)?;
    // Nothing need be there of what was never written.
    left.take(shape.iter().product())?;
    let kind = dataset.dtype().map_err(damaged)?;
    if matches!(
        kind,
        DType::String | DType::VariableLengthString | DType::Compound(_) | DType::ObjectReference
    ) {
        return Err(Reason::Type { name: path.to_owned(), found: kind.to_string() });
    }
    let values = match kind {
        DType::Other(kind) => halves(&kind, &dataset.read_raw().map_err(damaged)?)
            .ok_or_else(|| Reason::Type { name: path.to_owned(), found: format!("{kind:?}") })?,
        _ => dataset.read_f32().map_err(damaged)?,
    };
    if values.len() != shape.iter().product::<usize>() {
        return Err(damaged(format!("{path} has {} values for the shape {shape:?}", values.len())));
    }
    Ok(Tensor { name: path.to_owned(), shape, values })
}

/// Numbers of two bytes, which the library leaves to its users. Keras writes bfloat16 as bytes without a meaning.
fn halves(kind: &Datatype, bytes: &[u8]) -> Option<Vec<f32>> {
    let (big_endian, exponent) = match kind {
        Datatype::FloatingPoint { size: 2, byte_order, layout } => {
            (*byte_order == DatatypeByteOrder::BigEndian, layout.exponent_size)
        }
        Datatype::Opaque { size: 2, .. } => (false, 8),
        _ => return None,
    };
    let (words, _) = bytes.as_chunks::<2>();
    let word =
        |bytes: &[u8; 2]| if big_endian { u16::from_be_bytes(*bytes) } else { u16::from_le_bytes(*bytes) };
    let value = |bits: u16| match exponent {
        5 => Some(f16::from_bits(bits).to_f32()),
        8 => Some(bf16::from_bits(bits).to_f32()),
        _ => None,
    };
    words.iter().map(|bytes| value(word(bytes))).collect()
}

/// A group that is to be written, with all below it.
#[derive(Debug, Default)]
pub struct Branch<'a> {
    attributes: Vec<(String, AttrValue)>,
    datasets: Vec<(String, Data<'a>)>,
    branches: BTreeMap<String, Branch<'a>>,
}

/// What a dataset holds.
#[derive(Debug)]
pub enum Data<'a> {
    /// Real numbers of a shape.
    Reals(&'a [f32], &'a [usize]),
    /// Zeros of a shape.
    Zeros(&'a [usize]),
    /// A number without axes.
    Real(f32),
    /// A whole number without axes.
    Whole(i64),
}

impl<'a> Branch<'a> {
    /// Adds a text as an attribute, of variable length, as h5py writes it.
    pub fn text(&mut self, name: &str, text: &str) {
        self.attributes.push((name.to_owned(), AttrValue::VarLenString(text.to_owned())));
    }

    /// Adds a list of texts as an attribute, or as several if one may not hold it, as Keras does.
    pub fn texts(&mut self, name: &str, texts: &[String]) {
        // Each takes as many bytes as the longest.
        let longest = texts.iter().map(String::len).max().unwrap_or(0).max(1);
        if texts.is_empty() {
            self.attributes.push((name.to_owned(), AttrValue::F64Array(Vec::new())));
        } else if texts.len() * longest <= MOST_BYTES {
            self.attributes.push((name.to_owned(), AttrValue::StringArray(texts.to_vec())));
        } else {
            for (at, piece) in texts.chunks((MOST_BYTES / longest).max(1)).enumerate() {
                self.attributes.push((format!("{name}{at}"), AttrValue::StringArray(piece.to_vec())));
            }
        }
    }

    /// Adds a dataset at a path below it.
    pub fn dataset(&mut self, path: &str, data: Data<'a>) {
        match path.split_once('/') {
            Some((branch, rest)) => self.branch(branch).dataset(rest, data),
            None => self.datasets.push((path.to_owned(), data)),
        }
    }

    /// The group of this name in it.
    pub fn branch(&mut self, name: &str) -> &mut Branch<'a> {
        self.branches.entry(name.to_owned()).or_default()
    }

    /// The file whose root it is.
    pub fn into_file(self) -> Result<Vec<u8>, String> {
        let mut file = FileBuilder::new();
        for (name, value) in self.attributes {
            file.set_attr(&name, value);
        }
        for (name, data) in &self.datasets {
            data.write(file.create_dataset(name));
        }
        for (name, branch) in self.branches {
            let group = branch.fill(file.create_group(&name));
            file.add_group(group);
        }
        file.finish().map_err(|error| error.to_string())
    }

    fn fill(self, mut group: GroupBuilder) -> FinishedGroup {
        for (name, value) in self.attributes {
            group.set_attr(&name, value);
        }
        for (name, data) in &self.datasets {
            data.write(group.create_dataset(name));
        }
        for (name, branch) in self.branches {
            let below = branch.fill(group.create_group(&name));
            group.add_group(below);
        }
        group.finish()
    }
}

impl Data<'_> {
    fn write(&self, dataset: &mut DatasetBuilder) {
        match self {
            Self::Reals(values, shape) => {
                dataset.with_f32_data(values).with_shape(&sizes(shape));
            }
            Self::Zeros(shape) => {
                dataset.with_f32_data(&vec![0.0; shape.iter().product()]).with_shape(&sizes(shape));
            }
            Self::Real(value) => {
                dataset.with_f32_data(&[*value]).with_shape(&[]);
            }
            Self::Whole(value) => {
                dataset.with_i64_data(&[*value]).with_shape(&[]);
            }
        }
    }
}

fn sizes(shape: &[usize]) -> Vec<u64> {
    shape.iter().map(|size| *size as u64).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tensor(group: &Group, path: &str) -> Result<Tensor, Reason> {
        super::tensor(group, path, &mut Left::default())
    }

    /// What `tests/exchange/hdf5_files.py` wrote with h5py.
    const FILES: [&[u8]; 5] = [
        include_bytes!("../fixtures/hdf5/earliest.h5"),
        include_bytes!("../fixtures/hdf5/superblock1.h5"),
        include_bytes!("../fixtures/hdf5/v108.h5"),
        include_bytes!("../fixtures/hdf5/v110.h5"),
        include_bytes!("../fixtures/hdf5/v114.h5"),
    ];

    #[test]
    fn files_of_all_versions_of_hdf5_are_read() {
        // The byte behind the signature is the superblock's version.
        assert_eq!(FILES.map(|bytes| bytes[8]), [0, 1, 2, 3, 3]);
        for bytes in FILES {
            let root = open(bytes).unwrap().root();
            for kind in ["float16", "big_half", "bfloat16", "float32", "float64", "chunked", "big_endian"] {
                let tensor = tensor(&root, kind).unwrap();
                assert_eq!(tensor.shape, [2, 3], "{kind}");
                assert_eq!(tensor.values, [1.5, -2.0, 0.25, 8.0, 0.0, -0.5], "{kind}");
            }
            let whole = tensor(&root, "whole").unwrap();
            assert_eq!((whole.shape, whole.values), (vec![], vec![7.0]));
            assert_eq!(tensor(&root, "many/group39/value").unwrap().values, [39.0]);
            for name in ["fixed", "variable"] {
                assert_eq!(text(&root, name).unwrap().unwrap(), "{\"a\": 1}");
            }
            for name in ["names", "variable_names"] {
                assert_eq!(texts(&root, name).unwrap(), ["kernel:0", "bias:0"]);
            }
            assert_eq!(texts(&root, "nothing").unwrap(), Vec::<String>::new());
            assert_eq!(texts(&root, "not there").unwrap(), Vec::<String>::new());
            assert_eq!(tensor(&root, "many").unwrap_err(), Reason::Missing("many".to_owned()));
            let wrong = text(&root, "names").unwrap_err().to_string();
            assert!(wrong.contains("its attribute names is no text"), "{wrong}");
        }
    }

    #[test]
    fn links_that_lead_in_a_circle_or_out_of_the_file_end() {
        let root = open(include_bytes!("../fixtures/hdf5/links.h5")).unwrap().root();
        let around = format!("round/{}value", "again/".repeat(200));
        assert_eq!(tensor(&root, &around).unwrap().shape, [2, 3]);
        let all = group(&root, "round").unwrap().groups().unwrap();
        assert_eq!(all, ["again"]);
        for path in ["soft", "soft/x", "one", "one/other/one", "other/value", "outside", "nowhere", "round"] {
            assert_eq!(tensor(&root, path).unwrap_err(), Reason::Missing(path.to_owned()));
            assert!(path == "round" || group(&root, path).is_none(), "{path}");
        }
    }

    #[test]
    fn groups_may_be_nested_deeply() {
        let path = format!("{}value", "a/".repeat(500));
        let mut root = Branch::default();
        root.dataset(&path, Data::Real(7.0));
        let file = open(&root.into_file().unwrap()).unwrap();
        assert_eq!(tensor(&file.root(), &path).unwrap().values, [7.0]);
        let beyond = format!("{path}/{path}");
        assert_eq!(tensor(&file.root(), &beyond).unwrap_err(), Reason::Missing(beyond));
        let long = tensor(&file.root(), &"a/".repeat(1_000_000)).unwrap_err().to_string();
        assert!(long.contains("a path in it has 2000000 bytes, and at most 4096 are followed"), "{long}");
    }

    #[test]
    fn what_a_file_cannot_hold_is_not_asked_for() {
        // 400 MB that were never written.
        let bytes = include_bytes!("../fixtures/hdf5/unwritten.h5");
        assert!(bytes.len() < 5_000);
        let root = open(bytes).unwrap().root();
        let mut left = Left::of_file(bytes.len());
        let said = super::tensor(&root, "unwritten", &mut left).unwrap_err().to_string();
        assert!(said.starts_with("all tensors together would take 400000000 bytes; at most "), "{said}");
        let said = tensor(&root, "larger").unwrap_err().to_string();
        assert!(said.starts_with("larger would take 4000000000000 bytes; at most 536870912"), "{said}");
    }

    #[test]
    fn a_list_that_one_attribute_may_not_hold_lies_in_pieces() {
        let names: Vec<String> = (0..5_000).map(|at| format!("layer_with_a_long_name_{at}/kernel")).collect();
        let mut root = Branch::default();
        root.texts("long", &names);
        root.texts("short", &names[..2]);
        let file = open(&root.into_file().unwrap()).unwrap();
        let attributes = file.root().attrs().unwrap();
        assert!(
            attributes.contains_key("long0")
                && attributes.contains_key("long1")
                && attributes.contains_key("short")
        );
        assert!(!attributes.contains_key("long"));
        assert_eq!(texts(&file.root(), "long").unwrap(), names);
        assert_eq!(texts(&file.root(), "short").unwrap(), names[..2]);
    }
}
