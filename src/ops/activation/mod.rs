//! `y = f(x)` value by value, or softmax over rows, where no other operation has it fused into it; and its
//! gradient, from `y` or from `x`. What each [`Function`] is follows Keras 3.

mod cpu;
mod gpu;
#[cfg(test)]
mod tests;

use super::{Io, Kernels, Operation, StepParams};
use crate::model::Activation;

pub(in crate::ops) use cpu::sigmoid;

/// The function.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Function {
    /// `x`.
    Linear,
    /// `min(x, max_value)` above the threshold, else `negative_slope (x - threshold)`.
    Relu {
        /// 0 but for leaky relus.
        negative_slope: f32,
        /// Where it ends to rise, if it does.
        max_value: Option<f32>,
        /// 0 as a rule.
        threshold: f32,
    },
    /// `x` above 0, else `exp(x) - 1`.
    Elu,
    /// `(exp(x) - exp(-x)) / (exp(x) + exp(-x))`.
    Tanh,
    /// `1 / (1 + exp(-x))`.
    Sigmoid,
    /// `x / 6 + 1/2`, kept between 0 and 1.
    HardSigmoid,
    /// `x sigmoid(x)`, also named swish.
    Silu,
    /// `x hard_sigmoid(x)`, also named hard swish.
    HardSilu,
    /// `x P(x)`, `P` being the normal distribution's cumulative function: `(1 + erf(x / sqrt(2))) / 2`.
    Gelu,
    /// `exp(x) / sum(exp(x))` over a row.
    Softmax,
}

/// What a gradient is computed from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reads {
    /// The function's input `x`.
    Input,
    /// The function's output `y`.
    Output,
}

impl Function {
    /// `max(x, 0)`.
    pub const RELU: Self = Self::leaky(0.0);

    /// `min(max(x, 0), 6)`.
    pub const RELU6: Self = Self::Relu { negative_slope: 0.0, max_value: Some(6.0), threshold: 0.0 };

    /// `x` above 0, else `negative_slope x`.
    pub const fn leaky(negative_slope: f32) -> Self {
        Self::Relu { negative_slope, max_value: None, threshold: 0.0 }
    }

    /// What [`Grad`] reads: the output where it tells all, so that the input need not be kept.
    pub fn grad_reads(self) -> Reads {
        match self {
            // The output is above 0 where the input is above the threshold, and only there.
            Self::Relu { negative_slope, max_value, threshold }
                if negative_slope >= 0.0 && threshold >= 0.0 && max_value.is_none_or(|most| most > 0.0) =>
            {
                Reads::Output
            }
            Self::Relu { .. } | Self::Silu | Self::HardSilu | Self::Gelu => Reads::Input,
            Self::Linear | Self::Elu | Self::Tanh | Self::Sigmoid | Self::HardSigmoid | Self::Softmax => {
                Reads::Output
            }
        }
    }

    /// The name in profiles.
    pub fn name(self) -> &'static str {
        match self {
            Self::Linear => "linear",
            Self::Relu { .. } => "relu",
            Self::Elu => "elu",
            Self::Tanh => "tanh",
            Self::Sigmoid => "sigmoid",
            Self::HardSigmoid => "hard_sigmoid",
            Self::Silu => "silu",
            Self::HardSilu => "hard_silu",
            Self::Gelu => "gelu",
            Self::Softmax => "softmax",
        }
    }
}

impl From<Activation> for Function {
    fn from(activation: Activation) -> Self {
        match activation {
            Activation::Linear => Self::Linear,
            Activation::Relu => Self::RELU,
            Activation::Relu6 => Self::RELU6,
            Activation::LeakyRelu => Self::leaky(0.2),
            Activation::Elu => Self::Elu,
            Activation::Tanh => Self::Tanh,
            Activation::Sigmoid => Self::Sigmoid,
            Activation::HardSigmoid => Self::HardSigmoid,
            Activation::Silu => Self::Silu,
            Activation::HardSilu => Self::HardSilu,
            Activation::Gelu => Self::Gelu,
            Activation::Softmax => Self::Softmax,
        }
    }
}

/// Input: `[rows, units]`. Output: the same shape, activated.
#[derive(Debug, Clone, Copy)]
pub struct Forward {
    /// The function.
    pub function: Function,
    /// Rows.
    pub rows: usize,
    /// Values in a row; only softmax tells rows apart.
    pub units: usize,
}

/// Input: the function's input or output, by its [`Function::grad_reads`], `[rows, units]`. Output: the
/// gradient of the function's output, changed in place into that of its input. Where a flat piece begins or ends the
/// slope is 0; a leaky relu's at its threshold is the negative one.
#[derive(Debug, Clone, Copy)]
pub struct Grad {
    /// The function.
    pub function: Function,
    /// Rows.
    pub rows: usize,
    /// Values in a row; only softmax tells rows apart.
    pub units: usize,
}

impl Operation for Forward {
    fn label(&self) -> String {
        format!("{} forward", self.function.name())
    }

    fn cpu(&self, _: &StepParams, io: &mut Io<'_>) {
        let count = self.rows * self.units;
        cpu::forward(self.function, self.units, &io.inputs[0][..count], &mut io.outputs[0][..count]);
    }

    fn gpu(&self) -> Kernels {
        gpu::forward(self)
    }

    fn gpu_variants(&self) -> Vec<Kernels> {
        gpu::forward_variants(self)
    }
}

impl Operation for Grad {
    fn label(&self) -> String {
        format!("{} gradient", self.function.name())
    }

    fn cpu(&self, _: &StepParams, io: &mut Io<'_>) {
        let count = self.rows * self.units;
        cpu::grad(self.function, self.units, &io.inputs[0][..count], &mut io.outputs[0][..count]);
    }

    fn gpu(&self) -> Kernels {
        gpu::grad(self)
    }

    fn gpu_variants(&self) -> Vec<Kernels> {
        gpu::grad_variants(self)
    }
}
