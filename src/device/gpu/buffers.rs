use std::cell::RefCell;
use std::rc::Rc;

use super::Gpu;
use super::ledger::Owned;
use crate::device::DeviceError;

/// What a buffer can do that is read, written and computed with.
const USAGE: wgpu::BufferUsages =
    wgpu::BufferUsages::STORAGE.union(wgpu::BufferUsages::COPY_DST).union(wgpu::BufferUsages::COPY_SRC);

/// A model's parameters and its optimizer's slots; clones are the same ones.
#[derive(Debug, Clone)]
pub struct Weights {
    pub(super) buffer: Owned,
    /// What no training changes.
    pub(super) frozen: Owned,
    /// None before the first program that trains.
    slots: Rc<RefCell<Vec<Owned>>>,
    gpu: Gpu,
    len: usize,
}

impl Weights {
    pub(in crate::device) async fn read(&self) -> Result<Vec<f32>, DeviceError> {
        self.gpu.read(&self.buffer, self.len).await
    }

    pub(in crate::device) async fn read_with_slots(&self) -> Result<(Vec<f32>, Vec<Vec<f32>>), DeviceError> {
        let slots = self.slots.borrow().clone();
        let buffers: Vec<&wgpu::Buffer> =
            std::iter::once(&self.buffer).chain(&slots).map(|owned| &**owned).collect();
        let mut values = self.gpu.read_all(&buffers, self.len).await?;
        let slots = values.split_off(1);
        Ok((values.into_iter().next().unwrap_or_default(), slots))
    }

    pub(in crate::device) fn write(&self, values: &[f32], slots: &[Vec<f32>]) -> Result<(), DeviceError> {
        crate::device::check_sizes(self.len, values, slots)?;
        self.gpu.failure.check()?;
        self.gpu.queue.write_buffer(&self.buffer, 0, bytemuck::cast_slice(values));
        self.forget_slots();
        for (number, values) in slots.iter().enumerate() {
            let slot = self.slot(number)?;
            self.gpu.queue.write_buffer(&slot, 0, bytemuck::cast_slice(values));
        }
        Ok(())
    }

    /// The slot with this number; one that is not there yet begins at zero.
    pub(super) fn slot(&self, number: usize) -> Result<Owned, DeviceError> {
        let mut slots = self.slots.borrow_mut();
        while slots.len() <= number {
            slots.push(self.gpu.buffer(self.len, USAGE)?);
        }
        Ok(slots[number].clone())
    }

    /// Programs that are there keep theirs.
    pub(in crate::device) fn forget_slots(&self) {
        self.slots.take();
    }
}

impl Gpu {
    /// What the adapter allows a buffer that shaders use, in bytes.
    pub(in crate::device) fn largest_buffer(&self) -> u64 {
        let limits = self.device.limits();
        limits.max_buffer_size.min(limits.max_storage_buffer_binding_size)
    }

    /// A buffer of zeros with `len` 32-bit values.
    ///
    /// # Errors
    /// [`DeviceError::TooLarge`] where the adapter does not allow one of this size.
    pub(super) fn buffer(&self, len: usize, usage: wgpu::BufferUsages) -> Result<Owned, DeviceError> {
        let bytes = len as u64 * 4;
        let limit = self.largest_buffer();
        if bytes > limit {
            return Err(DeviceError::TooLarge {
                needed: (bytes >> 20) as usize,
                limit: (limit >> 20) as usize,
                name: self.name.clone(),
            });
        }
        Ok(self.ledger.own(self.device.create_buffer(&wgpu::BufferDescriptor {
            label: None,
            size: bytes.max(16),
            usage,
            mapped_at_creation: false,
        })))
    }

    pub(in crate::device) fn weights(&self, values: &[f32], frozen: &[f32]) -> Result<Weights, DeviceError> {
        let filled = |values: &[f32]| {
            let buffer = self.buffer(values.len(), USAGE)?;
            self.queue.write_buffer(&buffer, 0, bytemuck::cast_slice(values));
            Ok::<_, DeviceError>(buffer)
        };
        let (buffer, frozen) = (filled(values)?, filled(frozen)?);
        Ok(Weights { buffer, frozen, slots: Rc::default(), gpu: self.clone(), len: values.len() })
    }

    /// The first `len` values of a buffer, once all that was submitted before is done.
    pub(super) async fn read(&self, buffer: &wgpu::Buffer, len: usize) -> Result<Vec<f32>, DeviceError> {
        Ok(self.read_all(&[buffer], len).await?.pop().unwrap_or_default())
    }

    /// The first `len` values of each of these buffers, all of the same moment.
    async fn read_all(&self, buffers: &[&wgpu::Buffer], len: usize) -> Result<Vec<Vec<f32>>, DeviceError> {
        let bytes = len as u64 * 4;
        let mut encoder = self.device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        let mut readings = Vec::with_capacity(buffers.len());
        for buffer in buffers {
            let usage = wgpu::BufferUsages::MAP_READ | wgpu::BufferUsages::COPY_DST;
            let staging = self.buffer(len, usage)?;
            encoder.copy_buffer_to_buffer(buffer, 0, &staging, 0, bytes);
            readings.push(staging);
        }
        self.queue.submit([encoder.finish()]);
        let mapping: Vec<_> = readings
            .iter()
            .map(|staging| {
                let (mapped, is_mapped) = futures_channel::oneshot::channel();
                staging.map_async(wgpu::MapMode::Read, 0..bytes, move |result| {
                    // Nobody waits any more where the receiver is gone.
                    let _ = mapped.send(result);
                });
                is_mapped
            })
            .collect();
        self.wait();
        let mut values = Vec::with_capacity(buffers.len());
        for (staging, is_mapped) in readings.iter().zip(mapping) {
            let result = self.failure.or(is_mapped).await?;
            self.failure.check()?;
            result.map_err(|error| self.failed(&error))?.map_err(|error| self.failed(&error))?;
            let view = staging.get_mapped_range(0..bytes).map_err(|error| self.failed(&error))?;
            values.push(bytemuck::pod_collect_to_vec(&view));
        }
        Ok(values)
    }

    /// What cannot be read back is lost, and so is what comes after it.
    fn failed(&self, error: &dyn std::fmt::Display) -> DeviceError {
        self.failure.note(&error.to_string());
        DeviceError::Lost(error.to_string())
    }

    /// A browser runs the GPU by itself; natively somebody has to wait for it.
    pub(super) fn wait(&self) {
        #[cfg(not(target_arch = "wasm32"))]
        if let Err(error) = self.device.poll(wgpu::PollType::wait_indefinitely()) {
            self.failure.note(&error.to_string());
        }
    }
}
