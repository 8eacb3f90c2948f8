//! Which variant of each operation is the fastest on this adapter: found by timing them, on the real
//! shapes, when a program is made. A variant whose result is not the plain kernels' cannot win.

use std::time::Duration;

use web_time::Instant;

use super::Gpu;
use crate::device::{DeviceError, Preparation};
use crate::ops::Kernels;
use crate::plan::{Plan, Step, View};
use crate::random::{Purpose, Stream};
use crate::sorting::sort_by;

/// How long the choosing for one program may take.
const PATIENCE: Duration = Duration::from_secs(3);
/// Less work than this (multiplications) is not worth timing.
const LEAST_WORK: f64 = 2e6;
/// What the plain kernels are sure to do a second, on a software adapter and on a GPU.
const PLAIN_SPEED: [f64; 2] = [1e8, 5e9];
/// How often a variant is timed; the fastest time counts.
const RUNS: u32 = 3;
/// What a timed run is to last, in seconds, and how often a variant is repeated in it at the most: browsers tell a GPU's
/// time in tenths of a millisecond.
const RUN: f64 = 2e-3;
const MOST_REPEATS: f64 = 64.0;
/// How far a variant's values may lie from the plain kernels', as a share of the largest one.
const TOLERANCE: f32 = 1e-3;

impl Gpu {
    /// Finds the kernels for all steps of these plans and makes their pipelines. The steps with the most
    /// work are timed first; once the time is used up, the rest get what is likeliest to be fast.
    /// `false` where it was called off.
    pub(in crate::device) async fn prepare(
        &self,
        plans: &[&Plan],
        preparation: &mut impl Preparation,
    ) -> Result<bool, DeviceError> {
        let mut steps: Vec<&Step> = plans.iter().flat_map(|plan| &plan.steps).collect();
        sort_by(&mut steps, |a, b| b.operation.work().total_cmp(&a.operation.work()));
        let total = steps.len();
        if !preparation.go_on(0, total).await {
            return Ok(false);
        }
        if !self.software {
            // A GPU can be timed while the CPU compiles; a software adapter cannot.
            for step in steps.iter().filter(|step| self.is_open(step)) {
                for kernels in self.candidates(step) {
                    self.pipelines.start(&kernels.kernels);
                }
            }
        }
        let end = Instant::now() + PATIENCE;
        let (mut done, mut others) = (0, Vec::new());
        for step in steps {
            let speed = PLAIN_SPEED[usize::from(!self.software)];
            let check = Duration::from_secs_f64(step.operation.work() / speed);
            if !self.is_open(step) {
                others.push(self.known(step));
                continue;
            }
            if Instant::now() + check > end {
                // Remembered, too: the next visit is not to wait again.
                let likeliest = self.likeliest(step);
                self.choices.remember(&step.operation.gpu(), &likeliest);
                others.push(likeliest);
                continue;
            }
            let Some(fastest) =
                self.fastest(step, end, async || preparation.go_on(done, total).await).await?
            else {
                return Ok(false);
            };
            self.choices.remember(&step.operation.gpu(), &fastest);
            done += 1;
            if !preparation.go_on(done, total).await {
                return Ok(false);
            }
        }
        for kernels in &others {
            self.pipelines.start(&kernels.kernels);
        }
        for kernels in &others {
            self.pipelines.ready(&kernels.kernels).await;
            done += 1;
            if !preparation.go_on(done, total).await {
                return Ok(false);
            }
        }
        self.failure.check()?;
        Ok(true)
    }

    /// Whether it is worth timing a step, and has not been done yet.
    fn is_open(&self, step: &Step) -> bool {
        step.operation.work() >= LEAST_WORK && self.winner(step).is_none()
    }

    fn winner(&self, step: &Step) -> Option<Kernels> {
        self.choices.winner(&step.operation.gpu(), self.variants(step))
    }

    /// What is known to be the fastest, or else is likely to be.
    pub(super) fn known(&self, step: &Step) -> Kernels {
        self.winner(step).unwrap_or_else(|| self.likeliest(step))
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
        let likeliest = if self.software { variants.next() } else { variants.next_back() };
        likeliest.unwrap_or_else(|| step.operation.gpu())
    }

    /// The plain kernels, then the variants, the likeliest first.
    fn candidates(&self, step: &Step) -> Vec<Kernels> {
        let likeliest = self.likeliest(step);
        let others = self.variants(step).into_iter().filter(|variant| *variant != likeliest);
        let first = [step.operation.gpu(), likeliest.clone()].into_iter();
        first.chain(others).collect()
    }

    /// The fastest kernels for a step; `None` where it is not to go on after one of the candidates.
    async fn fastest(
        &self,
        step: &Step,
        end: Instant,
        mut go_on: impl AsyncFnMut() -> bool,
    ) -> Result<Option<Kernels>, DeviceError> {
        let candidates = self.candidates(step);
        // The first two are tried in any case; on a software adapter the others may come too late.
        let first = &candidates[..candidates.len().min(2)];
        first.iter().for_each(|kernels| self.pipelines.start(&kernels.kernels));
        for kernels in first {
            self.pipelines.ready(&kernels.kernels).await;
            if !go_on().await {
                return Ok(None);
            }
        }
        let mut candidates = candidates.into_iter();
        let Some(plain) = candidates.next() else { return Ok(Some(step.operation.gpu())) };
        let (expected, time) = self.time(step, &plain, 0).await?;
        if time == 0.0 {
            // The clock tells nothing.
            return Ok(Some(self.likeliest(step)));
        }
        let mut best = (plain, time);
        for (number, variant) in candidates.enumerate() {
            if number > 0 && Instant::now() >= end {
                break;
            }
            if !go_on().await {
                return Ok(None);
            }
            let (found, time) = self.time(step, &variant, RUNS).await?;
            if time < best.1 && agree(&found, &expected) {
                best = (variant, time);
            }
        }
        Ok(Some(best.0))
    }

    /// Runs kernels on buffers of their own: the first output, and the seconds of the shortest of `runs` runs after
    /// the first one, or of that one if there are no others.
    async fn time(&self, step: &Step, kernels: &Kernels, runs: u32) -> Result<(Vec<f32>, f64), DeviceError> {
        let lens = |views: &[View]| views.iter().map(|view| view.len).collect::<Vec<_>>();
        self.pipelines.ready(&kernels.kernels).await;
        let mut program = self.alone(kernels, &lens(&step.inputs), &lens(&step.outputs)).await?;
        for (number, view) in step.inputs.iter().enumerate() {
            let values = noise(view.len, number as u32);
            self.queue.write_buffer(&program.buffers[number], 0, bytemuck::cast_slice(&values));
        }
        let output = step.inputs.len();
        // The first run pays for what the driver puts off until then.
        let first = program.times(0, 1, 1).await?[0];
        let result = self.read(&program.buffers[output], step.outputs[0].len).await?;
        if runs == 0 {
            return Ok((result, first));
        }
        let repeats = (RUN / first).clamp(1.0, MOST_REPEATS);
        let times = program.times(0, repeats as usize, runs).await?;
        let shortest = times.into_iter().fold(f64::INFINITY, f64::min);
        Ok((result, shortest / repeats.trunc()))
    }
}

/// Numbers in [-1, 1) that repeat after a prime number of them: drawing millions would take its time.
fn noise(len: usize, seed: u32) -> Vec<f32> {
    const PERIOD: usize = 65_521;
    let mut stream = Stream::new(seed, Purpose::Shuffle, 0);
    let drawn: Vec<f32> = (0..len.min(PERIOD)).map(|_| 2.0 * stream.uniform() - 1.0).collect();
    drawn.iter().copied().cycle().take(len).collect()
}

fn agree(found: &[f32], expected: &[f32]) -> bool {
    let size = expected.iter().fold(0.0_f32, |size, value| size.max(value.abs()));
    found.iter().zip(expected).all(|(found, expected)| (found - expected).abs() <= TOLERANCE * size)
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests;
