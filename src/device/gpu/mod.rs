//! Runs a plan on WebGPU, through wgpu.
//!
//! Pipelines and bind groups are made once; a micro-batch is one encoder and one submission.

mod adapter;
mod alone;
#[cfg(target_arch = "wasm32")]
mod background;
mod buffers;
mod choice;
mod choices;
mod clock;
mod failure;
mod ledger;
mod pipelines;
mod program;
#[cfg(test)]
mod spoilt;

pub use adapter::Gpu;
pub use buffers::Weights;
pub use program::Program;
