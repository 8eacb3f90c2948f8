//! What a layer of a functional model is called with: Keras' `inbound_nodes`, in the forms of Keras 2 and 3.

use serde_json::Value;

use crate::Reason;

/// What a layer is called with.
#[derive(Debug, Clone, PartialEq)]
pub enum Argument {
    /// The output of a layer at one of its calls.
    Output {
        /// The layer's name.
        layer: String,
        /// Which of its calls.
        call: usize,
    },
    /// A number, as in `x + 3.0`.
    Number(f32),
}

/// The arguments of each call.
pub fn read(inbound_nodes: &Value, layer: &str) -> Result<Vec<Vec<Argument>>, Reason> {
    let Some(nodes) = inbound_nodes.as_array() else { return Ok(Vec::new()) };
    nodes.iter().map(|node| of_call(node, layer)).collect()
}

fn of_call(node: &Value, layer: &str) -> Result<Vec<Argument>, Reason> {
    let mut arguments = Vec::new();
    match node {
        // Keras 3: { "args": [...], "kwargs": {...} }.
        Value::Object(call) => {
            collect(call.get("args").unwrap_or(&Value::Null), true, &mut arguments);
            // Of those with a name, only values that layers give: others are settings of the call, such as `training`.
            collect(call.get("kwargs").unwrap_or(&Value::Null), false, &mut arguments);
        }
        // Keras 2: [["conv2d", 0, 0, {}], ...], or a single one without the outer list.
        Value::Array(inputs) => match history(node) {
            Some(output) => arguments.push(output),
            None => arguments.extend(inputs.iter().filter_map(history)),
        },
        _ => {}
    }
    if arguments.iter().any(|argument| matches!(argument, Argument::Output { .. })) {
        Ok(arguments)
    } else {
        Err(Reason::Description(format!("it does not say what layer {layer} reads")))
    }
}

/// `["conv2d", 0, 0]`: a layer, its call and which of its outputs.
pub fn history(value: &Value) -> Option<Argument> {
    match value.as_array()?.as_slice() {
        [Value::String(layer), call, ..] => {
            Some(Argument::Output { layer: layer.clone(), call: call.as_u64()? as usize })
        }
        _ => None,
    }
}

/// serde_json bounds how deep JSON may be, and so this recursion.
fn collect(value: &Value, numbers: bool, arguments: &mut Vec<Argument>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect(item, numbers, arguments)),
        Value::Number(number) if numbers => {
            arguments.extend(number.as_f64().map(|number| Argument::Number(number as f32)));
        }
        Value::Object(object) => {
            let config = object.get("config").and_then(Value::as_object);
            match config.and_then(|config| config.get("keras_history")) {
                Some(found) => arguments.extend(history(found)),
                None => object.values().for_each(|item| collect(item, false, arguments)),
            }
        }
        _ => {}
    }
}
