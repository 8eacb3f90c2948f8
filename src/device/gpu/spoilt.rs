//! A program run step by step, with all that is of no use to a step spoilt: see `device/tests/lifetimes.rs`.

use super::Program;
use crate::ops::StepParams;
use crate::plan::View;

impl Program {
    /// Runs the first `end` dispatches, as for the part with this number of a batch.
    pub(super) fn run_spoilt(&mut self, step: &StepParams, end: usize, part: usize) {
        for buffer in self.plan.anew(step.part == 0) {
            self.spoil(View { buffer, offset: 0, len: self.plan.buffers[buffer].len });
        }
        for number in 0..self.plan.steps.len() {
            self.plan.begun_at(number).for_each(|view| self.spoil(view));
            let scratch = vec![f32::NAN; self._scratch.size() as usize / 4];
            self.gpu.queue.write_buffer(&self._scratch, 0, bytemuck::cast_slice(&scratch));
            let mut encoder = self.gpu.device.create_command_encoder(&Default::default());
            {
                let mut pass = encoder.begin_compute_pass(&Default::default());
                let of_step = self.dispatches[..end].iter().filter(|dispatch| dispatch.step == number);
                of_step.for_each(|dispatch| dispatch.encode(&mut pass));
            }
            self.submit(encoder);
            self.plan.ended_at(number).for_each(|view| self.spoil(view));
        }
        let mut encoder = self.gpu.device.create_command_encoder(&Default::default());
        self.gather_probabilities(&mut encoder, part);
        self.submit(encoder);
    }

    fn spoil(&self, view: View) {
        let nothing = vec![f32::NAN; view.len];
        self.gpu.queue.write_buffer(&self.buffers[view.buffer], 0, bytemuck::cast_slice(&nothing));
    }
}
