use super::Gpu;
use super::buffers::Owned;
use crate::device::DeviceError;

/// Passes that are timed in one submission at the most.
pub(super) const MOST_PASSES: u32 = 4;

/// The GPU's own clock: it says how long a pass took, whenever the browser notices that it is over
/// (Firefox does only every 100 ms).
#[derive(Debug)]
pub(super) struct Clock {
    queries: wgpu::QuerySet,
    times: Owned,
    /// Of one tick.
    seconds: f64,
}

impl Clock {
    /// `None` where the device was opened without [`wgpu::Features::TIMESTAMP_QUERY`].
    ///
    /// # Errors
    /// [`DeviceError::TooLarge`] where the adapter allows no buffers of any size.
    pub(super) fn of(gpu: &Gpu) -> Result<Option<Self>, DeviceError> {
        if !gpu.device.features().contains(wgpu::Features::TIMESTAMP_QUERY) {
            return Ok(None);
        }
        let queries = gpu.device.create_query_set(&wgpu::QuerySetDescriptor {
            label: None,
            ty: wgpu::QueryType::Timestamp,
            count: 2 * MOST_PASSES,
        });
        let usage = wgpu::BufferUsages::QUERY_RESOLVE | wgpu::BufferUsages::COPY_SRC;
        let times = gpu.buffer(4 * MOST_PASSES as usize, usage)?;
        Ok(Some(Self { queries, times, seconds: f64::from(gpu.queue.get_timestamp_period()) * 1e-9 }))
    }

    /// Has the times at both ends of a pass written down; passes are numbered from 0 in each submission.
    pub(super) fn at_the_ends_of(&self, pass: u32) -> wgpu::ComputePassTimestampWrites<'_> {
        wgpu::ComputePassTimestampWrites {
            query_set: &self.queries,
            beginning_of_pass_write_index: Some(2 * pass),
            end_of_pass_write_index: Some(2 * pass + 1),
        }
    }

    /// Comes last in a submission.
    pub(super) fn gather(&self, encoder: &mut wgpu::CommandEncoder, passes: u32) {
        encoder.resolve_query_set(&self.queries, 0..2 * passes, &self.times, 0);
    }

    /// Seconds of each pass of the submission just made; 0 where the clock ran backwards, as WebGPU allows it to.
    pub(super) async fn read(&self, gpu: &Gpu, passes: u32) -> Result<Vec<f64>, DeviceError> {
        let words = gpu.read(&self.times, 4 * passes as usize).await?;
        let times: Vec<u64> = bytemuck::pod_collect_to_vec(&words);
        Ok(times.chunks_exact(2).map(|ends| ends[1].saturating_sub(ends[0]) as f64 * self.seconds).collect())
    }
}
