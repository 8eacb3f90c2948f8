//! The steps of a training plan, a row for each pass through a layer with weights.

use fovea::model::{Layer, Loss, Network, Optimizer, PlacedLayer};
use fovea::ops::Kernels;
use fovea::plan::{Goal, Plan, PlanError, Role, Step, View};

/// A pass through a layer.
#[derive(Debug)]
pub struct Pass {
    /// Which layer.
    pub layer: String,
    /// Which way.
    pub name: &'static str,
    /// Twice the multiplications.
    pub flop: f64,
    /// What is read and written, each value once.
    pub bytes: f64,
    /// All ways to compute it, the plain one too; none for what only moves bytes.
    pub kernels: Vec<Kernels>,
}

const WAYS: [&str; 3] = ["forward", "input gradient", "kernel gradient"];

/// The passes of a training step: forward, backward from the last layer, and all the rest as two rows.
pub fn passes(
    network: &Network,
    batch: usize,
    loss: Loss,
    optimizer: Optimizer,
) -> Result<Vec<Pass>, PlanError> {
    let plan = Plan::new(network, batch, Goal::Train(loss, optimizer))?;
    let layers = network.layers();
    let weighted: Vec<usize> = (0..layers.len()).filter(|index| !layers[*index].weights.is_empty()).collect();
    let mut passes = Vec::new();
    let mut forward = 0;
    let mut backward = weighted.len();
    let mut rest = Pass::of_bytes("rescaling, relu's and biases' gradients, loss");
    let mut update = Pass::of_bytes("update of all weights");
    for step in &plan.steps {
        let label = step.operation.label();
        let way = WAYS.into_iter().find(|way| label.ends_with(way));
        let number = match way {
            Some("forward") => {
                forward += 1;
                forward - 1
            }
            Some("kernel gradient") => {
                backward -= 1;
                backward
            }
            Some(_) => backward,
            None => {
                let row = if label == "rmsprop" { &mut update } else { &mut rest };
                row.bytes += bytes(&plan, step);
                continue;
            }
        };
        let at = weighted[number];
        let pooled = layers.get(at + 1).filter(|above| matches!(above.layer, Layer::MaxPooling2D(_)));
        passes.push(Pass {
            layer: name(&layers[at], pooled),
            name: way.unwrap_or_default(),
            flop: 2.0 * step.operation.work(),
            bytes: bytes(&plan, step),
            kernels: step.operation.gpu_variants().into_iter().chain([step.operation.gpu()]).collect(),
        });
    }
    assert_eq!((forward, backward), (weighted.len(), 0), "a pass is missing");
    passes.extend([rest, update]);
    Ok(passes)
}

impl Pass {
    fn of_bytes(layer: &str) -> Self {
        Self { layer: layer.into(), name: "", flop: 0.0, bytes: 0.0, kernels: Vec::new() }
    }
}

fn name(layer: &PlacedLayer, pooled: Option<&PlacedLayer>) -> String {
    match (layer.input_shape(), &layer.output_shape[..]) {
        ([input, _, channels], [output, _, filters]) => {
            let pooled = pooled.map(|pooled| format!("→{}", pooled.output_shape[0])).unwrap_or_default();
            format!("conv {channels}→{filters}, {input}→{output}{pooled}")
        }
        (input, output) => format!("dense {}→{}", input[0], output[0]),
    }
}

/// Each input read once, each output written once; what is changed in place is read, too.
fn bytes(plan: &Plan, step: &Step) -> f64 {
    let label = step.operation.label();
    let in_place = label == "rmsprop" || ["relu gradient", "sigmoid gradient"].contains(&label.as_str());
    let len = |views: &[View]| -> usize {
        // Of all rows of the metrics a step writes one.
        let moved = views.iter().filter(|view| plan.buffers[view.buffer].role != Role::Metrics);
        moved.map(|view| view.len).sum()
    };
    let written = len(&step.outputs) * if in_place { 2 } else { 1 };
    4.0 * (len(&step.inputs) + written) as f64
}
