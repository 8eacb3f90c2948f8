//! One operation on its own, for tests.

use super::{Gpu, Program};
use crate::device::DeviceError;
use crate::ops::{Kernels, Operation, StepParams};
use crate::plan::{Buffer, Goal, Plan, Role, Step, View};

impl Gpu {
    /// Runs one variant of an operation on buffers with these contents and gives back its outputs.
    pub(crate) async fn once(
        &self,
        operation: impl Operation + 'static,
        kernels: Kernels,
        step: &StepParams,
        inputs: &[Vec<f32>],
        outputs: &[Vec<f32>],
    ) -> Result<Vec<Vec<f32>>, DeviceError> {
        let contents: Vec<_> = inputs.iter().chain(outputs).collect();
        let views: Vec<_> =
            contents.iter().enumerate().map(|(buffer, c)| View { buffer, offset: 0, len: c.len() }).collect();
        let plan = Plan {
            goal: Goal::Predict,
            batch: 1,
            image_len: 1,
            units: 1,
            buffers: contents.iter().map(|c| Buffer { role: Role::Activations, len: c.len() }).collect(),
            steps: vec![Step {
                operation: Box::new(operation),
                inputs: views[..inputs.len()].to_vec(),
                outputs: views[inputs.len()..].to_vec(),
            }],
            unshared_bytes: 0,
        };
        let mut program: Program = self.program_of(plan, &[kernels], &self.weights(&[0.0])?).await?;
        for (buffer, content) in program.buffers.iter().zip(&contents) {
            self.queue.write_buffer(buffer, 0, bytemuck::cast_slice(content));
        }
        program.run(&crate::device::Batch::default(), step)?;
        let mut results = Vec::new();
        for (buffer, content) in program.buffers[inputs.len()..].iter().zip(outputs) {
            results.push(self.read(buffer, content.len()).await?);
        }
        Ok(results)
    }
}
