//! Sets when a model says that it is not sure.
//!
//! An answer is withheld where its calibrated probability is too low, or the photo is too far from all training photos in what
//! the network makes of them. Validation photos, which it did not learn from, tell where both limits lie: at the same share of
//! right answers each, so that together they let the wanted share of right answers through.

use serde::Serialize;

use super::described::{Described, over};
use super::{Answers, most_likely, of_classes};
use crate::classifier::{Classifier, ClassifierError, Gathered};
use crate::data::{Dataset, Split};
use crate::device::{Device, DeviceError};
use crate::memory;
use crate::sorting::sort_by;
use crate::train::Observer;
use crate::trained::{Familiar, TEMPERATURES, Threshold, confidence};

/// Right answers among validation photos below which a share of them says nothing.
const FEWEST: usize = 20;
/// Halvings of the range in which the temperature lies.
const HALVINGS: usize = 40;

/// What a threshold lets through and what it withholds, on the validation photos that it was set on.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ThresholdReport {
    /// The share of right answers that it was to let through.
    pub keep: f32,
    /// What the logarithms of probabilities are divided by: above 1 for a network that is too sure of itself.
    pub temperature: f32,
    /// The least probability of an answer, after division by the temperature.
    pub least_probability: f32,
    /// The most that a photo may be away from the training photos: 1 less a cosine. None where the network has no value
    /// that describes photos.
    pub most_distance: Option<f32>,
    /// Training photos that it compares with.
    pub known: usize,
    /// Answers that it lets through.
    pub answered: Answers,
    /// Answers that it withholds.
    pub withheld: Answers,
}

/// Why no threshold can be set.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ThresholdError {
    /// A share that is none.
    #[error("keep is {0}; it must be above 0 and at most 1")]
    Keep(f32),
    /// Too few photos to tell.
    #[error(
        "a threshold needs {FEWEST} validation photos that the network tells rightly, and there are {right}; add photos or train on"
    )]
    TooFew {
        /// Validation photos told rightly.
        right: usize,
    },
    /// The model cannot be run on these photos.
    #[error(transparent)]
    Classifier(#[from] ClassifierError),
}

/// A validation photo.
pub(super) struct Seen {
    pub(super) right: bool,
    pub(super) confidence: f32,
    /// 0 where photos are not described.
    pub(super) distance: f32,
}

impl ThresholdReport {
    /// Validation photos.
    pub fn photos(&self) -> u32 {
        let Self { answered, withheld, .. } = self;
        answered.right + answered.wrong + withheld.right + withheld.wrong
    }
}

/// Sets a model's threshold so that this share of its right answers on validation photos is let through. The threshold stays with
/// the model until it is trained again. `None` where the observer stopped it.
///
/// # Errors
/// A [`ThresholdError`].
pub async fn set_threshold(
    device: &Device,
    classifier: &Classifier,
    dataset: &Dataset,
    keep: f32,
    observer: &mut impl Observer,
) -> Result<Option<ThresholdReport>, ThresholdError> {
    if !(keep > 0.0 && keep <= 1.0) {
        return Err(ThresholdError::Keep(keep));
    }
    classifier.check(dataset)?;
    // It is of the weights as they are when it is set.
    let _busy = classifier.occupy()?;
    for split in [Split::Train, Split::Validation] {
        if dataset.split(split).is_empty() {
            return Err(ClassifierError::NoPhotos(split).into());
        }
    }
    let described = Described::of(classifier, &[&dataset.train, &dataset.validation]);
    let familiar = match described {
        Some(described) => match familiar(device, classifier, dataset, described, observer).await? {
            None => return Ok(None),
            known => known,
        },
        None => None,
    };
    let mut rows: Vec<(bool, Vec<f32>, f32)> = Vec::with_capacity(dataset.validation.len());
    let mut labels = dataset.validation.labels.iter();
    let classes = classifier.classes.len();
    let mut visit = |batch: &Gathered, probabilities: &[f32]| {
        let mut values = batch.values();
        for (row, label) in probabilities.chunks_exact(classifier.network.output_units()).zip(&mut labels) {
            let row = of_classes(row, classes);
            let distance = familiar.as_ref().and_then(|known| Some(known.distance(&values.next()?)));
            rows.push((most_likely(&row) == *label as usize, row, distance.unwrap_or(0.0)));
        }
    };
    let (from, split) = (described.map(|described| described.value), &dataset.validation);
    if over(device, classifier, from, split, observer, Observer::features, &mut visit).await?.is_none() {
        return Ok(None);
    }
    let temperature = temperature(&rows);
    let seen: Vec<Seen> = rows
        .into_iter()
        .map(|(right, row, distance)| Seen { right, confidence: confidence(&row, temperature), distance })
        .collect();
    let (least_probability, most_distance) = limits(&seen, keep)?;
    let familiar = familiar.map(|familiar| Familiar { most_distance, ..familiar });
    let (mut answered, mut withheld) = (Answers::default(), Answers::default());
    for photo in &seen {
        let let_through = photo.confidence >= least_probability && photo.distance <= most_distance;
        (if let_through { &mut answered } else { &mut withheld }).count(photo.right);
    }
    let report = ThresholdReport {
        keep,
        temperature,
        least_probability,
        most_distance: familiar.as_ref().map(|_| most_distance),
        known: familiar.as_ref().map_or(0, Familiar::len),
        answered,
        withheld,
    };
    classifier.set_threshold(Some(Threshold { keep, temperature, least_probability, familiar }));
    Ok(Some(report))
}

/// What the training photos look like to the network, or so many of them as are remembered; `None` where the observer stopped it.
async fn familiar(
    device: &Device,
    classifier: &Classifier,
    dataset: &Dataset,
    described: Described,
    observer: &mut impl Observer,
) -> Result<Option<Familiar>, ClassifierError> {
    let photos = dataset.train.len();
    let remembered = photos.min(Familiar::MOST);
    let room = memory::room(remembered * described.channels).map_err(DeviceError::from)?;
    let layer = classifier.network.value_name(described.value).to_owned();
    let mut familiar = Familiar { layer, most_distance: 2.0, channels: described.channels, photos: room };
    let mut photo = 0;
    let mut visit = |batch: &Gathered, _: &[f32]| {
        for values in batch.values() {
            // Spread evenly over all of them.
            if photo * remembered / photos != (photo + 1) * remembered / photos {
                familiar.add(&values);
            }
            photo += 1;
        }
    };
    let from = Some(described.value);
    let all = over(device, classifier, from, &dataset.train, observer, Observer::features, &mut visit);
    Ok(all.await?.map(|_| familiar))
}

/// The temperature at which the network is as sure as it is right on average (Clarté and others 2023, "Expectation consistency for
/// calibration of neural networks"). One answer more than there are is taken to be wrong, and one to be right (Platt 1999), so that
/// a network that makes no mistake is not made surer without end.
pub(super) fn temperature(rows: &[(bool, Vec<f32>, f32)]) -> f32 {
    let right = rows.iter().filter(|(right, ..)| *right).count() as f64;
    let all = rows.len() as f64;
    let expected = (right + 1.0) / (all + 2.0);
    // It falls as the temperature rises.
    let stated = |temperature: f32| {
        let sum: f64 = rows.iter().map(|(_, row, _)| f64::from(confidence(row, temperature))).sum();
        sum / all
    };
    let [mut low, mut high] = TEMPERATURES;
    for _ in 0..HALVINGS {
        let middle = (low * high).sqrt();
        *(if stated(middle) > expected { &mut low } else { &mut high }) = middle;
    }
    (low * high).sqrt()
}

/// The least confidence and the greatest distance of an answer that is given.
pub(super) fn limits(seen: &[Seen], keep: f32) -> Result<(f32, f32), ThresholdError> {
    let right: Vec<&Seen> = seen.iter().filter(|photo| photo.right).collect();
    if right.len() < FEWEST {
        return Err(ThresholdError::TooFew { right: right.len() });
    }
    // How many of the right ones are no surer, and how many are no nearer.
    let ranks = right.iter().map(|photo| {
        let surer = right.iter().filter(|other| other.confidence <= photo.confidence).count();
        let nearer = right.iter().filter(|other| other.distance >= photo.distance).count();
        (surer, nearer)
    });
    let ranks: Vec<(usize, usize)> = ranks.collect();
    let mut lower: Vec<usize> = ranks.iter().map(|(surer, nearer)| *surer.min(nearer)).collect();
    sort_by(&mut lower, |a, b| b.cmp(a));
    let kept = ((f64::from(keep) * right.len() as f64).ceil() as usize).clamp(1, right.len());
    let least = lower[kept - 1];
    let confident = right.iter().zip(&ranks).filter(|(_, (surer, _))| *surer >= least);
    let near = right.iter().zip(&ranks).filter(|(_, (_, nearer))| *nearer >= least);
    let least_probability = confident.fold(1.0, |least: f32, (photo, _)| least.min(photo.confidence));
    let most_distance = near.fold(0.0, |most: f32, (photo, _)| most.max(photo.distance));
    Ok((least_probability, most_distance))
}
