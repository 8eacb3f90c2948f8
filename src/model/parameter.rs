/// Where a parameter tensor lies, and whether training changes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Region {
    /// In the buffer of what training changes: by the optimizer.
    Trainable,
    /// In the same buffer, behind the trainable ones: by the statistics of the photos at hand.
    Moving,
    /// In the buffer of what never changes.
    Frozen,
}

/// What a parameter tensor is for its layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// What inputs are multiplied by.
    Kernel,
    /// The kernel of a separable convolution's first part.
    DepthwiseKernel,
    /// The kernel of its second part.
    PointwiseKernel,
    /// What is added to the sums.
    Bias,
    /// What normalised values are multiplied by.
    Gamma,
    /// What is added to them.
    Beta,
    /// The moving average of the photos' means.
    MovingMean,
    /// The moving average of the photos' variances.
    MovingVariance,
    /// A mean that is known beforehand.
    Mean,
    /// A variance that is known beforehand.
    Variance,
}

impl Weight {
    /// Keras' name of it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Kernel => "kernel",
            Self::DepthwiseKernel => "depthwise_kernel",
            Self::PointwiseKernel => "pointwise_kernel",
            Self::Bias => "bias",
            Self::Gamma => "gamma",
            Self::Beta => "beta",
            Self::MovingMean => "moving_mean",
            Self::MovingVariance => "moving_variance",
            Self::Mean => "mean",
            Self::Variance => "variance",
        }
    }

    /// Where it lies if its layer is trained.
    pub(super) fn region(self) -> Region {
        match self {
            Self::Kernel
            | Self::DepthwiseKernel
            | Self::PointwiseKernel
            | Self::Bias
            | Self::Gamma
            | Self::Beta => Region::Trainable,
            Self::MovingMean | Self::MovingVariance => Region::Moving,
            Self::Mean | Self::Variance => Region::Frozen,
        }
    }
}

/// What a parameter tensor is filled with before training.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Initial {
    /// Zeros.
    Zeros,
    /// Ones.
    Ones,
    /// Glorot-uniform, see [`super::glorot_uniform`].
    GlorotUniform {
        /// Values that each output is a sum of.
        fan_in: usize,
        /// Outputs that each input goes to.
        fan_out: usize,
    },
}

/// A parameter tensor and its place in the buffer that holds its region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameter {
    /// Its layer's name and its own: `conv2d/kernel`, `conv2d/bias`.
    pub name: String,
    /// Convolution kernels HWIO, dense kernels `[inputs, units]`, biases `[units]`.
    pub shape: Vec<usize>,
    /// Where it lies.
    pub region: Region,
    /// Where it begins in its buffer, in values.
    pub offset: usize,
    /// What it is filled with before training.
    pub initial: Initial,
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

    /// Its place in its buffer.
    pub fn range(&self) -> std::ops::Range<usize> {
        self.offset..self.offset + self.len()
    }

    /// Whether it lies in the buffer of what never changes.
    pub fn is_frozen(&self) -> bool {
        self.region == Region::Frozen
    }
}
