use std::fmt;

use serde::Serialize;

use super::Network;

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
}

impl Summary {
    pub(super) fn of(network: &Network) -> Self {
        let layers: Vec<_> = network
            .layers()
            .iter()
            .map(|placed| LayerSummary {
                name: placed.name.clone(),
                class_name: placed.layer.class_name(),
                output_shape: std::iter::once(None)
                    .chain(placed.output_shape.iter().copied().map(Some))
                    .collect(),
                params: placed.params(network),
            })
            .collect();
        let total = layers.iter().map(|layer| layer.params).sum();
        Self {
            name: network.name().to_owned(),
            layers,
            total_params: total,
            trainable_params: total,
            non_trainable_params: 0,
        }
    }
}

const WIDTHS: [usize; 3] = [33, 24, 15];

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rule = |left: char, dash: &str, middle: char, right: char| {
            let [a, b, c] = WIDTHS.map(|width| dash.repeat(width));
            format!("{left}{a}{middle}{b}{middle}{c}{right}\n")
        };
        let row = |bar: char, [a, b, c]: [&str; 3]| {
            let [wa, wb, wc] = WIDTHS.map(|width| width - 2);
            format!("{bar} {} {bar} {} {bar} {c:>wc$} {bar}\n", cut(a, wa), cut(b, wb))
        };
        writeln!(f, "Model: \"{}\"", self.name)?;
        f.write_str(&rule('┏', "━", '┳', '┓'))?;
        f.write_str(&row('┃', ["Layer (type)", "Output Shape", "Param #"]))?;
        f.write_str(&rule('┡', "━", '╇', '┩'))?;
        for (index, layer) in self.layers.iter().enumerate() {
            if index > 0 {
                f.write_str(&rule('├', "─", '┼', '┤'))?;
            }
            let shape: Vec<String> = layer
                .output_shape
                .iter()
                .map(|size| size.map_or("None".to_owned(), |size| size.to_string()))
                .collect();
            let title = format!("{} ({})", layer.name, layer.class_name);
            let shape = format!("({})", shape.join(", "));
            f.write_str(&row('│', [&title, &shape, &grouped(layer.params)]))?;
        }
        f.write_str(&rule('└', "─", '┴', '┘'))?;
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
