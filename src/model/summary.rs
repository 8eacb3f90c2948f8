use std::fmt;

use serde::Serialize;

use super::{INPUT, Network, Parameter, PlacedLayer, Region};

/// The layer table of a network; printed, it is what Keras 3 prints.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// The network's name.
    pub name: String,
    /// A row a layer.
    pub layers: Vec<LayerSummary>,
    /// All parameters.
    pub total_params: usize,
    /// Those that training changes.
    pub trainable_params: usize,
    /// Those it leaves alone.
    pub non_trainable_params: usize,
}

/// A row of the table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct LayerSummary {
    /// The layer's name.
    pub name: String,
    /// Its Keras class.
    pub class_name: &'static str,
    /// Its output's shape, the batch first as `None` (`null` in JSON).
    pub output_shape: Vec<Option<usize>>,
    /// Its parameters.
    pub params: usize,
    /// Whether training changes them.
    pub trainable: bool,
    /// The names of the layers that it reads; left out where all layers just read the one before.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub connected_to: Option<Vec<String>>,
}

impl Network {
    /// The layer table as Keras has it.
    pub fn summary(&self) -> Summary {
        Summary::of(self)
    }
}

impl Summary {
    fn of(network: &Network) -> Self {
        let graph = !network.is_sequential();
        let inputs = |placed: &PlacedLayer| {
            placed.inputs.iter().map(|value| network.value_name(*value).to_owned()).collect()
        };
        let mut layers = Vec::new();
        if graph {
            // As in Keras' functional models; in a `Sequential` it is not told.
            layers.push(LayerSummary {
                name: INPUT.to_owned(),
                class_name: "InputLayer",
                output_shape: shape(&network.input_shape()),
                params: 0,
                trainable: true,
                connected_to: Some(Vec::new()),
            });
        }
        layers.extend(network.layers().iter().map(|placed| LayerSummary {
            name: placed.name.clone(),
            class_name: placed.layer.class_name(),
            output_shape: shape(&placed.output_shape),
            params: placed.params(network),
            trainable: placed.layer.trainable(),
            connected_to: graph.then(|| inputs(placed)),
        }));
        let count = |trainable: bool| {
            let parameters = network.parameters().iter();
            let counted = parameters.filter(|parameter| (parameter.region == Region::Trainable) == trainable);
            counted.map(Parameter::len).sum::<usize>()
        };
        let [trainable_params, non_trainable_params] = [true, false].map(count);
        Self {
            name: network.name().to_owned(),
            layers,
            total_params: trainable_params + non_trainable_params,
            trainable_params,
            non_trainable_params,
        }
    }
}

/// A shape with the batch in front.
fn shape(sample: &[usize]) -> Vec<Option<usize>> {
    std::iter::once(None).chain(sample.iter().copied().map(Some)).collect()
}

/// Widths of the columns: name and class, shape, parameters, and of a graph what is read.
const WIDTHS: [usize; 3] = [33, 24, 15];
const GRAPH_WIDTHS: [usize; 4] = [31, 23, 14, 25];

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let graph = self.layers.iter().any(|layer| layer.connected_to.is_some());
        let widths: &[usize] = if graph { &GRAPH_WIDTHS } else { &WIDTHS };
        let rule = |left: char, dash: &str, middle: &str, right: char| {
            let dashes: Vec<String> = widths.iter().map(|width| dash.repeat(*width)).collect();
            format!("{left}{}{right}\n", dashes.join(middle))
        };
        let row = |bar: char, texts: [&str; 4]| {
            let mut row = String::new();
            for (number, (text, width)) in texts.into_iter().zip(widths).enumerate() {
                let text = if number == 2 { format!("{text:>0$}", width - 2) } else { cut(text, width - 2) };
                row = format!("{row}{bar} {text} ");
            }
            format!("{row}{bar}\n")
        };
        writeln!(f, "Model: \"{}\"", self.name)?;
        f.write_str(&rule('┏', "━", "┳", '┓'))?;
        f.write_str(&row('┃', ["Layer (type)", "Output Shape", "Param #", "Connected to"]))?;
        f.write_str(&rule('┡', "━", "╇", '┩'))?;
        for (index, layer) in self.layers.iter().enumerate() {
            if index > 0 {
                f.write_str(&rule('├', "─", "┼", '┤'))?;
            }
            let shape: Vec<String> = layer
                .output_shape
                .iter()
                .map(|size| size.map_or("None".to_owned(), |size| size.to_string()))
                .collect();
            let title = format!("{} ({})", layer.name, layer.class_name);
            let shape = format!("({})", shape.join(", "));
            let inputs = layer.connected_to.as_deref().unwrap_or_default();
            let first = inputs.first().map_or("-", String::as_str);
            f.write_str(&row('│', [&title, &shape, &grouped(layer.params), first]))?;
            for input in inputs.iter().skip(1) {
                f.write_str(&row('│', ["", "", "", input]))?;
            }
        }
        f.write_str(&rule('└', "─", "┴", '┘'))?;
        for (title, count) in [
            ("Total", self.total_params),
            ("Trainable", self.trainable_params),
            ("Non-trainable", self.non_trainable_params),
        ] {
            writeln!(f, " {title} params: {} ({})", grouped(count), bytes(count * 4))?;
        }
        Ok(())
    }
}

/// Pads to a width, or cuts with an ellipsis as Keras does.
fn cut(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return format!("{text:width$}");
    }
    text.chars().take(width - 1).chain(['…']).collect()
}

fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

fn bytes(count: usize) -> String {
    let mut value = count as f64;
    let mut unit = "B";
    for larger in ["KB", "MB", "GB"] {
        if value < 1024.0 {
            break;
        }
        value /= 1024.0;
        unit = larger;
    }
    format!("{value:.2} {unit}")
}
