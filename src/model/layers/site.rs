use crate::model::{Axis, Initial, ModelError, Padding, Pair, PerChannel, Weight, Window};

/// The most pixels of a window, so that one may be added to the image's.
const MOST_TAPS: usize = 1 << 24;

/// A parameter tensor that a layer asks for.
#[derive(Debug)]
pub struct NewWeight {
    pub(in crate::model) weight: Weight,
    pub(in crate::model) shape: Vec<usize>,
    pub(in crate::model) initial: Initial,
}

/// The place in a network that a layer is put in: what it finds there, and what it asks for.
#[derive(Debug)]
pub struct Site<'a> {
    /// The layer's name.
    pub(in crate::model) name: &'a str,
    /// The shapes of its inputs.
    pub(in crate::model) inputs: &'a [Vec<usize>],
    /// The window that it slides over an image.
    pub(in crate::model) window: Option<Window>,
    /// The parameters that it has.
    pub(in crate::model) weights: Vec<NewWeight>,
}

impl<'a> Site<'a> {
    /// A place with inputs of these shapes.
    pub(in crate::model) fn new(name: &'a str, inputs: &'a [Vec<usize>]) -> Self {
        Self { name, inputs, window: None, weights: Vec::new() }
    }

    /// The shape of the layer's only input.
    pub(super) fn input(&self) -> Result<&'a [usize], ModelError> {
        match self.inputs {
            [input] => Ok(input),
            _ => Err(self.wrong(format!("takes one input, and has {}", self.inputs.len()))),
        }
    }

    /// The same where it has to be height, width and channels.
    pub(super) fn image(&self) -> Result<[usize; 3], ModelError> {
        let shape = self.input()?;
        shape
            .try_into()
            .map_err(|_| ModelError::NeedsImage { layer: self.name.to_owned(), shape: shape.to_vec() })
    }

    /// A setting that is out of range, or inputs that the layer does not take.
    pub(super) fn wrong(&self, reason: impl Into<String>) -> ModelError {
        ModelError::Setting { layer: self.name.to_owned(), reason: reason.into() }
    }

    pub(super) fn positive(&self, field: &str, size: usize) -> Result<(), ModelError> {
        if size > 0 { Ok(()) } else { Err(self.wrong(format!("{field} must be at least 1"))) }
    }

    /// Two inputs or more.
    pub(super) fn several(&self) -> Result<&'a [Vec<usize>], ModelError> {
        if self.inputs.len() < 2 {
            return Err(self.wrong(format!("takes two inputs or more, and has {}", self.inputs.len())));
        }
        Ok(self.inputs)
    }

    /// The shape that two inputs or more have in common.
    pub(super) fn alike(&self) -> Result<Vec<usize>, ModelError> {
        let inputs = self.several()?;
        match inputs.iter().find(|shape| **shape != inputs[0]) {
            Some(other) => {
                Err(self.wrong(format!("its inputs must have one shape, not {:?} and {other:?}", inputs[0])))
            }
            None => Ok(inputs[0].clone()),
        }
    }

    /// Checks that an axis is the last one, counted as Keras does.
    pub(super) fn last_axis(&self, Axis(axis): Axis) -> Result<(), ModelError> {
        let axes = self.input()?.len();
        if axis == -1 || usize::try_from(axis) == Ok(axes) {
            return Ok(());
        }
        Err(self.wrong(format!("axis is {axis}; it must be -1, the last one")))
    }

    /// A pooling's shape; its windows move by their own size where no strides are given.
    pub(super) fn pooled(
        &mut self,
        size: Pair,
        strides: Option<Pair>,
        padding: Padding,
    ) -> Result<Vec<usize>, ModelError> {
        let [height, width] =
            self.window(("pool_size", size), strides.unwrap_or(size), padding, Pair([1, 1]))?.output;
        let [_, _, channels] = self.image()?;
        Ok(vec![height, width, channels])
    }

    /// A window that slides over the input; `kernel` with its field's name.
    pub(super) fn window(
        &mut self,
        (field, Pair(kernel)): (&str, Pair),
        Pair(strides): Pair,
        padding: Padding,
        Pair(dilation): Pair,
    ) -> Result<Window, ModelError> {
        kernel.iter().try_for_each(|size| self.positive(field, *size))?;
        strides.iter().try_for_each(|stride| self.positive("strides", *stride))?;
        dilation.iter().try_for_each(|rate| self.positive("dilation_rate", *rate))?;
        let [height, width, _] = self.image()?;
        let covered = |axis: usize| kernel[axis].checked_mul(dilation[axis]);
        let pixels = covered(0).zip(covered(1)).and_then(|(rows, columns)| rows.checked_mul(columns));
        if pixels.is_none_or(|pixels| pixels > MOST_TAPS) {
            return Err(self.wrong(format!("{field} may cover at most {MOST_TAPS} pixels")));
        }
        let input = [height, width];
        let window = Window::dilated(input, kernel, strides, dilation, padding)
            .ok_or_else(|| ModelError::WindowTooLarge { layer: self.name.to_owned(), kernel, input })?;
        self.window = Some(window);
        Ok(window)
    }

    /// Checks numbers that are for all channels of the input, or one for each.
    pub(super) fn per_channel(
        &self,
        field: &str,
        PerChannel(numbers): &PerChannel,
    ) -> Result<(), ModelError> {
        let channels = self.input()?.last().copied().unwrap_or(1);
        let fits = numbers.len() == 1 || numbers.len() == channels;
        if fits && numbers.iter().all(|number| number.is_finite()) {
            return Ok(());
        }
        Err(self.wrong(format!("{field} must be one finite number, or one for each of {channels} channels")))
    }

    /// Checks that a setting is a finite number and not below 0.
    pub(super) fn not_negative(&self, field: &str, value: f32) -> Result<(), ModelError> {
        if value.is_finite() && value >= 0.0 {
            return Ok(());
        }
        Err(self.wrong(format!("{field} is {value}; it must be at least 0")))
    }

    /// A parameter tensor of this shape.
    pub(super) fn weight(&mut self, weight: Weight, shape: Vec<usize>, initial: Initial) {
        self.weights.push(NewWeight { weight, shape, initial });
    }

    /// A kernel `[.., inputs, outputs]`, filled as Keras fills those.
    pub(super) fn kernel(&mut self, weight: Weight, shape: Vec<usize>) {
        let [taps @ .., inputs, outputs] = &shape[..] else { return };
        // Sizes that are too large for this are refused with the parameters.
        let taps = taps.iter().fold(1_usize, |product, size| product.saturating_mul(*size));
        let (fan_in, fan_out) = (taps.saturating_mul(*inputs), taps.saturating_mul(*outputs));
        self.weight(weight, shape, Initial::GlorotUniform { fan_in, fan_out });
    }

    /// A bias for each output, if there is to be one.
    pub(super) fn bias(&mut self, use_bias: bool, outputs: usize) {
        if use_bias {
            self.weight(Weight::Bias, vec![outputs], Initial::Zeros);
        }
    }
}
