use super::Initial;

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
