//! Which variant of each operation is the fastest on this adapter: found by timing them, on the real
//! shapes, when a program is made. A variant whose result is not the plain kernels' cannot win.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::time::Duration;

use web_time::Instant;

use super::{Gpu, Program};
use crate::device::{Batch, DeviceError};
use crate::ops::{Kernel, Kernels, StepParams};
use crate::plan::{Plan, Step, View};
use crate::random::{Purpose, Stream};

/// How long the choosing for one program may take.
const PATIENCE: Duration = Duration::from_secs(3);
/// Less work than this (multiplications) is not worth timing.
const LEAST_WORK: f64 = 2e6;
/// What the plain kernels are sure to do a second, on a software adapter and on a GPU.
const PLAIN_SPEED: [f64; 2] = [1e8, 5e9];
/// How often a variant is timed; the fastest time counts.
const RUNS: usize = 3;
/// How far a variant's values may lie from the plain kernels', as a share of the largest one.
const TOLERANCE: f32 = 1e-3;

/// The winners so far, by the source of the plain kernel, which tells operation and sizes.
#[derive(Debug, Clone, Default)]
pub(super) struct Choices(Rc<RefCell<HashMap<Vec<Kernel>, Kernels>>>);

impl Gpu {
    /// The kernels for each step of a plan. The steps with the most work are timed first; once the time
    /// is used up, the rest get what is likeliest to be fast.
    pub(super) async fn choose(&self, plan: &Plan) -> Result<Vec<Kernels>, DeviceError> {
        let mut chosen: Vec<Kernels> = plan.steps.iter().map(|step| self.likeliest(step)).collect();
        let mut order: Vec<usize> = (0..plan.steps.len()).collect();
        let work = |step: usize| plan.steps[step].operation.work();
        order.sort_by(|a, b| work(*b).total_cmp(&work(*a)));
        let start = Instant::now();
        for number in order {
            let step = &plan.steps[number];
            let plain = step.operation.gpu();
            let remembered = self.choices.0.borrow().get(&plain.kernels).cloned();
            if let Some(kernels) = remembered {
                chosen[number] = kernels;
                continue;
            }
            let speed = PLAIN_SPEED[usize::from(!self.info().software)];
            let check = Duration::from_secs_f64(work(number) / speed);
            if work(number) < LEAST_WORK || start.elapsed() + check > PATIENCE {
                continue;
            }
            let fastest = self.fastest(step, &plain, start + PATIENCE).await?;
            self.choices.0.borrow_mut().insert(plain.kernels, fastest.clone());
            chosen[number] = fastest;
        }
        Ok(chosen)
    }

    /// The variants whose scratch the adapter allows.
    fn variants(&self, step: &Step) -> Vec<Kernels> {
        let mut variants = step.operation.gpu_variants();
        variants.retain(|variant| variant.scratch as u64 * 4 <= self.largest_buffer());
        variants
    }

    /// Untimed: variants come with those for software adapters first and those for GPUs last.
    fn likeliest(&self, step: &Step) -> Kernels {
        let mut variants = self.variants(step).into_iter();
        let likeliest = if self.info().software { variants.next() } else { variants.next_back() };
        likeliest.unwrap_or_else(|| step.operation.gpu())
    }

    async fn fastest(&self, step: &Step, plain: &Kernels, end: Instant) -> Result<Kernels, DeviceError> {
        let (expected, time) = self.time(step, plain, 0).await?;
        let mut best = (plain.clone(), time);
        let likeliest = self.likeliest(step);
        let mut variants = self.variants(step);
        variants.retain(|variant| *variant != likeliest);
        variants.insert(0, likeliest);
        for (number, variant) in variants.into_iter().enumerate() {
            if number > 0 && Instant::now() >= end {
                break;
            }
            let (found, time) = self.time(step, &variant, RUNS).await?;
            if time < best.1 && agree(&found, &expected) {
                best = (variant, time);
            }
        }
        Ok(best.0)
    }

    /// Runs kernels on buffers of their own: the first output, and the shortest time of `runs` runs after
    /// the first one, or of that one if there are no others.
    async fn time(
        &self,
        step: &Step,
        kernels: &Kernels,
        runs: usize,
    ) -> Result<(Vec<f32>, Duration), DeviceError> {
        let lens = |views: &[View]| views.iter().map(|view| view.len).collect::<Vec<_>>();
        let mut program = self.alone(kernels, &lens(&step.inputs), &lens(&step.outputs)).await?;
        for (number, view) in step.inputs.iter().enumerate() {
            let values = noise(view.len, number as u32);
            self.queue.write_buffer(&program.buffers[number], 0, bytemuck::cast_slice(&values));
        }
        let output = step.inputs.len();
        let start = Instant::now();
        run(&mut program).await?;
        // The first run pays for the compilation.
        let mut shortest = if runs == 0 { start.elapsed() } else { Duration::MAX };
        let result = self.read(&program.buffers[output], step.outputs[0].len).await?;
        for _ in 0..runs {
            let start = Instant::now();
            run(&mut program).await?;
            shortest = shortest.min(start.elapsed());
        }
        Ok((result, shortest))
    }
}

async fn run(program: &mut Program) -> Result<(), DeviceError> {
    let step = StepParams::default();
    program.run(&Batch::default(), &step)?;
    program.settle().await
}

fn noise(len: usize, seed: u32) -> Vec<f32> {
    let mut stream = Stream::new(seed, Purpose::Shuffle, 0);
    (0..len).map(|_| 2.0 * stream.uniform() - 1.0).collect()
}

fn agree(found: &[f32], expected: &[f32]) -> bool {
    let size = expected.iter().fold(0.0_f32, |size, value| size.max(value.abs()));
    found.iter().zip(expected).all(|(found, expected)| (found - expected).abs() <= TOLERANCE * size)
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests;
