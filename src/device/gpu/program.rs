use std::collections::VecDeque;

use futures_channel::oneshot;

use super::Gpu;
use super::buffers::Weights;
use super::clock::MOST_PASSES;
use super::ledger::Owned;
use crate::device::profile::{is, least, median, more};
use crate::device::{Batch, DeviceError, Timing};
use crate::ops::{Binding, Kernel, Kernels, StepParams};
use crate::plan::{Plan, Role, Step, View};

/// Steps that may wait on the GPU: enough to keep it busy, few enough to stop soon.
const MOST_WAITING: usize = 3;
/// How often a step is repeated at the most to be timed.
const MOST_REPEATS: usize = 1024;

/// A plan with its buffers, pipelines and bind groups.
#[derive(Debug)]
pub struct Program {
    pub(super) plan: Plan,
    pub(super) gpu: Gpu,
    pub(super) buffers: Vec<Owned>,
    pub(super) step: Owned,
    /// Held for the dispatches that are bound to it: dropped, it would be destroyed.
    pub(super) _scratch: Owned,
    /// Those of each micro-batch, then those that run once a batch.
    pub(super) dispatches: Vec<Dispatch>,
    dispatches_a_part: usize,
    /// Of the whole batch, where it is run in parts.
    probabilities: Option<Owned>,
    waiting: VecDeque<oneshot::Receiver<()>>,
    /// Whether all that is of no use becomes NaN.
    #[cfg(test)]
    pub(in crate::device) spoils: bool,
}

#[derive(Debug)]
pub(super) struct Dispatch {
    /// The number of the plan's step that it belongs to.
    pub(super) step: usize,
    label: String,
    pipeline: wgpu::ComputePipeline,
    bindings: wgpu::BindGroup,
    workgroups: [u32; 3],
}

impl Gpu {
    /// A program with the kernels that are known to be fast, or else likely to be.
    pub(in crate::device) async fn assemble(
        &self,
        plan: Plan,
        weights: &Weights,
    ) -> Result<Program, DeviceError> {
        let kernels: Vec<Kernels> = plan.steps.iter().map(|step| self.known(step)).collect();
        for kernels in &kernels {
            self.pipelines.start(&kernels.kernels);
        }
        for kernels in &kernels {
            self.pipelines.ready(&kernels.kernels).await;
        }
        self.program_of(plan, &kernels, weights).await
    }

    /// A program with these kernels for its steps.
    pub(super) async fn program_of(
        &self,
        plan: Plan,
        kernels: &[Kernels],
        weights: &Weights,
    ) -> Result<Program, DeviceError> {
        let usage = wgpu::BufferUsages::STORAGE | wgpu::BufferUsages::COPY_DST | wgpu::BufferUsages::COPY_SRC;
        let memory = self.device.push_error_scope(wgpu::ErrorFilter::OutOfMemory);
        let mut buffers = Vec::with_capacity(plan.buffers.len());
        for buffer in &plan.buffers {
            buffers.push(match buffer.role {
                Role::Parameters => weights.buffer.clone(),
                Role::Frozen => weights.frozen.clone(),
                Role::Slot(number) => weights.slot(number)?,
                _ => self.buffer(buffer.len, usage)?,
            });
        }
        let scratch_len = kernels.iter().map(|kernels| kernels.scratch).max().unwrap_or(0);
        let scratch = self.buffer(scratch_len, usage)?;
        let uniform = wgpu::BufferUsages::UNIFORM | wgpu::BufferUsages::COPY_DST;
        let step = self.buffer(size_of::<StepParams>() / 4, uniform)?;
        let probabilities = match plan.buffer(Role::Probabilities) {
            Some(buffer) if plan.micro_batch < plan.batch => {
                Some(self.buffer(plan.buffers[buffer].len * plan.parts(plan.batch).count(), usage)?)
            }
            _ => None,
        };
        if let Some(error) = self.failure.or(memory.pop()).await? {
            return Err(DeviceError::Gpu(format!("out of memory; use a smaller batch size ({error})")));
        }
        let bind = Bind { gpu: self, buffers: &buffers, scratch: &scratch, step: &step };
        let dispatches = plan
            .steps
            .iter()
            .zip(kernels)
            .enumerate()
            .flat_map(|(number, (step, kernels))| {
                kernels.kernels.iter().map(move |kernel| (number, step, kernel))
            })
            .map(|(number, step, kernel)| bind.dispatch(number, step, kernel))
            .collect();
        // So that it can be timed before it is first run.
        let first = StepParams { photos: plan.micro_batch as u32, ..StepParams::default() };
        self.queue.write_buffer(&step, 0, bytemuck::bytes_of(&first));
        self.failure.check()?;
        let dispatches_a_part =
            kernels[..plan.steps_a_part].iter().map(|kernels| kernels.kernels.len()).sum();
        Ok(Program {
            plan,
            gpu: self.clone(),
            buffers,
            step,
            _scratch: scratch,
            dispatches,
            dispatches_a_part,
            probabilities,
            waiting: VecDeque::new(),
            #[cfg(test)]
            spoils: false,
        })
    }
}

/// What a kernel's bindings are bound to.
struct Bind<'a> {
    gpu: &'a Gpu,
    buffers: &'a [Owned],
    scratch: &'a wgpu::Buffer,
    step: &'a wgpu::Buffer,
}

impl Bind<'_> {
    fn dispatch(&self, number: usize, step: &Step, kernel: &Kernel) -> Dispatch {
        let pipeline = self.gpu.pipelines.get(kernel);
        let entries: Vec<_> = kernel
            .bindings
            .iter()
            .zip(0..)
            .map(|(binding, at)| wgpu::BindGroupEntry {
                binding: at,
                resource: self.resource(step, *binding),
            })
            .collect();
        let bindings = self.gpu.device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: Some(&kernel.label),
            layout: &pipeline.get_bind_group_layout(0),
            entries: &entries,
        });
        Dispatch {
            step: number,
            label: kernel.label.clone(),
            pipeline,
            bindings,
            workgroups: kernel.workgroups,
        }
    }

    fn resource(&self, step: &Step, binding: Binding) -> wgpu::BindingResource<'_> {
        match binding {
            Binding::Input(index) => self.part(step.inputs[index]),
            Binding::Output(index) => self.part(step.outputs[index]),
            Binding::Scratch | Binding::ScratchInput => self.scratch.as_entire_binding(),
            Binding::Step => self.step.as_entire_binding(),
        }
    }

    fn part(&self, view: View) -> wgpu::BindingResource<'_> {
        wgpu::BindingResource::Buffer(wgpu::BufferBinding {
            buffer: &self.buffers[view.buffer],
            offset: view.offset as u64 * 4,
            size: wgpu::BufferSize::new(view.len as u64 * 4),
        })
    }
}

impl Dispatch {
    pub(super) fn encode(&self, pass: &mut wgpu::ComputePass<'_>) {
        let [x, y, z] = self.workgroups;
        pass.set_pipeline(&self.pipeline);
        pass.set_bind_group(0, &self.bindings, &[]);
        pass.dispatch_workgroups(x, y, z);
    }
}

impl Program {
    pub(in crate::device) fn plan(&self) -> &Plan {
        &self.plan
    }

    pub(in crate::device) fn run(&mut self, batch: &Batch<'_>, step: &StepParams) -> Result<(), DeviceError> {
        self.gpu.failure.check()?;
        let parts = batch.parts(&self.plan, step);
        let last = parts.len() - 1;
        for (number, (batch, step)) in parts.iter().enumerate() {
            self.fill(Role::Images, batch.images);
            self.fill(Role::Labels, bytemuck::cast_slice(batch.labels));
            self.fill(Role::Weights, bytemuck::cast_slice(batch.weights));
            self.fill(Role::Samples, bytemuck::cast_slice(batch.samples));
            self.fill(Role::Transforms, bytemuck::cast_slice(&batch.transforms(&self.plan, step)));
            self.gpu.queue.write_buffer(&self.step, 0, bytemuck::bytes_of(step));
            let end = if number == last { self.dispatches.len() } else { self.dispatches_a_part };
            #[cfg(test)]
            if self.spoils {
                self.run_spoilt(step, end, number);
                continue;
            }
            let mut encoder = self.gpu.device.create_command_encoder(&Default::default());
            {
                let mut pass = encoder.begin_compute_pass(&Default::default());
                for dispatch in &self.dispatches[..end] {
                    dispatch.encode(&mut pass);
                }
            }
            self.gather_probabilities(&mut encoder, number);
            // Each on its own: short submissions leave the GPU to others in between.
            self.submit(encoder);
        }
        Ok(())
    }

    /// Copies a micro-batch's probabilities to their place among the batch's.
    pub(super) fn gather_probabilities(&self, encoder: &mut wgpu::CommandEncoder, part: usize) {
        let Some((whole, of_part)) = self.probabilities.as_ref().zip(self.plan.buffer(Role::Probabilities))
        else {
            return;
        };
        let bytes = self.plan.buffers[of_part].len as u64 * 4;
        encoder.copy_buffer_to_buffer(&self.buffers[of_part], 0, whole, part as u64 * bytes, bytes);
    }

    /// What each step takes on its own, or those alone that `only` names: all its dispatches, in one submission a run.
    pub(in crate::device) async fn profile(
        &mut self,
        runs: usize,
        only: Option<&str>,
    ) -> Result<Vec<Timing>, DeviceError> {
        self.fill(Role::Transforms, bytemuck::cast_slice(&Batch::first_transforms(&self.plan)));
        let mut profile = Vec::with_capacity(self.plan.steps.len());
        self.time(0, 0).await?;
        let least = least(self.time(0, 0).await?);
        for number in 0..self.plan.steps.len() {
            if !is(self.plan.steps[number].operation.as_ref(), only) {
                continue;
            }
            // The first run pays for what the driver puts off until then.
            self.time(number, 1).await?;
            let mut repeats = 1;
            while let Some(next) = more(repeats, self.time(number, repeats).await?, least, MOST_REPEATS) {
                repeats = next;
            }
            let mut times = Vec::with_capacity(runs);
            for _ in 0..runs {
                times.push(self.time(number, repeats).await? / repeats as f64);
            }
            let operation = &self.plan.steps[number].operation;
            let kernels = self.dispatches.iter().filter(|dispatch| dispatch.step == number);
            profile.push(Timing {
                label: operation.label(),
                sizes: operation.sizes(),
                kernels: kernels.map(|dispatch| dispatch.label.clone()).collect(),
                seconds: median(times),
            });
        }
        Ok(profile)
    }

    /// Seconds of so many repeats of one step in a row, from handing them over until the browser says that they are done.
    async fn time(&mut self, number: usize, repeats: usize) -> Result<f64, DeviceError> {
        let mut encoder = self.gpu.device.create_command_encoder(&Default::default());
        self.repeat(number, repeats, encoder.begin_compute_pass(&Default::default()));
        let start = web_time::Instant::now();
        self.submit(encoder);
        self.settle().await?;
        Ok(start.elapsed().as_secs_f64())
    }

    /// Seconds of each of a few runs, by the GPU's own clock where there is one: a run is so many repeats of one step.
    pub(super) async fn times(
        &mut self,
        number: usize,
        repeats: usize,
        runs: u32,
    ) -> Result<Vec<f64>, DeviceError> {
        let Some(clock) = self.gpu.clock.clone() else {
            let mut times = Vec::new();
            for _ in 0..runs {
                times.push(self.time(number, repeats).await?);
            }
            return Ok(times);
        };
        let runs = runs.min(MOST_PASSES);
        let mut encoder = self.gpu.device.create_command_encoder(&Default::default());
        for run in 0..runs {
            let timestamp_writes = Some(clock.at_the_ends_of(run));
            let timed = wgpu::ComputePassDescriptor { label: None, timestamp_writes };
            self.repeat(number, repeats, encoder.begin_compute_pass(&timed));
        }
        clock.gather(&mut encoder, runs);
        self.gpu.queue.submit([encoder.finish()]);
        Ok(clock.seconds(&self.gpu.read(clock.times(), 4 * runs as usize).await?))
    }

    fn repeat(&self, number: usize, repeats: usize, mut pass: wgpu::ComputePass<'_>) {
        for _ in 0..repeats {
            for dispatch in self.dispatches.iter().filter(|dispatch| dispatch.step == number) {
                dispatch.encode(&mut pass);
            }
        }
    }

    pub(super) fn submit(&mut self, encoder: wgpu::CommandEncoder) {
        self.gpu.queue.submit([encoder.finish()]);
        let (done, is_done) = oneshot::channel();
        self.gpu.queue.on_submitted_work_done(move || {
            // Nobody waits any more where the receiver is gone.
            let _ = done.send(());
        });
        self.waiting.push_back(is_done);
    }

    pub(in crate::device) async fn keep_pace(&mut self) -> Result<(), DeviceError> {
        self.wait_for_all_but(MOST_WAITING).await
    }

    /// Waits until the GPU has done all that it was given.
    pub(super) async fn settle(&mut self) -> Result<(), DeviceError> {
        self.wait_for_all_but(0).await
    }

    async fn wait_for_all_but(&mut self, waiting: usize) -> Result<(), DeviceError> {
        while self.waiting.len() > waiting {
            self.gpu.wait();
            if let Some(oldest) = self.waiting.pop_front() {
                // Where it was dropped unanswered, the failure tells why.
                let _ = self.gpu.failure.or(oldest).await?;
            }
        }
        self.gpu.failure.check()
    }

    pub(in crate::device) async fn read(&self, role: Role) -> Result<Vec<f32>, DeviceError> {
        if let (Role::Probabilities, Some(whole)) = (role, &self.probabilities) {
            return self.gpu.read(whole, self.plan.batch * self.plan.units).await;
        }
        match self.plan.buffer(role) {
            Some(buffer) => self.gpu.read(&self.buffers[buffer], self.plan.buffers[buffer].len).await,
            None => Ok(Vec::new()),
        }
    }

    /// Writes bytes to the front of a buffer, zeros behind them.
    pub(in crate::device) fn fill(&self, role: Role, bytes: &[u8]) {
        let Some(buffer) = self.plan.buffer(role) else { return };
        let whole = self.plan.buffers[buffer].len * 4;
        if bytes.len() == whole {
            self.gpu.queue.write_buffer(&self.buffers[buffer], 0, bytes);
            return;
        }
        let mut filled = bytes.to_vec();
        filled.resize(whole, 0);
        self.gpu.queue.write_buffer(&self.buffers[buffer], 0, &filled);
    }
}
