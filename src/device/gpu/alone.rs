//! Kernels on buffers of their own, outside any network: for timing and for tests.

use super::{Gpu, Program};
use crate::device::DeviceError;
use crate::ops::{Io, Kernels, Operation, StepParams};
use crate::plan::{Buffer, Goal, Plan, Role, Step, View};

impl Gpu {
    /// A program of one step with these kernels. Its buffers are the inputs, then the outputs.
    pub(super) async fn alone(
        &self,
        kernels: &Kernels,
        inputs: &[usize],
        outputs: &[usize],
    ) -> Result<Program, DeviceError> {
        let lens: Vec<usize> = inputs.iter().chain(outputs).copied().collect();
        let views: Vec<View> =
            lens.iter().enumerate().map(|(buffer, len)| View { buffer, offset: 0, len: *len }).collect();
        let plan = Plan {
            network: None,
            goal: Goal::Predict,
            augmentation: None,
            batch: 1,
            micro_batch: 1,
            from: 0,
            image_len: 1,
            units: 1,
            buffers: lens.iter().map(|len| Buffer { role: Role::Activations, len: *len }).collect(),
            steps: vec![Step {
                operation: Box::new(KernelsAlone),
                inputs: views[..inputs.len()].to_vec(),
                outputs: views[inputs.len()..].to_vec(),
            }],
            steps_a_part: 1,
            unshared_bytes: 0,
            #[cfg(test)]
            lives: Vec::new(),
        };
        self.program_of(plan, std::slice::from_ref(kernels), &self.weights(&[0.0], &[])?).await
    }

    /// Runs kernels once on buffers with these contents and gives back the outputs.
    #[cfg(all(test, not(target_arch = "wasm32")))]
    pub(crate) async fn once(
        &self,
        kernels: &Kernels,
        step: &StepParams,
        inputs: &[Vec<f32>],
        outputs: &[Vec<f32>],
    ) -> Result<Vec<Vec<f32>>, DeviceError> {
        let lens = |contents: &[Vec<f32>]| contents.iter().map(Vec::len).collect::<Vec<_>>();
        let mut program = self.alone(kernels, &lens(inputs), &lens(outputs)).await?;
        for (buffer, content) in program.buffers.iter().zip(inputs.iter().chain(outputs)) {
            self.queue.write_buffer(buffer, 0, bytemuck::cast_slice(content));
        }
        self.queue.write_buffer(&program.step, 0, bytemuck::bytes_of(step));
        program.times(0, 1, 1).await?;
        self.failure.check()?;
        let mut results = Vec::new();
        for (buffer, content) in program.buffers[inputs.len()..].iter().zip(outputs) {
            results.push(self.read(buffer, content.len()).await?);
        }
        Ok(results)
    }
}

/// The operation of a step whose kernels are given: it is never asked for others.
#[derive(Debug)]
struct KernelsAlone;

impl Operation for KernelsAlone {
    fn label(&self) -> String {
        "kernels alone".into()
    }

    fn cpu(&self, _: &StepParams, _: &mut Io<'_>) {}

    fn gpu(&self) -> Kernels {
        Kernels::default()
    }
}
