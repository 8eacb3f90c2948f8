use std::collections::HashMap;

use prost::Message;
use prost::bytes::Bytes;

use super::proto::{
    AttributeProto, DimensionProto, GraphProto, ModelProto, NodeProto, OperatorSetIdProto,
    StringStringEntryProto, TensorProto, TensorShapeProto, TensorTypeProto, TypeProto, ValueInfoProto,
    attribute_type, data_type,
};
use crate::registry::NamedBytes;
use crate::tensor::MOST_VALUES;
use crate::{Opened, open};

fn value(name: &str, sizes: &[i64]) -> Bytes {
    let dim = sizes.iter().map(|size| DimensionProto { dim_value: Some(*size), dim_param: None }).collect();
    let tensor_type = TensorTypeProto { elem_type: data_type::FLOAT, shape: Some(TensorShapeProto { dim }) };
    let r#type = Some(TypeProto { tensor_type: Some(tensor_type) });
    ValueInfoProto { name: name.to_owned(), r#type }.encode_to_vec().into()
}

fn node(operator: &str, inputs: &[&str], output: &str, ints: &[(&str, &[i64])]) -> Bytes {
    let attribute = ints.iter().map(|(name, ints)| {
        let (r#type, ints) = (attribute_type::INTS, ints.to_vec());
        let name = (*name).to_owned();
        AttributeProto { name, r#type, i: ints[0], ints, ..AttributeProto::default() }.encode_to_vec().into()
    });
    NodeProto {
        input: inputs.iter().map(|name| (*name).to_owned()).collect(),
        output: vec![output.to_owned()],
        name: format!("{operator}_{output}"),
        op_type: operator.to_owned(),
        domain: String::new(),
        attribute: attribute.collect(),
    }
    .encode_to_vec()
    .into()
}

/// A tensor of 32-bit numbers.
fn tensor(name: &str, dims: &[i64], values: &[f32]) -> TensorProto {
    TensorProto {
        dims: dims.to_vec(),
        data_type: data_type::FLOAT,
        raw_data: values.iter().flat_map(|value| value.to_le_bytes()).collect::<Vec<u8>>().into(),
        name: name.to_owned(),
        ..TensorProto::default()
    }
}

/// The file of a graph that reads `x`, `[1, 3, 2, 2]`, and gives `y`.
fn file(nodes: Vec<Bytes>, tensors: &[TensorProto]) -> NamedBytes {
    let graph = GraphProto {
        node: nodes,
        name: "g".to_owned(),
        initializer: tensors.iter().map(|tensor| tensor.encode_to_vec().into()).collect(),
        input: vec![value("x", &[1, 3, 2, 2])],
        output: vec![value("y", &[1, 2])],
    };
    let model = ModelProto {
        ir_version: 8,
        opset_import: vec![OperatorSetIdProto { domain: String::new(), version: 17 }],
        graph: Some(graph),
        ..ModelProto::default()
    };
    NamedBytes { name: "a.onnx".to_owned(), bytes: model.encode_to_vec() }
}

/// A mean over the colours, and a dense layer with this kernel of 3 inputs and 2 units.
fn dense(kernel: TensorProto) -> NamedBytes {
    file(
        vec![
            node("GlobalAveragePool", &["x"], "mean", &[]),
            node("Flatten", &["mean"], "flat", &[]),
            node("MatMul", &["flat", "w"], "logits", &[]),
            node("Softmax", &["logits"], "y", &[]),
        ],
        &[kernel],
    )
}

fn opened(file: NamedBytes) -> Opened {
    open(&[file], None).unwrap()
}

fn said(file: NamedBytes) -> String {
    open(&[file], None).unwrap_err().to_string()
}

fn parameters(opened: &Opened) -> Vec<f32> {
    let model = fovea::formats::read("own", &opened.own).unwrap();
    let kernel = &model.network.parameters()[0];
    model.state.values(kernel).to_vec()
}

const KERNEL: [f32; 6] = [1.5, -2.0, 0.25, 8.0, 0.0, -0.5];

#[test]
fn weights_of_every_type_are_read() {
    let raw = |bytes: Vec<u8>, data_type: i32| TensorProto {
        raw_data: bytes.into(),
        data_type,
        ..tensor("w", &[3, 2], &[])
    };
    let each = |bytes: fn(f32) -> Vec<u8>| KERNEL.iter().flat_map(|value| bytes(*value)).collect();
    let half = |value: f32| half::f16::from_f32(value).to_bits();
    let bfloat = |value: f32| half::bf16::from_f32(value).to_bits();
    let bits = |bits: &dyn Fn(f32) -> u16| KERNEL.iter().map(|value| i32::from(bits(*value))).collect();
    let listed = |data_type: i32| TensorProto { data_type, ..tensor("w", &[3, 2], &[]) };
    for kernel in [
        tensor("w", &[3, 2], &KERNEL),
        raw(each(|value| f64::from(value).to_le_bytes().to_vec()), data_type::DOUBLE),
        raw(each(|value| half::f16::from_f32(value).to_le_bytes().to_vec()), data_type::FLOAT16),
        raw(each(|value| half::bf16::from_f32(value).to_le_bytes().to_vec()), data_type::BFLOAT16),
        TensorProto { float_data: KERNEL.to_vec(), ..listed(data_type::FLOAT) },
        TensorProto { double_data: KERNEL.map(f64::from).to_vec(), ..listed(data_type::DOUBLE) },
        TensorProto { int32_data: bits(&half), ..listed(data_type::FLOAT16) },
        TensorProto { int32_data: bits(&bfloat), ..listed(data_type::BFLOAT16) },
    ] {
        assert_eq!(parameters(&opened(dense(kernel))), KERNEL);
    }
    let whole = raw(vec![1, 2, 3, 4, 5, 255], data_type::INT8);
    assert_eq!(parameters(&opened(dense(whole))), [1.0, 2.0, 3.0, 4.0, 5.0, -1.0]);
    let text = said(dense(listed(8)));
    assert_eq!(text, "a.onnx: w holds values of the type string, which is not supported");
}

/// The kernel in the file `w.onnx_data`, 8 bytes behind its beginning.
fn external(entries: &[(&str, &str)]) -> TensorProto {
    let entry = |(key, value): &(&str, &str)| StringStringEntryProto {
        key: (*key).to_owned(),
        value: (*value).to_owned(),
    };
    let location = ("location", "folder/w.onnx_data");
    let external_data = [location].iter().chain(entries).map(entry).collect();
    TensorProto { data_location: 1, external_data, ..tensor("w", &[3, 2], &[]) }
}

fn data(len: usize) -> NamedBytes {
    let mut bytes = vec![7; 8];
    bytes.extend(KERNEL.iter().flat_map(|value| value.to_le_bytes()));
    bytes.truncate(len);
    NamedBytes { name: "w.onnx_data".to_owned(), bytes }
}

#[test]
fn weights_in_another_file_are_read_or_the_file_is_named() {
    let both = [dense(external(&[("offset", "8"), ("length", "24")])), data(32)];
    assert_eq!(parameters(&open(&both, None).unwrap()), KERNEL);
    assert_eq!(
        said(dense(external(&[]))),
        "a.onnx: the file \"w.onnx_data\", which holds its weights: choose both files together; it is missing"
    );
    for (entries, len) in [
        (&[("offset", "8")][..], 31),
        (&[("offset", "9")], 32),
        (&[("offset", "18446744073709551615"), ("length", "24")], 32),
        (&[("offset", "-8")], 32),
        (&[("offset", "eight")], 32),
        (&[("length", "99999999999")], 32),
    ] {
        let text = open(&[dense(external(entries)), data(len)], None).unwrap_err().to_string();
        assert!(text.contains("w.onnx_data ends before the values of w"), "{entries:?}: {text}");
    }
    // A piece of another length than the shape has.
    let short = [dense(external(&[("offset", "8"), ("length", "20")])), data(32)];
    let text = open(&short, None).unwrap_err().to_string();
    assert!(text.contains("w is of the shape [3, 2] and has 5 values"), "{text}");
}

#[test]
fn sizes_that_lie_are_refused() {
    for dims in [&[-3, 2][..], &[3, -2], &[i64::MIN, 2]] {
        assert!(said(dense(tensor("w", dims, &KERNEL))).contains("w has a negative size"), "{dims:?}");
    }
    // None of them is ever asked for: some would be more than any machine has.
    for dims in [&[i64::MAX, i64::MAX][..], &[1 << 40, 2], &[MOST_VALUES as i64 + 1], &[0, 1 << 40]] {
        let text = said(dense(tensor("w", dims, &KERNEL)));
        assert!(text.contains("w would take") && text.contains("at most 536870912"), "{dims:?}: {text}");
    }
    for dims in [&[3, 3][..], &[3, 1], &[0, 2], &[1000, 1000]] {
        let text = said(dense(tensor("w", dims, &KERNEL)));
        assert!(text.contains("and has 6 values"), "{dims:?}: {text}");
    }
    let bytes = TensorProto { raw_data: vec![0; 23].into(), ..tensor("w", &[3, 2], &[]) };
    assert!(said(dense(bytes)).contains("and has 5.75 values"));
}

#[test]
fn images_whose_size_is_open_or_lies_are_refused() {
    for (sizes, shown) in [
        (&[1, 3, 0, 2][..], "[1, 3, ?, 2]"),
        (&[1, 3, -1, 2], "[1, 3, ?, 2]"),
        (&[1, 3, 2], "[1, 3, 2]"),
        (&[1, i64::MAX, 2, 2], "[1, ?, 2, 2]"),
        (&[], "[]"),
    ] {
        let mut model = ModelProto::decode(Bytes::from(dense(tensor("w", &[3, 2], &KERNEL)).bytes)).unwrap();
        model.graph.as_mut().unwrap().input = vec![value("x", sizes)];
        let text = said(NamedBytes { name: "a.onnx".to_owned(), bytes: model.encode_to_vec() });
        assert!(text.contains("not images of a fixed size") && text.contains(shown), "{sizes:?}: {text}");
    }
    let mut model = ModelProto::decode(Bytes::from(dense(tensor("w", &[3, 2], &KERNEL)).bytes)).unwrap();
    model.graph.as_mut().unwrap().input = vec![value("x", &[1, 3, 1 << 24, 1 << 24])];
    let text = said(NamedBytes { name: "a.onnx".to_owned(), bytes: model.encode_to_vec() });
    assert!(text.contains("x would take"), "{text}");
}

#[test]
fn values_that_are_not_there_are_named() {
    let text = said(file(vec![node("Add", &["x", "b"], "a", &[]), node("Relu", &["a"], "b", &[])], &[]));
    assert!(text.contains("Add_a reads b, which nothing before it gives"), "{text}");
    let text = said(file(vec![node("Relu", &["y"], "y", &[])], &[]));
    assert!(text.contains("Relu_y reads y, which nothing before it gives"), "{text}");
    let text = said(file(vec![node("Relu", &["x"], "other", &[])], &[]));
    assert!(text.contains("nothing gives its output y"), "{text}");
}

#[test]
fn nodes_without_any_values_are_refused() {
    // Else a kernel for no channels could have any number of taps.
    let text = said(file(
        vec![
            node("Transpose", &["x"], "last", &[("perm", &[0, 2, 3, 1])]),
            node("MatMul", &["last", "w"], "none", &[]),
            node("Transpose", &["none"], "first", &[("perm", &[0, 3, 1, 2])]),
            node("Conv", &["first", "k"], "y", &[]),
        ],
        &[tensor("w", &[3, 0], &[]), tensor("k", &[1, 0, 1 << 20, 1 << 20], &[])],
    ));
    assert!(text.contains("MatMul_none gives nothing"), "{text}");
}

#[test]
fn a_million_nodes_are_refused_and_thousands_are_none_too_many() {
    let empty = NodeProto::default().encode_to_vec();
    let text = said(file(vec![empty.into(); 1_000_000], &[]));
    assert!(text.contains("its network is longer than 20000 operators and tensors"), "{text}");
    // Alternately, because two of the same would be one layer.
    let mut nodes: Vec<Bytes> = (0..9_000)
        .map(|at| {
            let operator = if at % 2 == 0 { "Tanh" } else { "Relu" };
            let from = if at == 0 { "x".to_owned() } else { format!("v{at}") };
            node(operator, &[&from], &format!("v{}", at + 1), &[])
        })
        .collect();
    nodes.push(node("GlobalAveragePool", &["v9000"], "y", &[]));
    let model = fovea::formats::read("own", &opened(file(nodes, &[])).own).unwrap();
    assert!(model.network.layers().len() > 9_000);
}

#[test]
fn graphs_in_graphs_are_passed_over_and_no_stack_ends() {
    // A field of length-delimited bytes within itself: attribute 5 of a node, and in it the graph, field 6.
    let mut inner = Vec::new();
    for _ in 0..2_000 {
        let mut outer = vec![0x32];
        prost::encode_length_delimiter(inner.len(), &mut outer).unwrap();
        outer.extend(inner);
        inner = outer;
    }
    let condition = NodeProto {
        input: vec!["x".to_owned()],
        output: vec!["y".to_owned()],
        op_type: "If".to_owned(),
        attribute: vec![inner.into()],
        ..NodeProto::default()
    };
    let text = said(file(vec![condition.encode_to_vec().into()], &[]));
    assert_eq!(text, "a.onnx: layer y is of the class If, which is not supported; it stands alone");
    // Groups, protobuf's old way of nesting, are opened and never closed.
    let mut groups = dense(tensor("w", &[3, 2], &KERNEL));
    groups.bytes.extend([0xfb, 0x01].repeat(500_000));
    assert!(said(groups).contains("none of the model files"));
}

#[test]
fn a_tensor_that_thousands_of_layers_share_is_not_copied_for_each() {
    let side = 512;
    let kernel = tensor("k", &[side, side], &vec![0.0; (side * side) as usize]);
    let mut nodes = vec![
        node("GlobalAveragePool", &["x"], "mean", &[]),
        node("Flatten", &["mean"], "flat", &[]),
        node("MatMul", &["flat", "w"], "v0", &[]),
    ];
    let dense = |at: usize| node("MatMul", &[&format!("v{at}"), "k"], &format!("v{}", at + 1), &[]);
    nodes.extend((0..2_000).map(dense));
    let first = tensor("w", &[3, side], &vec![0.0; 3 * side as usize]);
    let text = said(file(nodes, &[first.clone(), kernel]));
    assert!(text.contains("all tensors together would take"), "{text}");
    // Also numbers for each channel are copied: into settings.
    let mut nodes = vec![
        node("GlobalAveragePool", &["x"], "mean", &[]),
        node("Flatten", &["mean"], "flat", &[]),
        node("MatMul", &["flat", "w"], "v0", &[]),
    ];
    let side = 20_000;
    let add = |at: usize| node("Mul", &[&format!("v{at}"), "k"], &format!("v{}", at + 1), &[]);
    nodes.extend((0..1_000).map(add));
    let first = tensor("w", &[3, side], &vec![0.0; 3 * side as usize]);
    let text = said(file(nodes, &[first, tensor("k", &[side], &vec![0.5; side as usize])]));
    assert!(text.contains("all tensors together would take"), "{text}");
}

#[test]
fn long_names_are_refused() {
    let long = "n".repeat(2_000);
    let text = said(file(vec![node("Relu", &["x"], &long, &[])], &[]));
    assert!(text.contains("a name in it has 2005 bytes"), "{text}");
    assert!(said(dense(tensor(&long, &[3, 2], &KERNEL))).contains("a name in it has 2000 bytes"));
}

#[test]
fn windows_beyond_all_measure_are_refused() {
    let pooled = |settings: &[(&str, &[i64])]| {
        said(file(vec![node("MaxPool", &["x"], "p", settings), node("Flatten", &["p"], "y", &[])], &[]))
    };
    for settings in [
        &[("kernel_shape", &[0, 1][..])][..],
        &[("kernel_shape", &[-1, 1])],
        &[("kernel_shape", &[1, 1]), ("strides", &[0, 1])],
        &[("kernel_shape", &[i64::MAX, 1])],
        &[("kernel_shape", &[1 << 20, 1 << 20]), ("dilations", &[1 << 20, 1 << 20])],
        &[("kernel_shape", &[1, 1]), ("pads", &[1 << 40, 0, 0, 0])],
        &[("kernel_shape", &[1, 1]), ("pads", &[-1, 0, 0, 0])],
        &[("kernel_shape", &[1]), ("pads", &[1, 1])],
        &[("kernel_shape", &[1 << 20, 1 << 20]), ("pads", &[1 << 20, 1 << 20, 1 << 20, 1 << 20])],
    ] {
        let text = pooled(settings);
        assert!(text.starts_with("a.onnx: "), "{text}");
        assert!(text.contains("MaxPool_p") || text.contains("would take"), "{settings:?}: {text}");
    }
}

#[test]
fn a_network_that_rounds_its_values_is_refused() {
    let cast = |to: i64| {
        let nodes = vec![
            node("Cast", &["x"], "c", &[("to", &[to])]),
            node("GlobalAveragePool", &["c"], "m", &[]),
            node("Flatten", &["m"], "y", &[]),
        ];
        open(&[file(nodes, &[])], None)
    };
    assert!(cast(data_type::FLOAT16.into()).is_ok());
    let text = cast(data_type::INT32.into()).unwrap_err().to_string();
    assert_eq!(text, "a.onnx: layer Cast_c (Cast): a network's values are not rounded");
}

#[test]
fn a_file_cut_off_anywhere_is_refused() {
    let mut model = ModelProto::decode(Bytes::from(dense(tensor("w", &[3, 2], &KERNEL)).bytes)).unwrap();
    // Nobody reads what stands behind the graph.
    model.opset_import.clear();
    let whole = model.encode_to_vec();
    let mut said_of = HashMap::new();
    for end in 0..whole.len() {
        let cut = NamedBytes { name: "a.onnx".to_owned(), bytes: whole[..end].to_vec() };
        *said_of.entry(said(cut)).or_insert(0) += 1;
    }
    assert!(said_of.keys().all(|text| text.starts_with("a.onnx: ")), "{said_of:?}");
}
