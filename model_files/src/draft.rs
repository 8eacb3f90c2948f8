//! A network as a file describes it. Checked, and with its values in place, it becomes a model.

use std::rc::Rc;

use fovea::data::Sizing;
use fovea::memory;
use fovea::model::{GraphLayer, Layer, LayerConfig, Network, Optimizer, Region};
use fovea::trained::{Model, State, Training};

use crate::tensor::Tensor;
use crate::{Preprocessing, Reason};

/// A network that was read, layer by layer, in topological order.
#[derive(Debug, Clone, Default)]
pub struct Draft {
    /// The network's name.
    pub name: String,
    /// Height, width and channels.
    pub input_shape: [usize; 3],
    /// Its layers; the last one's output is the network's.
    pub layers: Vec<DraftLayer>,
    /// The classes' names, if the file has them.
    pub classes: Option<Vec<String>>,
    /// How photos become images, if the file says so.
    pub sizing: Option<Sizing>,
    /// What photos have to be for it, if the file says so.
    pub preprocessing: Option<Preprocessing>,
    /// What training goes on from, if the file has it.
    pub training: Option<DraftTraining>,
    /// Whether the layers with parameters are in the order in which the file has them, and so its optimizer's state.
    pub keeps_order: bool,
    /// What was left out or understood in another way, in sentences for the user.
    pub notes: Vec<String>,
}

/// A layer of a [`Draft`].
#[derive(Debug, Clone, Default)]
pub struct DraftLayer {
    /// Its name, unique in the network.
    pub name: String,
    /// Keras' name of its class.
    pub class_name: String,
    /// Its settings, with the names that this project gives them.
    pub config: LayerConfig,
    /// The names of the layers that it reads, [`fovea::model::INPUT`] for the network's input.
    pub inbound: Vec<String>,
    /// Its parameters' values, in the order in which the layer has them. There may be more than it has.
    pub tensors: Vec<Tensor>,
}

/// The optimizer of a [`Draft`].
#[derive(Debug, Clone)]
pub struct DraftTraining {
    /// Its settings.
    pub optimizer: Optimizer,
    /// Steps that it has made.
    pub iteration: u32,
    /// For each of its slots, the values of each trainable parameter, in the parameters' order; empty if the file has none.
    pub slots: Vec<Vec<Tensor>>,
}

impl Draft {
    /// Checks the network and puts its values in place. Classes without names are called `class 1`, `class 2` and so on.
    ///
    /// # Errors
    /// A [`Reason`] that names the layer or the parameter.
    pub fn into_model(self) -> Result<(Model, Vec<String>), Reason> {
        let Self {
            name,
            input_shape,
            layers,
            classes,
            sizing,
            mut training,
            keeps_order,
            mut notes,
            preprocessing: _,
        } = self;
        if let Some(training) = &mut training
            && !keeps_order
            && !training.slots.is_empty()
        {
            training.slots.clear();
            notes.push(
                "Training starts with a fresh optimizer: its state is in another order than the layers."
                    .to_owned(),
            );
        }
        let mut graph = Vec::new();
        let mut tensors = Vec::new();
        for layer in layers {
            let mut config = layer.config;
            config.insert("name".to_owned(), layer.name.into());
            graph.push(GraphLayer {
                layer: Layer::read(layer.class_name, config)?,
                inbound: Some(layer.inbound),
            });
            tensors.push(layer.tensors);
        }
        let network = Network::graph(&name, input_shape, graph)?;
        let mut parameters: Vec<f32> = memory::zeros(network.parameter_words())?;
        let mut frozen: Vec<f32> = memory::zeros(network.words(Region::Frozen))?;
        for (placed, tensors) in network.layers().iter().zip(&tensors) {
            for (at, (_, index)) in placed.weights.iter().enumerate() {
                let parameter = &network.parameters()[*index];
                let tensor = tensors
                    .get(at)
                    .ok_or_else(|| Reason::Missing(format!("the parameter {}", parameter.name)))?;
                let into = if parameter.is_frozen() { &mut frozen } else { &mut parameters };
                fill(&mut into[parameter.range()], tensor, &parameter.name, &parameter.shape)?;
            }
        }
        let mut state = State { parameters, frozen: Rc::new(frozen), ..State::default() };
        if let Some(training) = training
            && let Err(lost) = take_over(&network, &mut state, training)
        {
            notes.push(lost);
        }
        let classes = classes.unwrap_or_else(|| unnamed(&network));
        network.check_classes(classes.len())?;
        Ok((Model { network, classes, state, sizing, threshold: None }, notes))
    }
}

/// Names for the classes of a network that has none.
fn unnamed(network: &Network) -> Vec<String> {
    // One sigmoid unit tells two classes apart.
    let classes = network.output_units().max(2);
    (1..=classes).map(|class| format!("class {class}")).collect()
}

fn fill(into: &mut [f32], tensor: &Tensor, name: &str, wanted: &[usize]) -> Result<(), Reason> {
    // A number along an axis of one is the same without it: Keras' own Normalization writes such.
    let without = |shape: &[usize]| shape.iter().copied().filter(|size| *size != 1).collect::<Vec<_>>();
    if tensor.values.len() != into.len() || without(&tensor.shape) != without(wanted) {
        return Err(Reason::Shape {
            name: name.to_owned(),
            found: tensor.shape.clone(),
            wanted: wanted.to_vec(),
        });
    }
    if !tensor.values.iter().all(|value| value.is_finite()) {
        return Err(Reason::NotFinite(name.to_owned()));
    }
    into.copy_from_slice(&tensor.values);
    Ok(())
}

/// Takes over the optimizer; what does not fit is told, and training begins with a fresh one.
fn take_over(network: &Network, state: &mut State, training: DraftTraining) -> Result<(), String> {
    let DraftTraining { optimizer, iteration, slots } = training;
    let lost = |reason: String| format!("Training starts with a fresh optimizer: {reason}.");
    optimizer.check().map_err(|error| lost(error.to_string()))?;
    let trained: Vec<_> =
        network.parameters().iter().filter(|parameter| parameter.region == Region::Trainable).collect();
    let mut all = Vec::new();
    for (slot, tensors) in slots.iter().enumerate() {
        if tensors.len() != trained.len() {
            let (found, wanted) = (tensors.len(), trained.len());
            return Err(lost(format!(
                "the file has {found} values of slot {slot}, and the network wants {wanted}"
            )));
        }
        let mut values = vec![0.0; network.parameter_words()];
        for (parameter, tensor) in trained.iter().zip(tensors) {
            fill(&mut values[parameter.range()], tensor, &parameter.name, &parameter.shape)
                .map_err(|reason| lost(reason.to_string()))?;
        }
        all.push(values);
    }
    if !all.is_empty() && all.len() != optimizer.slots() {
        return Err(lost(format!(
            "the file has {} slots of it, and there are {}",
            all.len(),
            optimizer.slots()
        )));
    }
    state.slots = all;
    state.training = Training { optimizer: Some(optimizer), iteration, ..Training::default() };
    state.training.check().map_err(lost)
}
