//! Runs a plan on WebGPU, through wgpu.
//!
//! Pipelines and bind groups are made once; a step of training is one encoder and one submission.

mod adapter;
mod alone;
mod buffers;
mod choice;
mod failure;
mod program;

pub use adapter::Gpu;
pub use buffers::Weights;
pub use program::Program;
