use std::rc::Rc;

use super::ledger::{Ledger, Owned};

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
    pub(super) fn of(device: &wgpu::Device, queue: &wgpu::Queue, ledger: &Rc<Ledger>) -> Option<Self> {
        if !device.features().contains(wgpu::Features::TIMESTAMP_QUERY) {
            return None;
        }
        let queries = device.create_query_set(&wgpu::QuerySetDescriptor {
            label: None,
            ty: wgpu::QueryType::Timestamp,
            count: 2 * MOST_PASSES,
        });
        let times = ledger.own(device.create_buffer(&wgpu::BufferDescriptor {
            label: None,
            // A pass has two times of 8 bytes.
            size: 16 * u64::from(MOST_PASSES),
            usage: wgpu::BufferUsages::QUERY_RESOLVE | wgpu::BufferUsages::COPY_SRC,
            mapped_at_creation: false,
        }));
        Some(Self { queries, times, seconds: f64::from(queue.get_timestamp_period()) * 1e-9 })
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

    /// Where the times of a submission lie, four words a pass.
    pub(super) fn times(&self) -> &wgpu::Buffer {
        &self.times
    }

    /// Seconds of each pass by its times; 0 where the clock ran backwards, as WebGPU allows it to.
    pub(super) fn seconds(&self, times: &[f32]) -> Vec<f64> {
        let times: Vec<u64> = bytemuck::pod_collect_to_vec(times);
        times.chunks_exact(2).map(|ends| ends[1].saturating_sub(ends[0]) as f64 * self.seconds).collect()
    }
}
