//! A node with its settings.

use std::collections::HashMap;

use prost::Message;

use super::proto::{AttributeProto, NodeProto};
use crate::Reason;
use crate::tensor::check_name;

/// An operator at its place in a graph.
#[derive(Debug)]
pub struct Node {
    /// Its name, or that of its output.
    pub name: String,
    /// The operator, with its domain if that is not ONNX' own.
    pub operator: String,
    /// The names of what it reads; empty for what is left out.
    pub inputs: Vec<String>,
    /// The names of what it gives.
    pub outputs: Vec<String>,
    attributes: HashMap<String, AttributeProto>,
}

impl Node {
    /// Of a message.
    ///
    /// # Errors
    /// [`Reason::Damaged`] for bytes that are no node.
    pub fn of(bytes: &prost::bytes::Bytes) -> Result<Self, Reason> {
        let node = NodeProto::decode(bytes.clone()).map_err(damaged)?;
        let mut attributes = HashMap::new();
        for bytes in node.attribute {
            let attribute = AttributeProto::decode(bytes).map_err(damaged)?;
            attributes.insert(attribute.name.clone(), attribute);
        }
        let operator = match node.domain.as_str() {
            "" | "ai.onnx" => node.op_type,
            domain => format!("{domain}.{}", node.op_type),
        };
        let first = node.output.first().cloned().unwrap_or_default();
        let name = if node.name.is_empty() { first } else { node.name };
        check_name(&name)?;
        check_name(&operator)?;
        Ok(Self { name, operator, inputs: node.input, outputs: node.output, attributes })
    }

    /// A node that is not in the file.
    pub fn made(name: &str, output: &str) -> Self {
        let outputs = vec![output.to_owned()];
        Self {
            name: name.to_owned(),
            operator: String::new(),
            inputs: Vec::new(),
            outputs,
            attributes: HashMap::new(),
        }
    }

    /// Whether it has a setting.
    pub fn has(&self, name: &str) -> bool {
        self.attributes.contains_key(name)
    }

    /// A whole number.
    pub fn int(&self, name: &str, or: i64) -> i64 {
        self.attributes.get(name).map_or(or, |attribute| attribute.i)
    }

    /// A real number.
    pub fn float(&self, name: &str, or: f32) -> f32 {
        self.attributes.get(name).map_or(or, |attribute| attribute.f)
    }

    /// Whole numbers.
    pub fn ints(&self, name: &str) -> Option<&[i64]> {
        self.attributes.get(name).map(|attribute| attribute.ints.as_slice())
    }

    /// A text.
    pub fn text(&self, name: &str) -> &str {
        self.attributes.get(name).and_then(|of| std::str::from_utf8(&of.s).ok()).unwrap_or_default()
    }

    /// The attribute itself.
    pub fn attribute(&self, name: &str) -> Option<&AttributeProto> {
        self.attributes.get(name)
    }

    /// A setting that is not supported.
    pub fn wrong(&self, reason: impl Into<String>) -> Reason {
        Reason::Layer { name: self.name.clone(), class: self.operator.clone(), reason: reason.into() }
    }
}

/// Bytes that are no message.
pub fn damaged(error: prost::DecodeError) -> Reason {
    Reason::Damaged { kind: "ONNX", detail: error.to_string() }
}
