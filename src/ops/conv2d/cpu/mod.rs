//! Convolutions on the CPU: forward from tiles of sums in registers, the gradients from what is not zero alone.

mod canvas;
mod forward;
mod gradients;
mod grouped;
mod panels;
mod pointwise;
mod winograd;

pub(super) use forward::{forward, forward_pooled, forward_pooled_scratch, forward_scratch};
pub(super) use gradients::{grad_input, grad_input_scratch, grad_kernel, grad_kernel_scratch};
