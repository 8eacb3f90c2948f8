//! One folder an operation, all of it in there: what it computes, CPU, GPU, its tests.
//!
//! An [`Operation`] is a description with every size fixed: on the CPU it runs on slices, for the GPU
//! it says which [`Kernel`]s to dispatch. It knows no device and no plan; tensors are NHWC `f32`,
//! convolution kernels HWIO, and what else a buffer holds (bytes of photos, indices) lies in it bit by
//! bit. On the GPU, bindings come in one order everywhere: inputs, outputs, scratch, step.

pub mod accumulate;
pub mod activation;
pub mod add;
pub mod augment;
pub mod average_pool2d;
pub mod batch_norm;
pub mod bias;
mod clamp;
pub mod conv2d;
pub mod dense;
pub mod depthwise_conv2d;
pub mod dropout;
mod embedded;
pub mod global_pool2d;
mod lanes;
pub mod loss;
mod matmul;
pub mod max_pool2d;
pub mod multiply;
pub mod optimizer;
pub mod pad;
mod partial_sums;
pub mod rescale;
pub mod scale_shift;
pub mod slice;
mod template;
mod terms;
mod wgsl;

use std::fmt::Debug;

pub use clamp::Clamp;
pub use wgsl::{Binding, Kernel, Kernels};

/// What changes from step to step besides the contents of buffers; the uniform `step` in WGSL.
#[derive(Debug, Clone, Copy, PartialEq, Default, bytemuck::Pod, bytemuck::Zeroable)]
#[repr(C)]
pub struct StepParams {
    /// The optimizer's step size, already corrected by [`crate::model::Optimizer::rate`].
    pub rate: f32,
    /// What a sample's loss is multiplied by: one over the number of photos in the batch.
    pub scale: f32,
    /// The seed of the run.
    pub seed: u32,
    /// The epoch, from 1.
    pub epoch: u32,
    /// The row of the metrics that this step writes.
    pub row: u32,
    /// The micro-batch of the batch, from 0: the first one begins the batch's sums, the others add to them.
    pub part: u32,
    /// Photos in this micro-batch; a plan for more has nothing of use behind them.
    pub photos: u32,
    /// Fills the uniform up to a multiple of 16 bytes.
    pub padding: u32,
}

/// The buffers of one call on the CPU, in the order in which the operation lists them.
#[derive(Debug)]
pub struct Io<'a> {
    /// What it reads.
    pub inputs: Vec<&'a [f32]>,
    /// What it writes, or changes in place.
    pub outputs: Vec<&'a mut [f32]>,
    /// Room for intermediate values, kept from call to call; its content means nothing.
    pub scratch: &'a mut Scratch,
}

/// See [`Io::scratch`]: vectors that only grow. Who makes room for [`Operation::cpu_scratch`] has no step allocate any.
pub type Scratch = [Vec<f32>; 4];

/// Values in an array of these sizes, which a network from a file may make as large as it likes.
fn product<const N: usize>(sizes: [usize; N]) -> u64 {
    sizes.into_iter().fold(1, |product, size| product.saturating_mul(size as u64))
}

/// Room for so many values; what is in there means nothing.
fn room(scratch: &mut Vec<f32>, len: usize) -> &mut [f32] {
    if scratch.len() < len {
        scratch.resize(len, 0.0);
    }
    &mut scratch[..len]
}

/// A computation with all its sizes fixed.
pub trait Operation: Debug {
    /// A short name for profiles and errors.
    fn label(&self) -> String;

    /// Its sizes in words, to tell it from others of its label; empty where there are none worth telling.
    fn sizes(&self) -> String {
        String::new()
    }

    /// The multiplications that it takes, for those operations that are made of little else.
    fn work(&self) -> f64 {
        0.0
    }

    /// Computes it on this thread.
    fn cpu(&self, step: &StepParams, io: &mut Io<'_>);

    /// How many values of each part of [`Io::scratch`] that takes.
    fn cpu_scratch(&self) -> [u64; 4] {
        [0; 4]
    }

    /// The dispatches that compute it on a GPU, in order, as plainly as can be: what the variants are
    /// held against.
    fn gpu(&self) -> Kernels;

    /// Other dispatches that compute the same and may be faster, the likeliest first.
    fn gpu_variants(&self) -> Vec<Kernels> {
        Vec::new()
    }
}

#[cfg(test)]
pub(crate) mod tests;
