//! A model as an ONNX file of opset 17 and IR version 8, which runtimes from 2022 on open.

use fovea::model::{Activation, Layer, PlacedLayer, Weight};
use fovea::trained::Model;
use prost::Message;
use prost::bytes::Bytes;

use super::layers;
use super::proto::{
    AttributeProto, DimensionProto, GraphProto, ModelProto, NodeProto, OperatorSetIdProto,
    StringStringEntryProto, TensorProto, TensorShapeProto, TensorTypeProto, TypeProto, ValueInfoProto,
    attribute_type, data_type,
};
use crate::beside::Beside;

/// The set of operators.
const OPSET: i64 = 17;
/// The version of the file's shape.
const IR_VERSION: i64 = 8;
/// The network's input, `[batch, channels, height, width]`.
const INPUT: &str = "input";
/// Its output, `[batch, units]`.
const OUTPUT: &str = "output";
/// The key of what ONNX has no place for.
pub const BESIDE: &str = "fovea";

/// A setting of an operator.
pub enum Setting<'a> {
    /// A whole number.
    Int(i64),
    /// Several.
    Ints(&'a [usize]),
    /// A real number.
    Float(f32),
}

/// A graph that is being written.
pub struct Writer<'a> {
    /// The model.
    pub model: &'a Model,
    /// The layers that read each value.
    readers: Vec<Vec<usize>>,
    /// The value that each layer gives.
    values: Vec<String>,
    nodes: Vec<Bytes>,
    initializers: Vec<Bytes>,
}

/// A layer whose nodes are being written. All its names are its own, a `/`, and a word without one.
pub struct At<'a> {
    /// The layer.
    pub placed: &'a PlacedLayer,
    /// The values that it reads.
    pub inputs: Vec<String>,
    /// The value that it gives.
    pub output: String,
    /// Whether it is the last one, whose output must be a node's.
    pub is_last: bool,
    /// Its index.
    pub index: usize,
}

impl At<'_> {
    /// A name within the layer.
    pub fn inner(&self, what: &str) -> String {
        format!("{}/{what}", self.placed.name)
    }

    /// The only value that it reads.
    pub fn input(&self) -> &str {
        self.inputs.first().map_or(INPUT, String::as_str)
    }
}

/// Writes a model.
pub fn write(model: &Model) -> Result<Vec<u8>, String> {
    let network = &model.network;
    let layers = network.layers();
    let mut readers = vec![Vec::new(); layers.len() + 1];
    for (index, placed) in layers.iter().enumerate() {
        placed.inputs.iter().for_each(|value| readers[*value].push(index));
    }
    let mut writer = Writer {
        model,
        readers,
        values: vec![INPUT.to_owned()],
        nodes: Vec::new(),
        initializers: Vec::new(),
    };
    for (index, placed) in layers.iter().enumerate() {
        let is_last = index + 1 == layers.len();
        let output = if is_last { OUTPUT.to_owned() } else { format!("{}/output", placed.name) };
        let inputs = placed.inputs.iter().map(|value| writer.values[*value].clone()).collect();
        let value = layers::write(&mut writer, &At { placed, inputs, output, is_last, index });
        writer.values.push(value);
    }
    let [height, width, channels] = network.input_shape();
    let graph = GraphProto {
        node: writer.nodes,
        name: network.name().to_owned(),
        initializer: writer.initializers,
        input: vec![described(INPUT, &[channels, height, width])],
        output: vec![described(OUTPUT, &[network.output_units()])],
    };
    let file = ModelProto {
        ir_version: IR_VERSION,
        opset_import: vec![OperatorSetIdProto { domain: String::new(), version: OPSET }],
        producer_name: "Fovea".to_owned(),
        producer_version: env!("CARGO_PKG_VERSION").to_owned(),
        graph: Some(graph),
        metadata_props: metadata(model)?,
    };
    Ok(file.encode_to_vec())
}

fn metadata(model: &Model) -> Result<Vec<StringStringEntryProto>, String> {
    let json = |value: serde_json::Result<String>| value.map_err(|error| error.to_string());
    let [height, width, channels] = model.network.input_shape();
    let colours = if channels == 1 { "one channel of grey" } else { "the channels red, green and blue" };
    let input = format!(
        "Photos of {height} rows and {width} columns with {colours}, as [batch, {channels}, {height}, {width}]; \
         values from 0 to 1, which are bytes divided by 255."
    );
    let beside = Beside::of(model);
    let entries = [
        (BESIDE, json(serde_json::to_string(&beside))?),
        ("classes", json(serde_json::to_string(&model.classes))?),
        ("input", input),
    ];
    Ok(entries.map(|(key, value)| StringStringEntryProto { key: key.to_owned(), value }).into())
}

/// A value of real numbers, for any number of photos.
fn described(name: &str, shape: &[usize]) -> Bytes {
    let batch = DimensionProto { dim_value: None, dim_param: Some("batch".to_owned()) };
    let size = |size: &usize| DimensionProto { dim_value: Some(*size as i64), dim_param: None };
    let shape = TensorShapeProto { dim: std::iter::once(batch).chain(shape.iter().map(size)).collect() };
    let tensor_type = TensorTypeProto { elem_type: data_type::FLOAT, shape: Some(shape) };
    let r#type = Some(TypeProto { tensor_type: Some(tensor_type) });
    ValueInfoProto { name: name.to_owned(), r#type }.encode_to_vec().into()
}

impl<'a> Writer<'a> {
    /// Adds an operator. Its name is that of the layer if it is the layer's first one.
    pub fn node(
        &mut self,
        operator: &str,
        at: &At<'_>,
        input: &[&str],
        output: &str,
        settings: &[(&str, Setting<'_>)],
    ) {
        let attribute = settings.iter().map(|(name, setting)| attribute(name, setting)).collect();
        let name = match output.rsplit_once('/') {
            Some((_, word)) if word != "output" => output.to_owned(),
            _ => at.placed.name.clone(),
        };
        let node = NodeProto {
            input: input.iter().map(|name| (*name).to_owned()).collect(),
            output: vec![output.to_owned()],
            name,
            op_type: operator.to_owned(),
            domain: String::new(),
            attribute,
        };
        self.nodes.push(node.encode_to_vec().into());
    }

    /// Adds values that never change, and returns their name.
    pub fn reals(&mut self, name: String, shape: &[usize], values: &[f32]) -> String {
        let raw_data = values.iter().flat_map(|value| value.to_le_bytes()).collect::<Vec<u8>>().into();
        self.initializer(name, shape, data_type::FLOAT, raw_data)
    }

    /// Adds whole numbers, such as a shape or paddings, and returns their name.
    pub fn whole(&mut self, name: String, values: &[i64]) -> String {
        let raw_data = values.iter().flat_map(|value| value.to_le_bytes()).collect::<Vec<u8>>().into();
        self.initializer(name, &[values.len()], data_type::INT64, raw_data)
    }

    fn initializer(&mut self, name: String, shape: &[usize], data_type: i32, raw_data: Bytes) -> String {
        let dims = shape.iter().map(|size| *size as i64).collect();
        let tensor = TensorProto { dims, data_type, raw_data, name: name.clone(), ..TensorProto::default() };
        self.initializers.push(tensor.encode_to_vec().into());
        name
    }

    /// A layer's parameter, if it has it.
    pub fn parameter(&self, placed: &PlacedLayer, weight: Weight) -> Option<&'a [f32]> {
        let parameter = &self.model.network.parameters()[placed.weight(weight)?];
        Some(self.model.state.values(parameter))
    }

    /// Whether only dense layers read what a layer gives, directly or behind layers that change each value by itself: then
    /// the values may lie in another order, which the rows of the kernels follow.
    pub fn is_for_dense(&self, index: usize) -> bool {
        let readers = &self.readers[index + 1];
        !readers.is_empty()
            && readers.iter().all(|reader| {
                let placed = &self.model.network.layers()[*reader];
                match &placed.layer {
                    Layer::Dense(_) => true,
                    Layer::Dropout(_) | Layer::ReLU(_) | Layer::LeakyReLU(_) => self.is_for_dense(*reader),
                    Layer::Activation(of) if of.activation != Activation::Softmax => {
                        self.is_for_dense(*reader)
                    }
                    _ => false,
                }
            })
    }

    /// The image whose channels come first in what a layer reads, if it reads one that was flattened so.
    pub fn flattened(&self, placed: &PlacedLayer) -> Option<[usize; 3]> {
        let mut value = *placed.inputs.first()?;
        loop {
            let index = value.checked_sub(1)?;
            let before = &self.model.network.layers()[index];
            match &before.layer {
                Layer::Flatten(_) if self.is_for_dense(index) => {
                    return <[usize; 3]>::try_from(before.input_shape()).ok();
                }
                Layer::Dropout(_) | Layer::ReLU(_) | Layer::LeakyReLU(_) | Layer::Activation(_) => {
                    value = *before.inputs.first()?;
                }
                _ => return None,
            }
        }
    }
}

fn attribute(name: &str, setting: &Setting<'_>) -> Bytes {
    let named = AttributeProto { name: name.to_owned(), ..AttributeProto::default() };
    let attribute = match setting {
        Setting::Int(i) => AttributeProto { r#type: attribute_type::INT, i: *i, ..named },
        Setting::Float(f) => AttributeProto { r#type: attribute_type::FLOAT, f: *f, ..named },
        Setting::Ints(ints) => {
            let ints = ints.iter().map(|number| *number as i64).collect();
            AttributeProto { r#type: attribute_type::INTS, ints, ..named }
        }
    };
    attribute.encode_to_vec().into()
}
