//! Into how many micro-batches a batch is cut so that its buffers fit a device.

use super::{Goal, Plan, PlanError, builder::build};
use crate::model::{Augmentation, Network};

pub(super) fn within(
    network: &Network,
    batch: usize,
    goal: Goal,
    augmentation: Option<&Augmentation>,
    largest_buffer: Option<u64>,
) -> Result<Plan, PlanError> {
    let fits = |plan: &Plan| largest_buffer.is_none_or(|limit| largest(plan) <= limit);
    let fitting = |parts: usize| -> Result<Option<Plan>, PlanError> {
        match build(network, batch, parts, goal, augmentation) {
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
        let needed = largest(&build(network, batch, batch, goal, augmentation)?).div_ceil(1 << 20);
        return Err(PlanError::BufferTooLarge { needed, limit: largest_buffer.unwrap_or(u64::MAX) >> 20 });
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

/// The plan's largest buffer, or the most scratch that its plain kernels share, in bytes.
fn largest(plan: &Plan) -> u64 {
    let buffers = plan.buffers.iter().map(|buffer| buffer.len);
    let scratch = plan.steps.iter().map(|step| step.operation.gpu().scratch);
    buffers.chain(scratch).max().unwrap_or(0) as u64 * 4
}
