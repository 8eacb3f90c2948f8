//! A network run over a split, with what it makes of each photo at hand beside what it says of it.

use crate::classifier::{Classifier, ClassifierError, Features, Gathered, Host, Samples, Sums, over_split};
use crate::data::SplitData;
use crate::device::Device;
use crate::model::Loss;
use crate::plan::{Goal, Plan, Spec};
use crate::trained::Familiar;

/// Photos in a batch.
const BATCH: usize = 32;

/// The value of a network that describes photos.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Described {
    /// Its number.
    pub(super) value: usize,
    /// Its channels at each place.
    pub(super) channels: usize,
}

impl Described {
    /// That of [`crate::model::Network::description`], or what is kept of these splits' photos if that is the same averaged or
    /// flattened. None where there is none, or it is too large to be remembered.
    pub(super) fn of(classifier: &Classifier, splits: &[&SplitData]) -> Option<Self> {
        let network = &classifier.network;
        let (value, channels) = network.description()?;
        if channels > Familiar::MOST_CHANNELS {
            return None;
        }
        let kept = Features::of(classifier, splits).map(|features| features.value);
        let same = kept.filter(|kept| {
            let between = network.layers().get(value..*kept).unwrap_or_default();
            let len: usize = network.value_shape(*kept).iter().product();
            *kept > value
                && between.iter().all(|placed| placed.weights.is_empty())
                && len.is_multiple_of(channels)
        });
        Some(Self { value: same.unwrap_or(value), channels })
    }

    /// What the model's threshold compares photos by; none without one, or where it does not compare.
    pub(super) fn by_threshold(classifier: &Classifier) -> Option<Self> {
        let threshold = classifier.threshold()?;
        let Familiar { layer, channels, .. } = threshold.familiar.as_ref()?;
        let value = classifier.network.describing(layer, *channels)?;
        Some(Self { value, channels: *channels })
    }
}

/// Evaluates a network on a split and hands each batch and its probabilities to `visit`. The batch has the photos, or the network's
/// value with the number `from`, where that is given: kept ones if it is frozen. `None` where the host stopped it.
///
/// # Errors
/// The device's, and those of reading photos.
pub(super) async fn over<H: Host>(
    device: &Device,
    classifier: &Classifier,
    from: Option<usize>,
    split: &SplitData,
    host: &mut H,
    tell: fn(&mut H, usize, usize),
    visit: &mut dyn FnMut(&Gathered, &[f32]),
) -> Result<Option<Sums>, ClassifierError> {
    let network = &classifier.network;
    let batch = split.len().min(BATCH);
    let loss = Loss::of(network.output_activation()).unwrap_or(Loss::CategoricalCrossentropy);
    let spec = Spec { from: from.unwrap_or(0), ..Spec::new(network, Goal::Evaluate(loss)) };
    let plan = Plan::of(spec, batch, device.limits())?;
    let (mut samples, mut lower) = (Samples::from(split), None);
    if let Some(from) = from {
        match Features::at(classifier, from, &[split]) {
            Some(features) => {
                if !features.compute(device, classifier, split, host, tell).await? {
                    return Ok(None);
                }
                samples = features.samples(split);
            }
            None => {
                let plan = Plan::of(Spec::new(network, Goal::Features(from)), batch, device.limits())?;
                lower = Some(device.program(plan, &classifier.weights).await?);
            }
        }
    }
    let mut program = device.program(plan, &classifier.weights).await?;
    over_split(&mut program, lower.as_mut(), samples, host, Some(visit)).await
}
