//! Where the values of a graph lie in ours: an image may have its channels first there, and flattened values another order.

use fovea::model::INPUT;

use super::tensors::Constant;

/// What a name in a graph stands for.
#[derive(Debug, Clone)]
pub enum Value {
    /// Numbers of the file.
    Constant(Constant),
    /// What a layer gives.
    Lane(Lane),
    /// `erf(x / sqrt(2))` plus a number, times a number, which is half of a gelu.
    Erf(Lane, f32),
    /// Whether values are above a threshold.
    Above(Lane, f32),
}

/// What a layer of ours gives, as the graph has it.
#[derive(Debug, Clone, PartialEq)]
pub struct Lane {
    /// The layer.
    pub layer: String,
    /// Our shape of one sample.
    pub shape: Vec<usize>,
    /// For each axis of the graph's value behind the batch, which axis of ours it is.
    pub axes: Vec<usize>,
    /// Of a list: the images that it was flattened from with their channels first, `[channels, pixels]` of each; none if the
    /// order is ours.
    pub order: Vec<[usize; 2]>,
    /// Whether only the next operator reads it.
    pub is_alone: bool,
}

/// The axes of an image with its channels first.
pub const CHANNELS_FIRST: [usize; 3] = [2, 0, 1];

impl Lane {
    /// The network's input.
    pub fn input(shape: [usize; 3], axes: [usize; 3], is_alone: bool) -> Self {
        Self { layer: INPUT.to_owned(), shape: shape.into(), axes: axes.into(), order: Vec::new(), is_alone }
    }

    /// The graph's shape of one sample.
    pub fn sizes(&self) -> Vec<usize> {
        self.axes.iter().map(|axis| self.shape[*axis]).collect()
    }

    /// Whether it lies in the graph as it does here.
    pub fn is_plain(&self) -> bool {
        self.order.is_empty() && self.axes.iter().enumerate().all(|(at, axis)| at == *axis)
    }

    /// Whether it is an image with its channels first.
    pub fn is_image(&self) -> bool {
        self.axes == CHANNELS_FIRST
    }

    /// Our axis of an axis of the graph, the batch being 0; counted from the end if it is negative.
    pub fn axis(&self, axis: i64) -> Option<usize> {
        let rank = self.axes.len() as i64 + 1;
        let axis = if axis < 0 { axis + rank } else { axis };
        self.axes.get(usize::try_from(axis - 1).ok()?).copied()
    }

    /// Of numbers in the order of the graph, one for each of a list's values, those in our order; each may be a row.
    pub fn reordered(&self, numbers: Vec<f32>, row: usize) -> Vec<f32> {
        if self.order.is_empty() {
            return numbers;
        }
        let mut ours = Vec::with_capacity(numbers.len());
        let mut rows = &numbers[..];
        for [channels, pixels] in &self.order {
            let (image, rest) = rows.split_at((channels * pixels * row).min(rows.len()));
            for at in 0..channels * pixels {
                let theirs = (at % channels) * pixels + at / channels;
                ours.extend(image.get(theirs * row..(theirs + 1) * row).unwrap_or_default());
            }
            rows = rest;
        }
        ours
    }
}
