//! A convolution with its relu and its pooling in one: the full-size output need not be kept.

use super::gpu::Convolution;
use super::{ForwardPooled, cpu, gpu, variants, window};
use crate::ops::wgsl::{Binding, Kernel, Kernels};
use crate::ops::{Io, Operation, StepParams};

/// How many ways to convolve and then to pool are tried beside doing both at once.
const FOR_GPUS: usize = 2;

impl Operation for ForwardPooled {
    fn label(&self) -> String {
        "conv2d + max_pool2d forward".into()
    }

    fn sizes(&self) -> String {
        self.convolution.sizes()
    }

    fn work(&self) -> f64 {
        self.convolution.geometry.work()
    }

    fn cpu(&self, _: &StepParams, io: &mut Io<'_>) {
        cpu::forward_pooled(self, io);
    }

    fn cpu_scratch(&self) -> [u64; 4] {
        cpu::forward_pooled_scratch(self)
    }

    fn gpu(&self) -> Kernels {
        let convolution = gpu::forward(&self.convolution).kernels;
        self.one_after_the_other(convolution, self.pool.gpu())
    }

    fn gpu_variants(&self) -> Vec<Kernels> {
        let Some(quads) = self.pool.gpu_variants().pop() else { return Vec::new() };
        let mut in_turn = variants::forward(&self.convolution);
        let mut variants: Vec<Kernels> = Vec::new();
        if self.pool.geometry.is_apart() && self.convolution.geometry.is_plain() {
            let convolution = Convolution::of(&self.convolution);
            variants.extend(window::forward(&convolution, Some(&self.pool)).into_iter().map(Kernels::from));
            // Software adapters have theirs; of the others, those for GPUs come last.
            in_turn.drain(..in_turn.len().saturating_sub(FOR_GPUS));
        }
        variants.extend(
            in_turn
                .into_iter()
                .map(|convolution| self.one_after_the_other(convolution.kernels, quads.clone())),
        );
        variants
    }
}

impl ForwardPooled {
    /// The convolution into the scratch, and the pooling from there.
    fn one_after_the_other(&self, convolution: Vec<Kernel>, pool: Kernels) -> Kernels {
        let convolution =
            convolution.into_iter().map(|kernel| kernel.rebound(Binding::Output(0), Binding::Scratch));
        let pool =
            pool.kernels.into_iter().map(|kernel| kernel.rebound(Binding::Input(0), Binding::ScratchInput));
        Kernels {
            kernels: convolution.chain(pool).collect(),
            scratch: self.convolution.geometry.output_len(),
        }
    }
}
