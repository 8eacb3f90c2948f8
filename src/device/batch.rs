use crate::ops::{StepParams, augment};
use crate::plan::Plan;

/// What the host gives a step; all for `n` photos, of which a plan for a larger batch leaves the rest.
#[derive(Debug, Clone, Copy, Default)]
pub struct Batch<'a> {
    /// Bytes, `[n, h, w, c]`, or those of the values that a plan begins with in their place: [`crate::plan::Spec::from`].
    pub images: &'a [u8],
    /// Class numbers, `[n]`; empty for a goal that needs none.
    pub labels: &'a [u32],
    /// Weights in the loss, `[n]`; what is missing counts as 0, so that a short batch is right.
    pub weights: &'a [f32],
    /// The samples' numbers in the epoch, `[n]`.
    pub samples: &'a [u32],
}

impl<'a> Batch<'a> {
    /// Some of the photos.
    fn part(&self, plan: &Plan, first: usize, photos: usize) -> Self {
        fn of<T>(values: &[T], first: usize, len: usize) -> &[T] {
            &values[first.min(values.len())..(first + len).min(values.len())]
        }
        let images = plan.image_len;
        Self {
            images: of(self.images, first * images, photos * images),
            labels: of(self.labels, first, photos),
            weights: of(self.weights, first, photos),
            samples: of(self.samples, first, photos),
        }
    }

    /// What happens to the photos, by their numbers in the epoch; nothing where the plan does not augment.
    pub(super) fn transforms(&self, plan: &Plan, step: &StepParams) -> Vec<f32> {
        let (Some(augmentation), Some(network)) = (&plan.augmentation, &plan.network) else {
            return Vec::new();
        };
        let [height, width, _] = network.input_shape();
        let row = |sample: &u32| {
            augment::row(&augmentation.draw([height, width], step.seed, step.epoch, *sample), height, width)
        };
        self.samples.iter().flat_map(row).collect()
    }

    /// The same for the first photos of an epoch, to time it with: a map that reads one pixel only would be faster.
    pub(super) fn first_transforms(plan: &Plan) -> Vec<f32> {
        let samples: Vec<u32> = (0..plan.micro_batch as u32).collect();
        Batch { samples: &samples, ..Batch::default() }.transforms(plan, &StepParams::default())
    }

    /// Each micro-batch of the batch, with the step's parameters for it.
    pub(super) fn parts(&self, plan: &Plan, step: &StepParams) -> Vec<(Batch<'a>, StepParams)> {
        let photos = self.images.len() / plan.image_len;
        let part = |(number, first)| {
            let batch = self.part(plan, first, plan.micro_batch);
            let photos = (batch.images.len() / plan.image_len) as u32;
            (batch, StepParams { part: step.part + number, photos, ..*step })
        };
        (0..).zip(plan.parts(photos)).map(part).collect()
    }

    /// As even shares of the batch as can be for so many threads, the larger ones first; one at the least.
    pub(super) fn shares(&self, plan: &Plan, threads: usize) -> Vec<Batch<'a>> {
        let photos = self.images.len() / plan.image_len;
        let count = threads.min(photos).max(1);
        let first = |share: usize| photos / count * share + share.min(photos % count);
        (0..count).map(|share| self.part(plan, first(share), first(share + 1) - first(share))).collect()
    }

    /// The batch in pieces of at most so many photos; one at the least.
    pub(super) fn pieces(&self, plan: &Plan, most: usize) -> Vec<Batch<'a>> {
        let photos = self.images.len() / plan.image_len;
        (0..photos.max(1)).step_by(most).map(|first| self.part(plan, first, most)).collect()
    }
}
