//! How operations are tested: the CPU against a naive reference, the GPU against the CPU.

use super::{Clamp, Io, Operation, StepParams};
use crate::random::{Purpose, Stream};

pub(crate) const STEP: StepParams =
    StepParams { rate: 0.01, scale: 0.25, seed: 7, epoch: 3, row: 2, part: 0, photos: 3, padding: 0 };

/// Numbers in [-1, 1).
pub(crate) fn random(len: usize, seed: u32) -> Vec<f32> {
    let mut stream = Stream::new(seed, Purpose::Shuffle, 0);
    (0..len).map(|_| 2.0 * stream.uniform() - 1.0).collect()
}

/// The bits of integers, as buffers hold them.
pub(crate) fn words(values: &[u32]) -> Vec<f32> {
    bytemuck::cast_slice(values).to_vec()
}

/// What the operation makes of these inputs, and of these outputs where it changes them in place.
pub(crate) fn on_cpu(
    step: &StepParams,
    operation: &dyn Operation,
    inputs: &[Vec<f32>],
    outputs: &[Vec<f32>],
) -> Vec<Vec<f32>> {
    let mut results = outputs.to_vec();
    // What an earlier operation left in the scratch must not matter, and it need not be larger than it is said to be.
    let lens = operation.cpu_scratch().map(|len| len as usize);
    let mut scratch = lens.map(|len| vec![f32::NAN; len]);
    let mut io = Io {
        inputs: inputs.iter().map(Vec::as_slice).collect(),
        outputs: results.iter_mut().map(Vec::as_mut_slice).collect(),
        scratch: &mut scratch,
    };
    operation.cpu(step, &mut io);
    assert_eq!(scratch.map(|scratch| scratch.len()), lens, "{operation:?}");
    results
}

/// The definition of a clamp.
pub(crate) fn clamped(value: f32, clamp: Clamp) -> f32 {
    match clamp {
        Clamp::None => value,
        Clamp::Relu => value.max(0.0),
        Clamp::Relu6 => value.clamp(0.0, 6.0),
    }
}

/// Asserts that all values are as expected, within `tolerance` of the largest one.
#[track_caller]
pub(crate) fn assert_close(found: &[f32], expected: &[f32], tolerance: f32) {
    assert_close_to(found, expected, tolerance, "values");
}

#[track_caller]
fn assert_close_to(found: &[f32], expected: &[f32], tolerance: f32, what: &str) {
    assert_eq!(found.len(), expected.len());
    let size = expected.iter().fold(1e-6_f32, |size, value| size.max(value.abs()));
    for (at, (found, expected)) in found.iter().zip(expected).enumerate() {
        let wrong = (found - expected).abs();
        assert!(wrong <= tolerance * size, "{what} at {at}: {found} is not {expected} (of at most {size})");
    }
}

/// Runs the operation on the CPU and natively every variant of it on the GPU, asserts that all agree, and gives back
/// the CPU's results. Outputs that hold other things than numbers are compared bit by bit.
#[track_caller]
pub(crate) fn on_both(operation: impl Operation, inputs: &[Vec<f32>], outputs: &[Vec<f32>]) -> Vec<Vec<f32>> {
    on_both_at(&STEP, operation, inputs, outputs)
}

/// The same with parameters of the step.
#[track_caller]
pub(crate) fn on_both_at(
    step: &StepParams,
    operation: impl Operation,
    inputs: &[Vec<f32>],
    outputs: &[Vec<f32>],
) -> Vec<Vec<f32>> {
    let expected = on_cpu(step, &operation, inputs, outputs);
    #[cfg(not(target_arch = "wasm32"))]
    for kernels in std::iter::once(operation.gpu()).chain(operation.gpu_variants()) {
        let label = kernels.kernels.first().map_or(String::new(), |kernel| kernel.label.clone());
        let found = pollster::block_on(gpu().once(&kernels, step, inputs, outputs)).unwrap();
        for (found, expected) in found.iter().zip(&expected) {
            let integers = expected.iter().all(|value| value.to_bits() < 1 << 16);
            if integers && expected.iter().any(|value| value.to_bits() != 0) {
                assert_eq!(found, expected, "{label}");
            } else {
                assert_close_to(found, expected, 2e-5, &label);
            }
        }
    }
    expected
}

/// Software adapters do not like to be opened by many threads at once; each thread keeps its own, which
/// it never closes: a thread that ends has no thread-local storage left for wgpu to close it with.
#[cfg(not(target_arch = "wasm32"))]
pub(crate) fn gpu() -> crate::device::gpu::Gpu {
    use std::mem::ManuallyDrop;
    use std::sync::{Mutex, PoisonError};
    static OPENING: Mutex<()> = Mutex::new(());
    thread_local! {
        static GPU: ManuallyDrop<crate::device::gpu::Gpu> = {
            let _one_at_a_time = OPENING.lock().unwrap_or_else(PoisonError::into_inner);
            ManuallyDrop::new(pollster::block_on(crate::device::gpu::Gpu::open()).unwrap())
        };
    }
    GPU.with(|gpu| (**gpu).clone())
}
