use std::cell::Cell;
use std::rc::Rc;

use super::Gpu;
use crate::device::{DeviceError, Memory};

/// A buffer whose memory is given back when the last owner drops it: on the web, dropping a
/// `wgpu::Buffer` alone frees nothing.
#[derive(Debug, Clone)]
pub(super) struct Owned(Rc<Counted>);

#[derive(Debug)]
struct Counted {
    buffer: wgpu::Buffer,
    ledger: Rc<Ledger>,
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.buffer.destroy();
        self.ledger.used.set(self.ledger.used.get() - self.buffer.size());
    }
}

/// What a GPU's buffers take, in bytes.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    used: Cell<u64>,
    peak: Cell<u64>,
}

impl Ledger {
    pub(super) fn memory(&self) -> Memory {
        Memory { bytes: self.used.get(), peak_bytes: self.peak.get() }
    }

    fn own(self: &Rc<Self>, buffer: wgpu::Buffer) -> Owned {
        self.used.set(self.used.get() + buffer.size());
        self.peak.set(self.peak.get().max(self.used.get()));
        Owned(Rc::new(Counted { buffer, ledger: Rc::clone(self) }))
    }
}

impl std::ops::Deref for Owned {
    type Target = wgpu::Buffer;

    fn deref(&self) -> &wgpu::Buffer {
        &self.0.buffer
    }
}

/// A model's parameters; clones are the same parameters.
#[derive(Debug, Clone)]
pub struct Weights {
    pub(super) buffer: Owned,
    gpu: Gpu,
    len: usize,
}

impl Weights {
    pub(in crate::device) async fn read(&self) -> Result<Vec<f32>, DeviceError> {
        self.gpu.read(&self.buffer, self.len).await
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

    pub(in crate::device) fn weights(&self, values: &[f32]) -> Result<Weights, DeviceError> {
        let usage = wgpu::BufferUsages::STORAGE | wgpu::BufferUsages::COPY_DST | wgpu::BufferUsages::COPY_SRC;
        let buffer = self.buffer(values.len(), usage)?;
        self.queue.write_buffer(&buffer, 0, bytemuck::cast_slice(values));
        Ok(Weights { buffer, gpu: self.clone(), len: values.len() })
    }

    /// The first `len` values of a buffer, once all that was submitted before is done.
    pub(super) async fn read<T: bytemuck::AnyBitPattern + bytemuck::NoUninit>(
        &self,
        buffer: &wgpu::Buffer,
        len: usize,
    ) -> Result<Vec<T>, DeviceError> {
        let bytes = (len * size_of::<T>()) as u64;
        let staging = self
            .buffer(len * size_of::<T>() / 4, wgpu::BufferUsages::MAP_READ | wgpu::BufferUsages::COPY_DST)?;
        let mut encoder = self.device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        encoder.copy_buffer_to_buffer(buffer, 0, &staging, 0, bytes);
        self.queue.submit([encoder.finish()]);
        let (mapped, is_mapped) = futures_channel::oneshot::channel();
        staging.map_async(wgpu::MapMode::Read, 0..bytes, move |result| {
            // Nobody waits any more where the receiver is gone.
            let _ = mapped.send(result);
        });
        self.wait();
        let result = is_mapped.await;
        self.failure.check()?;
        let gone = |message: String| DeviceError::Gpu(message);
        result.map_err(|error| gone(error.to_string()))?.map_err(|error| gone(error.to_string()))?;
        let view = staging.get_mapped_range(0..bytes).map_err(|error| gone(error.to_string()))?;
        Ok(bytemuck::pod_collect_to_vec(&view))
    }

    /// A browser runs the GPU by itself; natively somebody has to wait for it.
    pub(super) fn wait(&self) {
        #[cfg(not(target_arch = "wasm32"))]
        if let Err(error) = self.device.poll(wgpu::PollType::wait_indefinitely()) {
            self.failure.note(&error.to_string());
        }
    }
}
