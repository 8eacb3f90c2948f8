//! Into how many micro-batches a batch is cut so that it fits a device.

use super::build::build;
use super::builder::values_a_photo;
use super::{Limits, MOST_VALUES, Plan, PlanError, Spec};
use crate::model::Network;

/// The most bytes that a batch may take where it is gathered: in one piece, whatever the device.
const MOST_BATCH: u64 = 1 << 30;
/// Bytes of a photo's label, its weight and its number.
const BESIDE_PIXELS: u64 = 12;

pub(super) fn within(spec: &Spec<'_>, batch: usize, limits: Limits) -> Result<Plan, PlanError> {
    let photo = spec.image_len() as u64 + BESIDE_PIXELS;
    let needed = photo.saturating_mul(batch as u64);
    if needed > MOST_BATCH {
        return Err(PlanError::BatchTooLarge { batch, needed, limit: MOST_BATCH });
    }
    let fits = |plan: &Plan| {
        limits.buffer.is_none_or(|limit| largest(plan) <= limit)
            && limits.memory.is_none_or(|limit| plan.cpu_bytes() <= limit)
    };
    let fitting = |parts: usize| -> Result<Option<Plan>, PlanError> {
        match build(spec, batch, parts) {
            Ok(plan) => Ok(fits(&plan).then_some(plan)),
            // Also without a limit: what cannot be counted in one piece may be in several.
            Err(PlanError::TooLarge { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    };
    if let Some(whole) = fitting(1)? {
        return Ok(whole);
    }
    let Some(mut best) = fitting(batch)? else {
        return Err(too_large(spec.network, build(spec, batch, batch), limits));
    };
    // Buffers grow with the micro-batch: between what does not fit and what does lies one border.
    let (mut too_few, mut enough) = (1, batch);
    while too_few + 1 < enough {
        let middle = too_few + (enough - too_few) / 2;
        match fitting(middle)? {
            Some(plan) => (best, enough) = (plan, middle),
            None => too_few = middle,
        }
    }
    Ok(best)
}

/// Why not even a single photo fits.
fn too_large(network: &Network, by_photo: Result<Plan, PlanError>, limits: Limits) -> PlanError {
    match (by_photo, limits) {
        (Ok(plan), Limits { memory: Some(limit), .. }) if plan.cpu_bytes() > limit => {
            PlanError::PhotoTooLarge { needed: plan.cpu_bytes(), limit }
        }
        (Ok(plan), _) => PlanError::BufferTooLarge {
            needed: largest(&plan).div_ceil(1 << 20),
            limit: limits.buffer.unwrap_or(u64::MAX) >> 20,
        },
        (Err(PlanError::TooLarge { .. }), _) => PlanError::PhotoTooLarge {
            needed: values_a_photo(network).saturating_mul(4),
            limit: limits.memory.unwrap_or(4 * MOST_VALUES),
        },
        (Err(error), _) => error,
    }
}

/// The plan's largest buffer, or the most scratch that its plain kernels share, in bytes.
fn largest(plan: &Plan) -> u64 {
    let buffers = plan.buffers.iter().map(|buffer| buffer.len);
    let scratch = plan.steps.iter().map(|step| step.operation.gpu().scratch);
    buffers.chain(scratch).max().unwrap_or(0) as u64 * 4
}
