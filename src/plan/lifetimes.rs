//! Which short-lived values share a buffer.

use super::value::{DraftStep, Value};
use crate::sorting::sort_by;

/// The buffers that short-lived values share.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Shared {
    /// Their lengths.
    pub(super) lens: Vec<usize>,
    /// For each value, its buffer.
    pub(super) buffer_of: Vec<usize>,
    /// For each value, the step that writes it first and the one after which its buffer is free again.
    pub(super) lives: Vec<[usize; 2]>,
}

/// Goes through the steps in order and gives each value that is written for the first time the free
/// buffer that fits it best: the smallest that is large enough, else the largest, which then grows.
/// After its last step a value's buffer is free again.
pub(super) fn place(lens: &[usize], steps: &[DraftStep]) -> Shared {
    let mut last_step = vec![0; lens.len()];
    for (number, step) in steps.iter().enumerate() {
        for value in shorts(step) {
            last_step[value] = number;
        }
    }
    let mut shared =
        Shared { lens: Vec::new(), buffer_of: vec![usize::MAX; lens.len()], lives: vec![[0; 2]; lens.len()] };
    let mut free: Vec<usize> = Vec::new();
    for (number, step) in steps.iter().enumerate() {
        for value in shorts(step) {
            if shared.buffer_of[value] == usize::MAX {
                shared.buffer_of[value] = take(&mut free, &mut shared.lens, lens[value]);
                shared.lives[value][0] = number;
            }
        }
        let mut done: Vec<usize> = shorts(step).filter(|value| last_step[*value] == number).collect();
        sort_by(&mut done, usize::cmp);
        done.dedup();
        for value in done {
            shared.lives[value][1] = number;
            free.push(shared.buffer_of[value]);
        }
    }
    shared
}

fn take(free: &mut Vec<usize>, lens: &mut Vec<usize>, len: usize) -> usize {
    let best = (0..free.len()).min_by_key(|at| {
        let room = lens[free[*at]];
        if room >= len { (0, room - len) } else { (1, len - room) }
    });
    match best {
        Some(at) => {
            let buffer = free.swap_remove(at);
            lens[buffer] = lens[buffer].max(len);
            buffer
        }
        None => {
            lens.push(len);
            lens.len() - 1
        }
    }
}

fn shorts(step: &DraftStep) -> impl Iterator<Item = usize> {
    step.inputs.iter().chain(&step.outputs).filter_map(|value| match value {
        Value::Short(number) => Some(*number),
        Value::Fixed(_) => None,
    })
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;
    use crate::ops::rescale::Rescale;
    use crate::random::{Purpose, Stream};

    #[test]
    fn values_that_live_at_the_same_time_never_share_a_buffer() {
        for seed in 0..200 {
            let mut stream = Stream::new(seed, Purpose::Split, 0);
            let mut below = |most: usize| stream.word() as usize % most;
            let lens: Vec<usize> = (0..12).map(|_| 1 + below(9)).collect();
            // Each step writes a new value and reads some old ones, or its own.
            let steps: Vec<DraftStep> = (0..lens.len())
                .map(|number| DraftStep {
                    operation: Box::new(Rescale { count: 1 }),
                    inputs: (0..below(3)).map(|_| Value::Short(below(number + 1))).collect(),
                    outputs: vec![Value::Short(number)],
                })
                .collect();
            let shared = place(&lens, &steps);
            let life = |value: usize| {
                let uses = |step: &DraftStep| shorts(step).any(|other| other == value);
                (steps.iter().position(uses).unwrap(), steps.iter().rposition(uses).unwrap())
            };
            for (a, len) in lens.iter().enumerate() {
                assert!(shared.lens[shared.buffer_of[a]] >= *len);
                for b in 0..a {
                    let ((from_a, to_a), (from_b, to_b)) = (life(a), life(b));
                    let together = from_a <= to_b && from_b <= to_a;
                    assert!(
                        !together || shared.buffer_of[a] != shared.buffer_of[b],
                        "seed {seed}: {a} and {b}"
                    );
                }
            }
            assert!(shared.lens.len() <= lens.len());
        }
    }
}
