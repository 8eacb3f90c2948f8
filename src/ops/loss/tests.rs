#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::*;
use crate::ops::tests::{STEP, assert_close, on_both, on_both_at, random, words};

/// The mean loss of a sample in double precision, by the textbook's formula on probabilities.
fn reference(loss: Loss, logits: &[f64], label: usize) -> f64 {
    match loss {
        Loss::CategoricalCrossentropy => {
            let sum: f64 = logits.iter().map(|z| z.exp()).sum();
            -(logits[label].exp() / sum).ln()
        }
        Loss::BinaryCrossentropy => {
            let losses = logits.iter().enumerate().map(|(unit, z)| {
                let probability = 1.0 / (1.0 + (-z).exp());
                let hit = if logits.len() == 1 { label == 1 } else { unit == label };
                -(if hit { probability } else { 1.0 - probability }).ln()
            });
            losses.sum::<f64>() / logits.len() as f64
        }
    }
}

const CASES: [(Loss, usize, usize); 4] = [
    (Loss::CategoricalCrossentropy, 10, 10),
    (Loss::CategoricalCrossentropy, 2, 2),
    (Loss::BinaryCrossentropy, 1, 2),
    (Loss::BinaryCrossentropy, 4, 4),
];

fn run(op: Crossentropy, logits: Vec<f32>, labels: &[u32], weights: Vec<f32>) -> Vec<Vec<f32>> {
    let mut outputs = vec![vec![0.0; METRIC_ROWS * METRIC_COLUMNS]];
    outputs.extend(op.gradient.then(|| vec![f32::NAN; op.batch * op.units]));
    on_both(op, &[logits, words(labels), weights], &outputs)
}

#[test]
fn loss_gradient_and_accuracy_are_the_definition() {
    for (loss, units, classes) in CASES {
        let batch = 5;
        let logits: Vec<f32> = random(batch * units, 1).iter().map(|z| 4.0 * z).collect();
        let labels: Vec<u32> = (0..batch as u32).map(|b| b % classes as u32).collect();
        let weights = vec![1.0, 0.5, 2.0, 1.0, 0.0];
        let wide: Vec<Vec<f64>> =
            logits.chunks(units).map(|row| row.iter().map(|z| f64::from(*z)).collect()).collect();
        let (mut sum, mut gradient) = (0.0, Vec::new());
        for (b, row) in wide.iter().enumerate() {
            let (label, weight) = (labels[b] as usize, f64::from(weights[b]));
            sum += weight * reference(loss, row, label);
            for unit in 0..units {
                let at = |h: f64| {
                    let mut row = row.clone();
                    row[unit] += h;
                    reference(loss, &row, label)
                };
                let slope = (at(1e-5) - at(-1e-5)) / 2e-5;
                gradient.push((slope * weight * f64::from(STEP.scale)) as f32);
            }
        }
        let op = Crossentropy { loss, batch, units, gradient: true };
        let found = run(op, logits.clone(), &labels, weights.clone());
        let row = &found[0][STEP.row as usize * METRIC_COLUMNS..][..METRIC_COLUMNS];
        assert!((f64::from(row[0]) / sum - 1.0).abs() < 1e-5, "{row:?} {sum}");
        assert_eq!(row[2], 4.0);
        assert!(found[0].iter().filter(|value| **value != 0.0).count() <= METRIC_COLUMNS);
        assert_close(&found[1], &gradient, 1e-5);
        let without = run(Crossentropy { gradient: false, ..op }, logits, &labels, weights);
        assert_eq!(without[0], found[0]);
    }
}

#[test]
fn accuracy_counts_what_is_told_rightly() {
    let op = |loss, units| Crossentropy { loss, batch: 3, units, gradient: false };
    let right = |found: Vec<Vec<f32>>| found[0][STEP.row as usize * METRIC_COLUMNS + 1];
    let logits = vec![0.1, 0.9, -1.0, 2.0, 0.0, 1.0, 5.0, 5.0, 4.0];
    let op_of = op(Loss::CategoricalCrossentropy, 3);
    assert_eq!(right(run(op_of, logits, &[1, 1, 0], vec![1.0; 3])), 2.0);
    let op_of = op(Loss::BinaryCrossentropy, 1);
    assert_eq!(right(run(op_of, vec![0.3, -0.2, -4.0], &[1, 1, 0], vec![1.0; 3])), 2.0);
    // A probability of 0.5 is not above it.
    assert_eq!(right(run(op_of, vec![0.0, 0.0, 1e-3], &[0, 1, 1], vec![1.0; 3])), 2.0);
}

#[test]
fn several_sigmoid_units_tell_a_photo_together() {
    let right = |op: Crossentropy, logits: &[f32], labels: &[u32]| {
        let found = run(op, logits.to_vec(), labels, vec![1.0; labels.len()]);
        found[0][STEP.row as usize * METRIC_COLUMNS + 1]
    };
    for gradient in [false, true] {
        let op = |batch, units| Crossentropy { loss: Loss::BinaryCrossentropy, batch, units, gradient };
        // Unit by unit each of these is two thirds right. All but the third are told rightly, with no unit above 0.5 or with two.
        let logits = [-1.0, -2.0, -3.0, 4.0, 3.0, -3.0, 1.0, 2.0, -1.0, -5.0, -6.0, -0.5];
        assert_eq!(right(op(4, 3), &logits, &[0, 0, 0, 2]), 3.0);
        // Ten classes, of which the network says the first one whatever it sees: unit by unit that would be 82 %.
        let same: Vec<f32> = (0..10).map(|unit| if unit == 0 { 0.5 } else { -3.0 }).collect();
        let labels: Vec<u32> = (0..50).map(|photo| photo % 10).collect();
        assert_eq!(right(op(50, 10), &same.repeat(50), &labels) / 50.0, 0.1);
        // Of probabilities that are both 1 the first counts, as in a prediction.
        assert_eq!(right(op(2, 2), &[40.0, 50.0, 40.0, 50.0], &[0, 1]), 1.0);
    }
}

#[test]
fn logits_of_any_size_give_finite_numbers() {
    for (loss, units, _) in CASES {
        let logits: Vec<f32> = (0..2 * units).map(|at| if at % 2 == 0 { 1e4 } else { -1e4 }).collect();
        let op = Crossentropy { loss, batch: 2, units, gradient: true };
        let found = run(op, logits, &[1, 0], vec![1.0; 2]);
        assert!(found.iter().flatten().all(|value| value.is_finite()), "{loss:?} {units}");
    }
}

#[test]
fn later_micro_batches_add_to_the_row() {
    let row = STEP.row as usize * METRIC_COLUMNS;
    for (loss, units, _) in CASES {
        let op = Crossentropy { loss, batch: 2, units, gradient: true };
        let at = |part, metrics| {
            let inputs = [random(2 * units, 1), words(&[1, 0]), vec![1.0; 2]];
            let step = StepParams { part, ..STEP };
            on_both_at(&step, op, &inputs, &[metrics, vec![f32::NAN; 2 * units]])
        };
        let once = at(0, vec![9.0; METRIC_ROWS * METRIC_COLUMNS]);
        let twice = at(1, once[0].clone());
        let expected: Vec<f32> = once[0][row..row + METRIC_COLUMNS].iter().map(|sum| 2.0 * sum).collect();
        assert_close(&twice[0][row..row + METRIC_COLUMNS], &expected, 1e-6);
        assert_eq!(twice[1], once[1]);
    }
}
