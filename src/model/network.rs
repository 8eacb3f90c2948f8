use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::layers::{NewWeight, Site};
use super::names::{INPUT, Names};
use super::parameter::{Initial, Parameter, Region, Weight};
use super::{Activation, Layer, LayerConfig, ModelError, Window, glorot_uniform};

/// Parameter tensors begin at multiples of this many values (256 bytes), where a GPU can bind them.
const ALIGNMENT: usize = 64;
/// All parameters of a buffer lie in it side by side, and WebGPU promises bindings of 128 MiB.
const MOST_PARAMETERS: usize = (128 << 20) / 4;
/// The most values of a layer's output, for one sample: far below what 32 bits count.
const MOST_VALUES: u64 = 1 << 30;

/// A graph of layers on an input shape, checked and with every shape worked out. In JSON it has its layers in order, of
/// which each names those that it reads, if these are not just the layer before.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "NetworkJson", into = "NetworkJson")]
pub struct Network {
    name: String,
    input_shape: [usize; 3],
    layers: Vec<PlacedLayer>,
    parameters: Vec<Parameter>,
    /// How many values lie in each region, padding between tensors included.
    words: [usize; 3],
}

/// A layer and what it reads.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "GraphLayerJson")]
pub struct GraphLayer {
    /// The layer.
    #[serde(flatten)]
    pub layer: Layer,
    /// The names of the layers that it reads, [`INPUT`] for the network's input; none for the layer before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inbound: Option<Vec<String>>,
}

impl From<Layer> for GraphLayer {
    fn from(layer: Layer) -> Self {
        Self { layer, inbound: None }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GraphLayerJson {
    class_name: String,
    #[serde(default)]
    config: LayerConfig,
    #[serde(default)]
    inbound: Option<Vec<String>>,
}

impl TryFrom<GraphLayerJson> for GraphLayer {
    type Error = ModelError;

    fn try_from(GraphLayerJson { class_name, config, inbound }: GraphLayerJson) -> Result<Self, ModelError> {
        Ok(Self { layer: Layer::read(class_name, config)?, inbound })
    }
}

/// A layer in its place in a network.
#[derive(Debug, Clone, PartialEq)]
pub struct PlacedLayer {
    /// Its name, unique in the network.
    pub name: String,
    /// Its settings.
    pub layer: Layer,
    /// The numbers of the values that it reads: 0 is the network's input, `i + 1` the output of the layer with index `i`.
    pub inputs: Vec<usize>,
    /// The shape of one sample at each input: `[h, w, c]` or `[n]`.
    pub input_shapes: Vec<Vec<usize>>,
    /// The shape of one sample at its output.
    pub output_shape: Vec<usize>,
    /// The window that it slides over an image.
    pub window: Option<Window>,
    /// What its parameters are, and their indices in [`Network::parameters`].
    pub weights: Vec<(Weight, usize)>,
}

impl PlacedLayer {
    /// The number of its parameters.
    pub fn params(&self, network: &Network) -> usize {
        self.weights.iter().map(|(_, index)| network.parameters[*index].len()).sum()
    }

    /// The index of one of its parameters in [`Network::parameters`].
    pub fn weight(&self, weight: Weight) -> Option<usize> {
        self.weights.iter().find(|(own, _)| *own == weight).map(|(_, index)| *index)
    }

    /// The shape of one sample at its first input.
    pub fn input_shape(&self) -> &[usize] {
        self.input_shapes.first().map_or(&[], Vec::as_slice)
    }

    /// The function its output goes through.
    pub fn activation(&self) -> Activation {
        self.layer.rule().activation()
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct NetworkJson {
    name: String,
    input_shape: [usize; 3],
    layers: Vec<GraphLayer>,
}

impl TryFrom<NetworkJson> for Network {
    type Error = ModelError;
    fn try_from(json: NetworkJson) -> Result<Self, ModelError> {
        Self::graph(&json.name, json.input_shape, json.layers)
    }
}

impl From<Network> for NetworkJson {
    fn from(network: Network) -> Self {
        let names: Vec<String> = network.layers.iter().map(|placed| placed.name.clone()).collect();
        let of_value = |value: &usize| match value.checked_sub(1) {
            Some(index) => names[index].clone(),
            None => INPUT.to_owned(),
        };
        let layers = network.layers.into_iter().enumerate().map(|(index, placed)| {
            let inbound = (placed.inputs != [index]).then(|| placed.inputs.iter().map(of_value).collect());
            GraphLayer { layer: placed.layer, inbound }
        });
        Self { layers: layers.collect(), name: network.name, input_shape: network.input_shape }
    }
}

impl Network {
    /// A sequence of layers, each on the one before.
    ///
    /// # Errors
    /// As [`Self::graph`].
    pub fn new(name: &str, input_shape: [usize; 3], layers: Vec<Layer>) -> Result<Self, ModelError> {
        Self::graph(name, input_shape, layers.into_iter().map(GraphLayer::from).collect())
    }

    /// Checks the layers in order and works out names, shapes and parameters. A layer reads only layers before it. The last
    /// one is the network's output.
    ///
    /// # Errors
    /// The first [`ModelError`] there is, naming the layer.
    pub fn graph(name: &str, input_shape: [usize; 3], layers: Vec<GraphLayer>) -> Result<Self, ModelError> {
        if layers.is_empty() {
            return Err(ModelError::Empty);
        }
        let pixels = input_shape.iter().try_fold(1_u64, |product, size| product.checked_mul(*size as u64));
        if input_shape.contains(&0) || pixels.is_none_or(|pixels| pixels > MOST_VALUES) {
            return Err(ModelError::Input(input_shape));
        }
        let mut network = Self {
            name: name.to_owned(),
            input_shape,
            layers: Vec::with_capacity(layers.len()),
            parameters: Vec::new(),
            words: [0; 3],
        };
        let mut names = Names::default();
        for GraphLayer { layer, inbound } in layers {
            let name = names.name(&layer)?;
            let inputs = match inbound {
                None => vec![network.layers.len()],
                Some(inbound) => names.values(&name, &inbound)?,
            };
            let placed = network.place(name, layer, inputs)?;
            names.add(&placed.name);
            network.layers.push(placed);
        }
        network.check_readers()?;
        network.lay_out();
        let shape = network.value_shape(network.layers.len());
        if shape.len() != 1 {
            return Err(ModelError::OutputNotFlat(shape.to_vec()));
        }
        Ok(network)
    }

    /// The same network with some layers trained or frozen, as `layer.trainable = ...` in Keras. Its parameters are the same in
    /// the same order, but may lie in other places.
    ///
    /// # Errors
    /// [`ModelError::NoSuchLayer`].
    pub fn with_trainable(&self, layers: &BTreeMap<String, bool>) -> Result<Self, ModelError> {
        let mut json = NetworkJson::from(self.clone());
        for (name, trainable) in layers {
            let index = self.layers.iter().position(|placed| placed.name == *name);
            let index = index.ok_or_else(|| ModelError::NoSuchLayer(name.clone()))?;
            json.layers[index].layer.set_trainable(*trainable);
        }
        Self::try_from(json)
    }

    /// The layers that `through` is computed by, itself the last, frozen and under their own names: what a network that is
    /// built on top of this one begins with. By default `through` is the last layer whose output is an image, which is what
    /// Keras' `include_top=False` leaves.
    ///
    /// # Errors
    /// [`ModelError::NoSuchLayer`] and [`ModelError::NoBase`].
    pub fn base(&self, through: Option<&str>) -> Result<Vec<GraphLayer>, ModelError> {
        let last = match through {
            Some(name) => self.layers.iter().position(|placed| placed.name == name),
            None => self.layers.iter().rposition(|placed| placed.output_shape.len() == 3),
        };
        let last = last
            .ok_or_else(|| through.map_or(ModelError::NoBase, |name| ModelError::NoSuchLayer(name.into())))?;
        let mut is_read = vec![false; self.layers.len() + 1];
        is_read[last + 1] = true;
        for (index, placed) in self.layers.iter().enumerate().rev() {
            if is_read[index + 1] {
                placed.inputs.iter().for_each(|value| is_read[*value] = true);
            }
        }
        let kept = (0..self.layers.len()).filter(|index| is_read[index + 1]);
        let frozen = kept.map(|index| {
            let mut kept = self.graph_layer(index);
            kept.layer.set_trainable(false);
            kept
        });
        Ok(frozen.collect())
    }

    /// A layer as [`Self::graph`] takes it, with its name and with what it reads.
    ///
    /// # Panics
    /// If there are not so many layers.
    pub fn graph_layer(&self, index: usize) -> GraphLayer {
        let placed = &self.layers[index];
        let mut layer = placed.layer.clone();
        layer.set_name(&placed.name);
        let inbound = placed.inputs.iter().map(|value| self.value_name(*value).to_owned()).collect();
        GraphLayer { layer, inbound: Some(inbound) }
    }

    /// Its name; Keras' default is `sequential`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The shape of one image: height, width, channels.
    pub fn input_shape(&self) -> [usize; 3] {
        self.input_shape
    }

    /// The layers in order; at least one.
    pub fn layers(&self) -> &[PlacedLayer] {
        &self.layers
    }

    /// Whether each layer reads just the one before.
    pub fn is_sequential(&self) -> bool {
        self.layers.iter().enumerate().all(|(index, placed)| placed.inputs == [index])
    }

    /// The shape of one sample of a value; see [`PlacedLayer::inputs`].
    pub fn value_shape(&self, value: usize) -> &[usize] {
        match value.checked_sub(1) {
            Some(index) => &self.layers[index].output_shape,
            None => &self.input_shape,
        }
    }

    /// The name under which layers read a value.
    pub fn value_name(&self, value: usize) -> &str {
        match value.checked_sub(1) {
            Some(index) => &self.layers[index].name,
            None => INPUT,
        }
    }

    /// The number of the value with this name.
    pub fn value(&self, name: &str) -> Option<usize> {
        (0..=self.layers.len()).find(|value| self.value_name(*value) == name)
    }

    /// How many layers read each value.
    pub fn readers(&self) -> Vec<usize> {
        let mut readers = vec![0; self.layers.len() + 1];
        for input in self.layers.iter().flat_map(|placed| &placed.inputs) {
            readers[*input] += 1;
        }
        readers
    }

    /// The parameter tensors in the order of their layers, a layer's kernel before its bias.
    pub fn parameters(&self) -> &[Parameter] {
        &self.parameters
    }

    /// The length of the buffer that holds the parameters of a region, padding between them included.
    pub fn words(&self, region: Region) -> usize {
        self.words[region as usize]
    }

    /// The length of the buffer of all parameters that training changes.
    pub fn parameter_words(&self) -> usize {
        self.words(Region::Trainable) + self.words(Region::Moving)
    }

    /// The outputs a sample has.
    pub fn output_units(&self) -> usize {
        self.value_shape(self.layers.len()).iter().product()
    }

    /// What the last layer's output goes through.
    pub fn output_activation(&self) -> Activation {
        self.layers.last().map_or(Activation::Linear, PlacedLayer::activation)
    }

    /// Checks that the outputs can tell `classes` classes apart.
    ///
    /// # Errors
    /// [`ModelError::OutputUnits`] where they cannot.
    pub fn check_classes(&self, classes: usize) -> Result<(), ModelError> {
        let units = self.output_units();
        let binary = units == 1 && classes == 2 && self.output_activation() == Activation::Sigmoid;
        if binary || (units == classes && units > 1) {
            return Ok(());
        }
        Err(ModelError::OutputUnits { units, classes })
    }

    /// The parameters that training changes, as they are before it: kernels Glorot-uniform, biases zero.
    pub fn initial_parameters(&self, seed: u32) -> Vec<f32> {
        self.initial(false, seed)
    }

    /// The parameters that never change, as they are in a new network.
    pub fn initial_frozen(&self, seed: u32) -> Vec<f32> {
        self.initial(true, seed)
    }

    fn initial(&self, frozen: bool, seed: u32) -> Vec<f32> {
        let len = if frozen { self.words(Region::Frozen) } else { self.parameter_words() };
        let mut values = vec![0.0; len];
        for (parameter, index) in self.parameters.iter().zip(0..) {
            if parameter.is_frozen() != frozen {
                continue;
            }
            let values = &mut values[parameter.range()];
            match parameter.initial {
                Initial::Zeros => {}
                Initial::Ones => values.fill(1.0),
                Initial::GlorotUniform { fan_in, fan_out } => {
                    glorot_uniform(values, fan_in, fan_out, seed, index);
                }
            }
        }
        values
    }

    fn place(&mut self, name: String, layer: Layer, inputs: Vec<usize>) -> Result<PlacedLayer, ModelError> {
        let input_shapes: Vec<Vec<usize>> =
            inputs.iter().map(|value| self.value_shape(*value).to_vec()).collect();
        let mut site = Site::new(&name, &input_shapes);
        let output_shape = layer.rule().place(&mut site)?;
        let Site { window, weights: asked, .. } = site;
        let mut weights = Vec::with_capacity(asked.len());
        for NewWeight { weight, shape, initial } in asked {
            let region = if layer.trainable() { weight.region() } else { Region::Frozen };
            self.reserve(&name, region, &shape)?;
            weights.push((weight, self.parameters.len()));
            let own_name = format!("{name}/{}", weight.name());
            self.parameters.push(Parameter { name: own_name, shape, region, offset: 0, initial });
        }
        let values = output_shape.iter().try_fold(1_u64, |product, size| product.checked_mul(*size as u64));
        if values.is_none_or(|values| values > MOST_VALUES) {
            return Err(ModelError::OutputTooLarge { layer: name, shape: output_shape });
        }
        Ok(PlacedLayer { name, layer, inputs, input_shapes, output_shape, window, weights })
    }

    /// Makes room for a tensor behind the others of its region.
    fn reserve(&mut self, layer: &str, region: Region, shape: &[usize]) -> Result<(), ModelError> {
        let words = &mut self.words[region as usize];
        let end = shape
            .iter()
            .try_fold(1_usize, |product, size| product.checked_mul(*size))
            .and_then(|len| words.checked_add(len))
            .unwrap_or(usize::MAX);
        if end > MOST_PARAMETERS {
            return Err(ModelError::TooManyParameters {
                layer: layer.to_owned(),
                params: end as u64,
                limit: MOST_PARAMETERS as u64,
            });
        }
        *words = end.next_multiple_of(ALIGNMENT);
        Ok(())
    }

    /// Gives each tensor its place.
    fn lay_out(&mut self) {
        let mut offsets = [0, self.words(Region::Trainable), 0];
        for parameter in &mut self.parameters {
            let offset = &mut offsets[parameter.region as usize];
            parameter.offset = *offset;
            *offset = (*offset + parameter.len()).next_multiple_of(ALIGNMENT);
        }
    }

    /// Checks that the output of each layer but the last is read.
    fn check_readers(&self) -> Result<(), ModelError> {
        let readers = self.readers();
        let unread = self.layers.iter().zip(&readers[1..]).rev().skip(1).find(|(_, readers)| **readers == 0);
        match unread {
            Some((placed, _)) => Err(ModelError::Unread(placed.name.clone())),
            None => Ok(()),
        }
    }
}
