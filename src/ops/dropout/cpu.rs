use super::Dropout;
use crate::ops::{Io, StepParams};
use crate::random::{Purpose, pcg4d, uniform};

pub(super) fn dropout(op: &Dropout, step: &StepParams, io: &mut Io<'_>) {
    let scale = 1.0 / (1.0 - op.rate);
    let samples: &[u32] = bytemuck::cast_slice(io.inputs[1]);
    let rows = io.inputs[0].chunks_exact(op.sample_len).zip(io.outputs[0].chunks_exact_mut(op.sample_len));
    for (sample, (input, output)) in samples[..op.batch].iter().zip(rows) {
        let [a, b, c, _] = pcg4d([step.seed, Purpose::Dropout(op.layer).word(), step.epoch, *sample]);
        for (block, (input, output)) in input.chunks(4).zip(output.chunks_mut(4)).enumerate() {
            let words = pcg4d([a, b, c, block as u32]);
            for ((x, y), word) in input.iter().zip(output).zip(words) {
                *y = if uniform(word) >= op.rate { x * scale } else { 0.0 };
            }
        }
    }
}
