use super::{Crossentropy, METRIC_COLUMNS};
use crate::model::Loss;
use crate::ops::activation::sigmoid;
use crate::ops::{Io, StepParams};

pub(super) fn crossentropy(op: &Crossentropy, step: &StepParams, io: &mut Io<'_>) {
    let labels: &[u32] = bytemuck::cast_slice(io.inputs[1]);
    let (metrics, gradient) = io.outputs.split_at_mut(1);
    let first = step.row as usize * METRIC_COLUMNS;
    let row = &mut metrics[0][first..first + METRIC_COLUMNS];
    let mut sums = [0.0; METRIC_COLUMNS];
    if step.part > 0 {
        sums.copy_from_slice(row);
    }
    for (sample, (label, weight)) in labels.iter().zip(io.inputs[2]).enumerate().take(op.batch) {
        let units = sample * op.units..(sample + 1) * op.units;
        let logits = &io.inputs[0][units.clone()];
        let label = *label as usize;
        if op.gradient {
            let gradient = &mut gradient[0][units];
            write_gradient(op.loss, logits, label, gradient);
            for value in gradient {
                *value *= weight * step.scale;
            }
        }
        if *weight > 0.0 {
            let (loss, accuracy) = loss_and_accuracy(op.loss, logits, label);
            sums[0] += weight * loss;
            sums[1] += accuracy;
            sums[2] += 1.0;
        }
    }
    row.copy_from_slice(&sums);
}

fn write_gradient(loss: Loss, logits: &[f32], label: usize, gradient: &mut [f32]) {
    match loss {
        Loss::CategoricalCrossentropy => {
            let log_sum = log_sum_exp(logits);
            for (unit, (value, z)) in gradient.iter_mut().zip(logits).enumerate() {
                *value = (z - log_sum).exp() - if unit == label { 1.0 } else { 0.0 };
            }
        }
        Loss::BinaryCrossentropy => {
            let units = logits.len();
            for (unit, (value, z)) in gradient.iter_mut().zip(logits).enumerate() {
                *value = (sigmoid(*z) - target(units, unit, label)) / units as f32;
            }
        }
    }
}

fn loss_and_accuracy(loss: Loss, logits: &[f32], label: usize) -> (f32, f32) {
    match loss {
        Loss::CategoricalCrossentropy => {
            let best = logits
                .iter()
                .enumerate()
                .fold(0, |best, (unit, z)| if *z > logits[best] { unit } else { best });
            (log_sum_exp(logits) - logits[label], if best == label { 1.0 } else { 0.0 })
        }
        Loss::BinaryCrossentropy => {
            let (mut sum, mut told, mut most) = (0.0, 0, -1.0);
            for (unit, z) in logits.iter().enumerate() {
                sum += z.max(0.0) - z * target(logits.len(), unit, label) + (-z.abs()).exp().ln_1p();
                // The probabilities decide, as in a prediction: two large logits may both give 1.
                let probability = sigmoid(*z);
                if probability > most {
                    (told, most) = (unit, probability);
                }
            }
            if logits.len() == 1 {
                told = usize::from(most > 0.5);
            }
            (sum / logits.len() as f32, if told == label { 1.0 } else { 0.0 })
        }
    }
}

fn target(units: usize, unit: usize, label: usize) -> f32 {
    let hit = if units == 1 { label == 1 } else { unit == label };
    if hit { 1.0 } else { 0.0 }
}

fn log_sum_exp(logits: &[f32]) -> f32 {
    let maximum = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    maximum + logits.iter().map(|z| (z - maximum).exp()).sum::<f32>().ln()
}
