//! Runs a plan: on the CPU, or on a GPU through WebGPU (in native tests through Vulkan, Metal or DirectX 12).
//!
//! A [`Device`] makes [`Weights`] (a model's parameters, where the device can use them) and
//! [`Program`]s (a plan with its buffers); a program's steps all run the same way, one batch a call.

mod batch;
pub mod cpu;
pub mod gpu;
mod preparation;
mod profile;
#[cfg(test)]
pub(crate) mod tests;
mod tuning;

pub use batch::Batch;
pub use preparation::Preparation;
use std::rc::Rc;

pub use profile::Timing;
use serde::Serialize;
pub use tuning::Tuning;

use crate::memory::{Bytes, Full};
use crate::ops::StepParams;
use crate::ops::loss::METRIC_COLUMNS;
use crate::plan::{Limits, Plan};

/// Which kind of device computes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "DeviceKind"))]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A GPU, or a software adapter that plays one.
    WebGpu,
    /// This thread, and others beside it.
    Cpu,
}

/// What a device is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct DeviceInfo {
    /// Which kind.
    pub kind: Kind,
    /// The adapter's name.
    pub name: String,
    /// Whether it is a GPU in name only.
    pub software: bool,
}

/// What a GPU's buffers take now, and took at the most, in bytes; zeros on the CPU device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Memory {
    /// Now.
    pub bytes: u64,
    /// At the most, since the device was opened.
    pub peak_bytes: u64,
}

/// What computes.
#[derive(Debug, Clone)]
pub enum Device {
    /// See [`cpu`].
    Cpu(cpu::Cpu),
    /// See [`gpu`].
    Gpu(gpu::Gpu),
}

/// A model's parameters and its optimizer's slots on a device; clones are the same ones.
#[derive(Debug, Clone)]
pub enum Weights {
    /// See [`cpu`].
    Cpu(cpu::Weights),
    /// See [`gpu`].
    Gpu(gpu::Weights),
}

/// A plan with its buffers on a device and the weights it works on.
#[derive(Debug)]
pub enum Program {
    /// See [`cpu`].
    Cpu(cpu::Program),
    /// See [`gpu`].
    Gpu(Box<gpu::Program>),
}

/// Sums over the photos of one step.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Metrics {
    /// Of the weighted losses.
    pub loss: f32,
    /// Of the photos told rightly.
    pub accuracy: f32,
    /// Of the photos.
    pub count: f32,
}

impl From<[f32; METRIC_COLUMNS]> for Metrics {
    fn from([loss, accuracy, count, _]: [f32; METRIC_COLUMNS]) -> Self {
        Self { loss, accuracy, count }
    }
}

impl Device {
    /// The CPU, this thread alone.
    pub fn cpu() -> Self {
        Self::Cpu(cpu::Cpu::default())
    }

    /// What this device is.
    pub fn info(&self) -> DeviceInfo {
        match self {
            Self::Cpu(_) => DeviceInfo { kind: Kind::Cpu, name: cpu::NAME.into(), software: false },
            Self::Gpu(gpu) => gpu.info(),
        }
    }

    /// Why this device computes nothing any more; nothing where it does.
    pub fn lost(&self) -> Option<DeviceError> {
        match self {
            Self::Cpu(_) => None,
            Self::Gpu(gpu) => gpu.lost(),
        }
    }

    /// What its buffers take.
    pub fn memory(&self) -> Memory {
        match self {
            Self::Cpu(_) => Memory::default(),
            Self::Gpu(gpu) => gpu.memory(),
        }
    }

    /// What a plan may take: see [`Plan::within`].
    pub fn limits(&self) -> Limits {
        match self {
            Self::Cpu(cpu) => Limits { buffer: None, memory: Some(cpu.memory()) },
            Self::Gpu(gpu) => Limits { buffer: Some(gpu.largest_buffer()), memory: None },
        }
    }

    /// Brings parameters to the device: those that training changes, and those that it leaves as they are.
    ///
    /// # Errors
    /// [`DeviceError::TooLarge`] or [`DeviceError::Memory`] where they do not fit.
    pub fn weights(&self, values: &[f32], frozen: &Rc<Vec<f32>>) -> Result<Weights, DeviceError> {
        match self {
            Self::Cpu(cpu) => Ok(Weights::Cpu(cpu.weights(values, frozen)?)),
            Self::Gpu(gpu) => gpu.weights(values, frozen).map(Weights::Gpu),
        }
    }

    /// On a GPU, finds the fastest kernels for these plans' steps and makes their pipelines, so that
    /// [`Self::assemble`] has nothing left to wait for; `false` where it was called off.
    ///
    /// # Errors
    /// [`DeviceError::Gpu`] or [`DeviceError::Lost`] where the GPU refuses.
    pub async fn prepare(
        &self,
        plans: &[&Plan],
        preparation: &mut impl Preparation,
    ) -> Result<bool, DeviceError> {
        match self {
            Self::Cpu(_) => Ok(true),
            Self::Gpu(gpu) => gpu.prepare(plans, preparation).await,
        }
    }

    /// What was found out about a GPU's kernels so far.
    pub fn tuning(&self) -> Option<Tuning> {
        match self {
            Self::Cpu(_) => None,
            Self::Gpu(gpu) => Some(gpu.tuning()),
        }
    }

    /// Takes over what was found out on an earlier visit; nothing of another adapter's or another engine's.
    pub fn tune(&self, tuning: Tuning) {
        if let Self::Gpu(gpu) = self {
            gpu.tune(tuning);
        }
    }

    /// [`Self::prepare`], then [`Self::assemble`].
    ///
    /// # Errors
    /// Theirs.
    pub async fn program(&self, plan: Plan, weights: &Weights) -> Result<Program, DeviceError> {
        self.prepare(&[&plan], &mut ()).await?;
        self.assemble(plan, weights).await
    }

    /// Makes a plan's buffers; on a GPU with the kernels that are known to be the fastest, or else are
    /// likely to be.
    ///
    /// # Errors
    /// [`DeviceError::TooLarge`] where a buffer is larger than the device allows, [`DeviceError::Memory`] where there
    /// is too little memory, [`DeviceError::OtherDevice`] where the weights are another device's, and
    /// [`DeviceError::Gpu`] or [`DeviceError::Lost`] where the GPU refuses.
    pub async fn assemble(&self, plan: Plan, weights: &Weights) -> Result<Program, DeviceError> {
        match (self, weights) {
            (Self::Cpu(cpu), Weights::Cpu(weights)) => Ok(Program::Cpu(cpu.program(plan, weights)?)),
            (Self::Gpu(gpu), Weights::Gpu(weights)) => {
                Ok(Program::Gpu(Box::new(gpu.assemble(plan, weights).await?)))
            }
            _ => Err(DeviceError::OtherDevice),
        }
    }
}

impl Weights {
    /// The parameters that training changes, as [`crate::model::Network::parameters`] says.
    ///
    /// # Errors
    /// [`DeviceError::Lost`] where the GPU is gone.
    pub async fn read(&self) -> Result<Vec<f32>, DeviceError> {
        match self {
            Self::Cpu(weights) => Ok(weights.read()),
            Self::Gpu(weights) => weights.read().await,
        }
    }

    /// The parameters and the optimizer's slots, all of the same moment.
    ///
    /// # Errors
    /// [`DeviceError::Lost`] where the GPU is gone.
    pub async fn read_with_slots(&self) -> Result<(Vec<f32>, Vec<Vec<f32>>), DeviceError> {
        match self {
            Self::Cpu(weights) => Ok((weights.read(), weights.read_slots())),
            Self::Gpu(weights) => weights.read_with_slots().await,
        }
    }

    /// Puts these parameters and slots in the place of those that are there; slots that are not given begin at zero.
    /// A program that trains has to be made anew for them.
    ///
    /// # Errors
    /// [`DeviceError::Sizes`] for another number of values, [`DeviceError::Lost`] where the GPU is gone.
    pub fn write(&self, parameters: &[f32], slots: &[Vec<f32>]) -> Result<(), DeviceError> {
        match self {
            Self::Cpu(weights) => weights.write(parameters, slots),
            Self::Gpu(weights) => weights.write(parameters, slots),
        }
    }

    /// Lets the optimizer's slots begin at zero. A program that trains has to be made anew for them.
    pub fn forget_slots(&self) {
        match self {
            Self::Cpu(weights) => weights.forget_slots(),
            Self::Gpu(weights) => weights.forget_slots(),
        }
    }
}

impl Program {
    /// The plan that it runs.
    pub fn plan(&self) -> &Plan {
        match self {
            Self::Cpu(program) => program.plan(),
            Self::Gpu(program) => program.plan(),
        }
    }

    /// Runs all steps on one batch, micro-batch by micro-batch. On a GPU it returns before they are done.
    ///
    /// # Errors
    /// [`DeviceError::Batch`] where the batch is larger than the plan's, or its parts do not go
    /// together, and [`DeviceError::Lost`] where the GPU failed in an earlier call.
    pub async fn run(&mut self, batch: &Batch<'_>, step: &StepParams) -> Result<(), DeviceError> {
        check(batch, self.plan())?;
        match self {
            Self::Cpu(program) => program.run(batch, step).await,
            Self::Gpu(program) => program.run(batch, step)?,
        }
        Ok(())
    }

    /// What each operation of a step takes on its own, in the plan's order: the median of `runs` times. Those that
    /// are over soon are run several times in a row for it, so that waiting for the device does not count. With
    /// `only`, those of this label, or of this label and sizes with a space between them.
    /// What is in the buffers means nothing afterwards; the weights stay as they are where the rate is 0.
    ///
    /// # Errors
    /// [`DeviceError::Lost`] where the GPU failed, and on the CPU [`DeviceError::Memory`].
    pub async fn profile(&mut self, runs: usize, only: Option<&str>) -> Result<Vec<Timing>, DeviceError> {
        match self {
            Self::Cpu(program) => program.profile(runs, only),
            Self::Gpu(program) => program.profile(runs, only).await,
        }
    }

    /// Waits until the device is at most a few steps behind.
    ///
    /// # Errors
    /// [`DeviceError::Lost`] where the GPU failed.
    pub async fn keep_pace(&mut self) -> Result<(), DeviceError> {
        match self {
            Self::Cpu(_) => Ok(()),
            Self::Gpu(program) => program.keep_pace().await,
        }
    }

    /// Writes what the host gives a plan that watches: [`crate::plan::Role::Seed`].
    ///
    /// # Errors
    /// [`DeviceError::Values`] for another number of values than the buffer with this role has; nothing happens where there
    /// is no such buffer.
    pub fn write(&mut self, role: crate::plan::Role, values: &[f32]) -> Result<(), DeviceError> {
        let plan = self.plan();
        let Some(wanted) = plan.buffer(role).map(|buffer| plan.buffers[buffer].len) else { return Ok(()) };
        if values.len() != wanted {
            return Err(DeviceError::Values { found: values.len(), wanted });
        }
        match self {
            Self::Cpu(program) => program.write(role, values),
            Self::Gpu(program) => program.fill(role, bytemuck::cast_slice(values)),
        }
        Ok(())
    }

    /// The metrics of the last [`crate::ops::loss::METRIC_ROWS`] steps by their rows.
    ///
    /// # Errors
    /// [`DeviceError::Lost`] where the GPU failed.
    pub async fn metrics(&self) -> Result<Vec<Metrics>, DeviceError> {
        let values = self.read(crate::plan::Role::Metrics).await?;
        let (rows, _) = values.as_chunks::<METRIC_COLUMNS>();
        Ok(rows.iter().copied().map(Metrics::from).collect())
    }

    /// The probabilities of the last batch, `[batch, units]`.
    ///
    /// # Errors
    /// [`DeviceError::Lost`] where the GPU failed.
    pub async fn probabilities(&self) -> Result<Vec<f32>, DeviceError> {
        self.read(crate::plan::Role::Probabilities).await
    }

    /// What the buffer with this role holds, of the last micro-batch but for the probabilities; nothing
    /// where the plan has none.
    ///
    /// # Errors
    /// [`DeviceError::Lost`] where the GPU failed.
    pub async fn read(&self, role: crate::plan::Role) -> Result<Vec<f32>, DeviceError> {
        match self {
            Self::Cpu(program) => Ok(program.read(role)),
            Self::Gpu(program) => program.read(role).await,
        }
    }
}

fn check(batch: &Batch<'_>, plan: &Plan) -> Result<(), DeviceError> {
    let count = batch.images.len() / plan.image_len;
    let labelled = !plan.goal.is_labelled() || (batch.labels.len() == count && batch.weights.len() == count);
    let whole = batch.images.len() == count * plan.image_len;
    if count > plan.batch || !whole || !labelled || batch.samples.len() > plan.batch {
        return Err(DeviceError::Batch { photos: count, most: plan.batch });
    }
    if !plan.goal.is_labelled() {
        return Ok(());
    }
    let classes = if plan.units == 1 { 2 } else { plan.units };
    match batch.labels.iter().find(|label| **label as usize >= classes) {
        Some(label) => Err(DeviceError::Label { label: *label, classes }),
        None => Ok(()),
    }
}

/// Checks that all of them are as many.
fn check_sizes(len: usize, parameters: &[f32], slots: &[Vec<f32>]) -> Result<(), DeviceError> {
    let mut found = std::iter::once(parameters.len()).chain(slots.iter().map(Vec::len));
    match found.find(|found| *found != len) {
        Some(found) => Err(DeviceError::Sizes { found, wanted: len }),
        None => Ok(()),
    }
}

impl From<Full> for DeviceError {
    fn from(Full(bytes): Full) -> Self {
        Self::Memory(bytes)
    }
}

/// Why a device cannot do what it is asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DeviceError {
    /// The browser has no WebGPU, or no adapter for it.
    #[error("this browser offers no WebGPU adapter ({0}); use the CPU device")]
    NoGpu(String),
    /// A buffer beyond the adapter's limit.
    #[error(
        "this needs a buffer of {needed} MiB, and {name} allows {limit} MiB; use a smaller batch size, smaller \
         images or a smaller network"
    )]
    TooLarge {
        /// MiB it takes.
        needed: usize,
        /// MiB there may be.
        limit: usize,
        /// The adapter's name.
        name: String,
    },
    /// Memory that is taken by something else.
    #[error(
        "this needs {} of memory, and there is less; close datasets and networks that you do not need, or use a smaller \
         batch size, smaller images or a smaller network",
        Bytes(*.0)
    )]
    Memory(u64),
    /// Weights and program on two devices.
    #[error("the model lives on another device; open it again on this one")]
    OtherDevice,
    /// What the GPU or its driver said.
    #[error("the GPU failed: {0}")]
    Gpu(String),
    /// The GPU computes nothing any more.
    #[error("the GPU stopped working ({0}): continue on the CPU, or try WebGPU again")]
    Lost(String),
    /// Parameters or an optimizer's slots of another network.
    #[error("the state has {found} values, and the network has {wanted} parameters")]
    Sizes {
        /// Values given.
        found: usize,
        /// Values there must be.
        wanted: usize,
    },
    /// Values for a buffer of another length.
    #[error("{found} values were given for a buffer of {wanted}")]
    Values {
        /// Values given.
        found: usize,
        /// Values there must be.
        wanted: usize,
    },
    /// A batch that does not fit its plan.
    #[error(
        "a batch of {photos} photos does not fit: at most {most} are allowed, each with a label, a weight and a number"
    )]
    Batch {
        /// Photos in it.
        photos: usize,
        /// Photos there may be.
        most: usize,
    },
    /// A label without a class.
    #[error("label {label} is not one of the {classes} classes")]
    Label {
        /// The label.
        label: u32,
        /// The classes.
        classes: usize,
    },
}
