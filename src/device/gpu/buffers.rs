use std::rc::Rc;

use super::Gpu;
use crate::device::DeviceError;

/// A buffer whose memory is given back when the last owner drops it: on the web, dropping a
/// `wgpu::Buffer` alone frees nothing.
#[derive(Debug, Clone)]
pub(super) struct Owned(Rc<Destroyed>);

#[derive(Debug)]
struct Destroyed(wgpu::Buffer);

impl Drop for Destroyed {
    fn drop(&mut self) {
        self.0.destroy();
    }
}

impl Owned {
    pub(super) fn new(buffer: wgpu::Buffer) -> Self {
        Self(Rc::new(Destroyed(buffer)))
    }
}

impl std::ops::Deref for Owned {
    type Target = wgpu::Buffer;

    fn deref(&self) -> &wgpu::Buffer {
        &self.0.0
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
    pub(in crate::device) fn weights(&self, values: &[f32]) -> Result<Weights, DeviceError> {
        let usage = wgpu::BufferUsages::STORAGE | wgpu::BufferUsages::COPY_DST | wgpu::BufferUsages::COPY_SRC;
        let buffer = Owned::new(self.buffer(values.len(), usage)?);
        self.queue.write_buffer(&buffer, 0, bytemuck::cast_slice(values));
        Ok(Weights { buffer, gpu: self.clone(), len: values.len() })
    }

    /// The first `len` values of a buffer, once all that was submitted before is done.
    pub(super) async fn read(&self, buffer: &wgpu::Buffer, len: usize) -> Result<Vec<f32>, DeviceError> {
        let staging =
            Owned::new(self.buffer(len, wgpu::BufferUsages::MAP_READ | wgpu::BufferUsages::COPY_DST)?);
        let mut encoder = self.device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        encoder.copy_buffer_to_buffer(buffer, 0, &staging, 0, len as u64 * 4);
        self.queue.submit([encoder.finish()]);
        let (mapped, is_mapped) = futures_channel::oneshot::channel();
        staging.map_async(wgpu::MapMode::Read, 0..len as u64 * 4, move |result| {
            // Nobody waits any more where the receiver is gone.
            let _ = mapped.send(result);
        });
        self.wait();
        let result = is_mapped.await;
        self.failure.check()?;
        let gone = |message: String| DeviceError::Gpu(message);
        result.map_err(|error| gone(error.to_string()))?.map_err(|error| gone(error.to_string()))?;
        let view = staging.get_mapped_range(0..len as u64 * 4).map_err(|error| gone(error.to_string()))?;
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
