//! `y[r,u] = bias[u] + sum over i of x[r,i] * kernel[i,u]`, and its two gradients; a row is a sample, or
//! a pixel of one.

mod cpu;
mod gpu;
#[cfg(test)]
mod tests;
mod tiled;

use std::fmt::{self, Display, Formatter};

use super::{Clamp, Io, Kernels, Operation, StepParams};

/// The sizes of a dense layer over a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Geometry {
    /// Rows of the input.
    pub rows: usize,
    /// Values in a row of the input.
    pub inputs: usize,
    /// Values in a row of the output.
    pub units: usize,
}

impl Geometry {
    /// Multiplications, forward and in each gradient.
    pub fn work(&self) -> f64 {
        self.rows as f64 * self.inputs as f64 * self.units as f64
    }
}

impl Display for Geometry {
    /// The input and the kernel: `4x512, 512x1`.
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        let Self { rows, inputs, units } = self;
        write!(formatter, "{rows}x{inputs}, {inputs}x{units}")
    }
}

/// Inputs: rows, kernel and, where `bias`, bias. Output: the products, clamped.
#[derive(Debug, Clone, Copy)]
pub struct Forward {
    /// The sizes.
    pub geometry: Geometry,
    /// Whether a bias is added.
    pub bias: bool,
    /// What follows.
    pub clamp: Clamp,
}

/// Inputs: the output's gradient (before the clamp), kernel. Output: the rows' gradient.
#[derive(Debug, Clone, Copy)]
pub struct GradInput {
    /// The sizes.
    pub geometry: Geometry,
}

/// Inputs: rows, the output's gradient (before the clamp). Output: the kernel's gradient.
#[derive(Debug, Clone, Copy)]
pub struct GradKernel {
    /// The sizes.
    pub geometry: Geometry,
}

impl Operation for Forward {
    fn label(&self) -> String {
        "dense forward".into()
    }

    fn sizes(&self) -> String {
        self.geometry.to_string()
    }

    fn work(&self) -> f64 {
        self.geometry.work()
    }

    fn cpu(&self, _: &StepParams, io: &mut Io<'_>) {
        cpu::forward(self, io);
    }

    fn cpu_scratch(&self) -> [u64; 4] {
        cpu::forward_scratch()
    }

    fn gpu(&self) -> Kernels {
        gpu::forward(self)
    }

    fn gpu_variants(&self) -> Vec<Kernels> {
        tiled::forward_variants(self)
    }
}

impl Operation for GradInput {
    fn label(&self) -> String {
        "dense input gradient".into()
    }

    fn sizes(&self) -> String {
        self.geometry.to_string()
    }

    fn work(&self) -> f64 {
        self.geometry.work()
    }

    fn cpu(&self, _: &StepParams, io: &mut Io<'_>) {
        cpu::grad_input(&self.geometry, io);
    }

    fn gpu(&self) -> Kernels {
        gpu::grad_input(&self.geometry)
    }

    fn gpu_variants(&self) -> Vec<Kernels> {
        tiled::grad_input_variants(&self.geometry)
    }
}

impl Operation for GradKernel {
    fn label(&self) -> String {
        "dense kernel gradient".into()
    }

    fn sizes(&self) -> String {
        self.geometry.to_string()
    }

    fn work(&self) -> f64 {
        self.geometry.work()
    }

    fn cpu(&self, _: &StepParams, io: &mut Io<'_>) {
        cpu::grad_kernel(&self.geometry, io);
    }

    fn cpu_scratch(&self) -> [u64; 4] {
        cpu::grad_kernel_scratch(&self.geometry)
    }

    fn gpu(&self) -> Kernels {
        gpu::grad_kernel(&self.geometry)
    }

    fn gpu_variants(&self) -> Vec<Kernels> {
        tiled::grad_kernel_variants(&self.geometry)
    }
}
