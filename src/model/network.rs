use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};

use super::{Activation, Layer, ModelError, Padding, Summary, Window, glorot_uniform};

/// Parameter tensors begin at multiples of this many values (256 bytes), where a GPU can bind them.
const ALIGNMENT: usize = 64;
/// All parameters lie in one buffer, and WebGPU promises bindings of 128 MiB.
const MOST_PARAMETERS: usize = (128 << 20) / 4;
/// The most pixels of a window, so that one may be added to the image's.
const MOST_TAPS: usize = 1 << 24;
/// The most values of a layer's output, for one sample: far below what 32 bits count.
const MOST_VALUES: u64 = 1 << 30;

/// A sequence of layers on an input shape, checked and with every shape worked out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "NetworkJson", into = "NetworkJson")]
pub struct Network {
    name: String,
    input_shape: [usize; 3],
    layers: Vec<PlacedLayer>,
    parameters: Vec<Parameter>,
    parameter_words: usize,
}

/// A layer in its place in a network.
#[derive(Debug, Clone, PartialEq)]
pub struct PlacedLayer {
    /// Its name, unique in the network.
    pub name: String,
    /// Its settings.
    pub layer: Layer,
    /// The shape of one sample at its input: `[h, w, c]` or `[n]`.
    pub input_shape: Vec<usize>,
    /// The shape of one sample at its output.
    pub output_shape: Vec<usize>,
    /// The window of a convolution or a pooling.
    pub window: Option<Window>,
    /// Index of its kernel in [`Network::parameters`].
    pub kernel: Option<usize>,
    /// Index of its bias in [`Network::parameters`].
    pub bias: Option<usize>,
}

impl PlacedLayer {
    /// The number of its parameters.
    pub fn params(&self, network: &Network) -> usize {
        [self.kernel, self.bias].into_iter().flatten().map(|index| network.parameters[index].len()).sum()
    }

    /// The function its output goes through.
    pub fn activation(&self) -> Activation {
        match &self.layer {
            Layer::Conv2D(config) => config.activation,
            Layer::Dense(config) => config.activation,
            Layer::MaxPooling2D(_) | Layer::Flatten(_) | Layer::Dropout(_) => Activation::Linear,
        }
    }
}

/// A parameter tensor and its place in the one buffer that holds them all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameter {
    /// Its layer's name and its own: `conv2d/kernel`, `conv2d/bias`.
    pub name: String,
    /// Convolution kernels HWIO, dense kernels `[inputs, units]`, biases `[units]`.
    pub shape: Vec<usize>,
    /// Where it begins in the buffer, in values.
    pub offset: usize,
}

impl Parameter {
    /// The number of its values.
    pub fn len(&self) -> usize {
        self.shape.iter().product()
    }

    /// Whether it has no values; never so in a checked network.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Its place in the buffer.
    pub fn range(&self) -> std::ops::Range<usize> {
        self.offset..self.offset + self.len()
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct NetworkJson {
    name: String,
    input_shape: [usize; 3],
    layers: Vec<Layer>,
}

impl TryFrom<NetworkJson> for Network {
    type Error = ModelError;
    fn try_from(json: NetworkJson) -> Result<Self, ModelError> {
        Self::new(&json.name, json.input_shape, json.layers)
    }
}

impl From<Network> for NetworkJson {
    fn from(network: Network) -> Self {
        Self {
            name: network.name,
            input_shape: network.input_shape,
            layers: network.layers.into_iter().map(|placed| placed.layer).collect(),
        }
    }
}

impl Network {
    /// Checks the layers one after the other and works out names, shapes and parameters.
    ///
    /// # Errors
    /// The first [`ModelError`] there is, naming the layer.
    pub fn new(name: &str, input_shape: [usize; 3], layers: Vec<Layer>) -> Result<Self, ModelError> {
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
            parameter_words: 0,
        };
        let mut namer = Namer::default();
        let mut shape = input_shape.to_vec();
        for layer in layers {
            let name = namer.name(&layer)?;
            let placed = network.place(name, layer, &shape)?;
            shape.clone_from(&placed.output_shape);
            network.layers.push(placed);
        }
        if shape.len() != 1 {
            return Err(ModelError::OutputNotFlat(shape));
        }
        Ok(network)
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

    /// The parameter tensors in the order of their layers, a layer's kernel before its bias.
    pub fn parameters(&self) -> &[Parameter] {
        &self.parameters
    }

    /// The length of the one buffer that holds all parameters, padding between them included.
    pub fn parameter_words(&self) -> usize {
        self.parameter_words
    }

    /// The outputs a sample has.
    pub fn output_units(&self) -> usize {
        self.layers.last().map_or(0, |layer| layer.output_shape.iter().product())
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

    /// All parameters as they are before training: kernels Glorot-uniform, biases zero.
    pub fn initial_parameters(&self, seed: u32) -> Vec<f32> {
        let mut values = vec![0.0; self.parameter_words];
        for (index, parameter) in self.parameters.iter().enumerate() {
            let [taps @ .., inputs, units] = parameter.shape.as_slice() else {
                continue;
            };
            let taps: usize = taps.iter().product();
            glorot_uniform(&mut values[parameter.range()], taps * inputs, taps * units, seed, index as u32);
        }
        values
    }

    /// The layer table as Keras has it.
    pub fn summary(&self) -> Summary {
        Summary::of(self)
    }

    fn place(
        &mut self,
        name: String,
        layer: Layer,
        input_shape: &[usize],
    ) -> Result<PlacedLayer, ModelError> {
        let positive = |field: &str, size: usize| {
            if size > 0 {
                return Ok(());
            }
            Err(ModelError::Setting { layer: name.clone(), reason: format!("{field} must be at least 1") })
        };
        let window = |kernel: (&str, [usize; 2]), strides: [usize; 2], padding: Padding| {
            kernel.1.iter().try_for_each(|size| positive(kernel.0, *size))?;
            strides.iter().try_for_each(|stride| positive("strides", *stride))?;
            let [height, width, _] = image_shape(&name, input_shape)?;
            if kernel.1[0].checked_mul(kernel.1[1]).is_none_or(|pixels| pixels > MOST_TAPS) {
                let reason = format!("{} may cover at most {MOST_TAPS} pixels", kernel.0);
                return Err(ModelError::Setting { layer: name.clone(), reason });
            }
            Window::new([height, width], kernel.1, strides, padding).ok_or(ModelError::WindowTooLarge {
                layer: name.clone(),
                kernel: kernel.1,
                input: [height, width],
            })
        };
        let (mut slid, mut kernel, mut bias) = (None, None, None);
        let output_shape = match &layer {
            Layer::Conv2D(config) => {
                positive("filters", config.filters)?;
                let placed = window(("kernel_size", config.kernel_size.0), config.strides.0, config.padding)?;
                let [height, width] = config.kernel_size.0;
                let shape = vec![height, width, input_shape[2], config.filters];
                kernel = Some(self.parameter(&name, "kernel", shape)?);
                if config.use_bias {
                    bias = Some(self.parameter(&name, "bias", vec![config.filters])?);
                }
                slid = Some(placed);
                vec![placed.output[0], placed.output[1], config.filters]
            }
            Layer::MaxPooling2D(config) => {
                let strides = config.strides.unwrap_or(config.pool_size).0;
                let placed = window(("pool_size", config.pool_size.0), strides, config.padding)?;
                slid = Some(placed);
                vec![placed.output[0], placed.output[1], input_shape[2]]
            }
            Layer::Flatten(_) => vec![input_shape.iter().product()],
            Layer::Dropout(config) => {
                if !(0.0..1.0).contains(&config.rate) {
                    return Err(ModelError::Setting {
                        layer: name,
                        reason: format!("rate is {}; it must be at least 0 and below 1", config.rate),
                    });
                }
                input_shape.to_vec()
            }
            Layer::Dense(config) => {
                positive("units", config.units)?;
                let inputs = input_shape.last().copied().unwrap_or(0);
                kernel = Some(self.parameter(&name, "kernel", vec![inputs, config.units])?);
                if config.use_bias {
                    bias = Some(self.parameter(&name, "bias", vec![config.units])?);
                }
                let mut shape = input_shape.to_vec();
                if let Some(last) = shape.last_mut() {
                    *last = config.units;
                }
                shape
            }
        };
        let values = output_shape.iter().try_fold(1_u64, |product, size| product.checked_mul(*size as u64));
        if values.is_none_or(|values| values > MOST_VALUES) {
            return Err(ModelError::OutputTooLarge { layer: name, shape: output_shape });
        }
        Ok(PlacedLayer {
            name,
            layer,
            input_shape: input_shape.to_vec(),
            output_shape,
            window: slid,
            kernel,
            bias,
        })
    }

    fn parameter(&mut self, layer: &str, name: &str, shape: Vec<usize>) -> Result<usize, ModelError> {
        let offset = self.parameter_words;
        let end = shape
            .iter()
            .try_fold(1_usize, |product, size| product.checked_mul(*size))
            .and_then(|len| offset.checked_add(len))
            .unwrap_or(usize::MAX);
        if end > MOST_PARAMETERS {
            return Err(ModelError::TooManyParameters {
                layer: layer.to_owned(),
                params: end as u64,
                limit: MOST_PARAMETERS as u64,
            });
        }
        self.parameter_words = end.next_multiple_of(ALIGNMENT);
        self.parameters.push(Parameter { name: format!("{layer}/{name}"), shape, offset });
        Ok(self.parameters.len() - 1)
    }
}

fn image_shape(layer: &str, shape: &[usize]) -> Result<[usize; 3], ModelError> {
    shape.try_into().map_err(|_| ModelError::NeedsImage { layer: layer.to_owned(), shape: shape.to_vec() })
}

/// Names layers as Keras does: `conv2d`, `conv2d_1`, ...
#[derive(Default)]
struct Namer {
    counts: HashMap<&'static str, usize>,
    taken: HashSet<String>,
}

impl Namer {
    fn name(&mut self, layer: &Layer) -> Result<String, ModelError> {
        let name = if let Some(name) = layer.given_name() {
            name.to_owned()
        } else {
            let stem = layer.stem();
            let count = self.counts.entry(stem).or_insert(0);
            let name = if *count == 0 { stem.to_owned() } else { format!("{stem}_{count}") };
            *count += 1;
            name
        };
        if self.taken.insert(name.clone()) { Ok(name) } else { Err(ModelError::DuplicateName(name)) }
    }
}
