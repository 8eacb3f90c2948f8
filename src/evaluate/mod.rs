//! What a classifier makes of photos: one photo's classes, or a split's accuracy and confusion matrix.

mod cross_validation;
mod described;
#[cfg(test)]
mod tests;
mod threshold;

pub use cross_validation::{CrossValidation, CrossValidationError, Doubtful, cross_validate};
pub use threshold::{ThresholdError, ThresholdReport, set_threshold};

use described::{Described, over};
use serde::Serialize;

use crate::classifier::{Classifier, ClassifierError, Gathered, Host};
use crate::data::{DecodeError, Split, SplitData, from_rgba, grey};
use crate::device::{Batch, Device, DeviceError};
use crate::ops::StepParams;
use crate::plan::{Goal, Plan, PlanError, Spec};
use crate::sorting::sort_by;
use crate::trained::{NotSure, confidence};

/// A class and how likely it is.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Prediction {
    /// The class' name.
    pub label: String,
    /// Between 0 and 1; over all classes they sum to 1, but for several sigmoid units.
    pub probability: f32,
}

/// How a classifier does on a split.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Evaluation {
    /// The mean loss.
    pub loss: f64,
    /// The share of photos told rightly.
    pub accuracy: f64,
    /// `confusion[truth][prediction]`: photos.
    pub confusion: Vec<Vec<u32>>,
    /// A row a class.
    pub per_class: Vec<ClassFigures>,
    /// How many of the photos the classifier was trained with, as far as it knows: a figure with such is too good. A
    /// photo is known by its pixels, as the network sees them, so it is not known again if it became an image in
    /// another way, such as cropped instead of stretched.
    pub seen: u32,
    /// Whether it knows all photos that it was trained with. It does not if it comes from a file that does not say, or
    /// if they were more than a million.
    pub seen_complete: bool,
    /// What its threshold would withhold; none where the classifier has no threshold. All other figures are of all answers.
    pub withheld: Option<Answers>,
}

/// So many answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Answers {
    /// That are right.
    pub right: u32,
    /// That are wrong.
    pub wrong: u32,
}

impl Answers {
    /// One more.
    pub(super) fn count(&mut self, right: bool) {
        *(if right { &mut self.right } else { &mut self.wrong }) += 1;
    }
}

/// How a classifier does on one class; 0 where a figure would divide by nothing.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ClassFigures {
    /// The class' name.
    pub label: String,
    /// Of the photos said to be of the class, the share that are.
    pub precision: f64,
    /// Of the photos of the class, the share said to be.
    pub recall: f64,
    /// The harmonic mean of both.
    pub f1: f64,
    /// Photos of the class.
    pub support: u32,
}

/// Why nothing can be said of a photo or of a split.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum EvaluateError {
    /// The photo cannot be read.
    #[error("the image cannot be read: {0}")]
    Photo(#[from] DecodeError),
    /// Images of another size than can be made.
    #[error("the network wants images of {0:?} (height, width, channels), which photos cannot be resized to")]
    Shape([usize; 3]),
    /// Pixels of another size.
    #[error("a photo of {found} bytes was given, but the network's have {wanted}")]
    Pixels {
        /// Bytes given.
        found: usize,
        /// Bytes of a photo.
        wanted: usize,
    },
    /// The model cannot be run on these photos.
    #[error(transparent)]
    Classifier(#[from] ClassifierError),
    /// No plan can be made.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// The device does not do it.
    #[error(transparent)]
    Device(#[from] DeviceError),
}

/// A photo that is to be classified.
#[derive(Debug, Clone, Copy)]
pub enum Photo<'a> {
    /// RGB of the size that [`Classifier::sizing`] gives, `[height, width, 3]`.
    Pixels(&'a [u8]),
    /// Pixels, `[height, width, 4]`.
    Rgba {
        /// Columns.
        width: usize,
        /// Rows.
        height: usize,
        /// Four bytes a pixel.
        pixels: &'a [u8],
    },
}

/// What a classifier says of a photo.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Answer {
    /// All classes, the most likely first.
    pub predictions: Vec<Prediction>,
    /// How sure it is; none where it has no threshold.
    pub sureness: Option<Sureness>,
}

/// How sure a classifier with a threshold is of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Sureness {
    /// The probability that the first class is right, as calibrated on validation photos.
    pub confidence: f32,
    /// Why the answer is withheld; none where it is given.
    pub not_sure: Option<NotSure>,
}

/// The classes of one photo, and whether the classifier is sure of that. The photo is resized to the network's input as
/// the training photos were, and turned grey for a network of one channel.
///
/// # Errors
/// [`EvaluateError::Photo`] for a photo that cannot be read, and the device's errors.
pub async fn predict(
    device: &Device,
    classifier: &Classifier,
    photo: Photo<'_>,
) -> Result<Answer, EvaluateError> {
    let mut image = input(classifier, photo)?;
    let (network, threshold) = (&classifier.network, classifier.threshold());
    let described = Described::by_threshold(classifier);
    let mut distance = None;
    let step = StepParams::default();
    let program = async |spec| -> Result<_, EvaluateError> {
        Ok(device.program(Plan::of(spec, 1, device.limits())?, &classifier.weights).await?)
    };
    if let Some(Described { value, .. }) = described {
        let mut lower = program(Spec::new(network, Goal::Features(value))).await?;
        lower.run(&Batch { images: &image, ..Batch::default() }, &step).await?;
        let values = lower.probabilities().await?;
        let familiar = threshold.as_ref().and_then(|threshold| threshold.familiar.as_ref());
        distance = familiar.map(|familiar| familiar.distance(&values));
        image = bytemuck::cast_slice(&values).to_vec();
    }
    let from = described.map_or(0, |described| described.value);
    let mut upper = program(Spec { from, ..Spec::new(network, Goal::Predict) }).await?;
    upper.run(&Batch { images: &image, ..Batch::default() }, &step).await?;
    let probabilities = of_classes(&upper.probabilities().await?, classifier.classes.len());
    let sureness = threshold.map(|threshold| Sureness {
        confidence: confidence(&probabilities, threshold.temperature),
        not_sure: threshold.doubts(&probabilities, distance),
    });
    let named = classifier.classes.iter().zip(probabilities);
    let named = named.map(|(label, probability)| Prediction { label: label.clone(), probability });
    let mut predictions: Vec<_> = named.collect();
    sort_by(&mut predictions, |a, b| b.probability.total_cmp(&a.probability));
    Ok(Answer { predictions, sureness })
}

fn input(classifier: &Classifier, photo: Photo<'_>) -> Result<Vec<u8>, EvaluateError> {
    let shape = classifier.network.input_shape();
    let sizing = classifier.sizing().ok_or(EvaluateError::Shape(shape))?;
    let rgb = match photo {
        Photo::Pixels(pixels) if pixels.len() == sizing.image_size.rgb_bytes() => pixels.to_vec(),
        Photo::Pixels(pixels) => {
            return Err(EvaluateError::Pixels { found: pixels.len(), wanted: sizing.image_size.rgb_bytes() });
        }
        Photo::Rgba { width, height, pixels } => from_rgba(pixels, width, height, sizing)?,
    };
    match shape[2] {
        1 => Ok(grey(&rgb)),
        3 => Ok(rgb),
        _ => Err(EvaluateError::Shape(shape)),
    }
}

/// One sigmoid unit tells the second of two classes.
fn of_classes(probabilities: &[f32], classes: usize) -> Vec<f32> {
    match probabilities {
        [second] if classes == 2 => vec![1.0 - second, *second],
        _ => probabilities.to_vec(),
    }
}

fn most_likely(probabilities: &[f32]) -> usize {
    let better =
        |best: usize, class: usize| if probabilities[class] > probabilities[best] { class } else { best };
    (0..probabilities.len()).fold(0, better)
}

/// Loss, accuracy and confusion matrix on a split; `None` where the host stopped it.
///
/// # Errors
/// [`ClassifierError::NoPhotos`] for an empty split, and the device's errors.
pub async fn evaluate(
    device: &Device,
    classifier: &Classifier,
    (name, split): (Split, &SplitData),
    host: &mut impl Host,
) -> Result<Option<Evaluation>, EvaluateError> {
    if split.is_empty() {
        return Err(ClassifierError::NoPhotos(name).into());
    }
    let units = classifier.network.output_units();
    let classes = classifier.classes.len();
    let mut confusion = vec![vec![0; classes]; classes];
    let mut labels = split.labels.iter();
    let known = classifier.training().photos;
    let mut seen = 0;
    let (threshold, described) = (classifier.threshold(), Described::by_threshold(classifier));
    let familiar = threshold.as_ref().and_then(|threshold| threshold.familiar.as_ref());
    let mut withheld = Answers::default();
    let mut count = |batch: &Gathered, probabilities: &[f32]| {
        if !known.fingerprints().is_empty() {
            let known = |place: &usize| known.has_fingerprint(batch.fingerprint(*place));
            seen += (0..batch.len()).filter(known).count() as u32;
        }
        let mut values = batch.values();
        for (row, label) in probabilities.chunks_exact(units).zip(&mut labels) {
            let row = of_classes(row, classes);
            let said = most_likely(&row);
            confusion[*label as usize][said] += 1;
            let Some(threshold) = &threshold else { continue };
            let compared = familiar.filter(|_| described.is_some());
            let distance = compared.and_then(|familiar| Some(familiar.distance(&values.next()?)));
            if threshold.doubts(&row, distance).is_some() {
                withheld.count(said == *label as usize);
            }
        }
    };
    let from = described.map(|described| described.value);
    let sums = over(device, classifier, from, split, host, |_, _, _| {}, &mut count);
    let Some(sums) = sums.await? else { return Ok(None) };
    let per_class =
        (0..classes).map(|class| figures(&classifier.classes[class], class, &confusion)).collect();
    let right: u32 = (0..classes).map(|class| confusion[class][class]).sum();
    let accuracy = f64::from(right) / split.len() as f64;
    let (loss, seen_complete) = (sums.loss(), known.complete);
    let withheld = threshold.is_some().then_some(withheld);
    Ok(Some(Evaluation { loss, accuracy, confusion, per_class, seen, seen_complete, withheld }))
}

fn figures(label: &str, class: usize, confusion: &[Vec<u32>]) -> ClassFigures {
    let share = |part: u32, whole: u32| if whole == 0 { 0.0 } else { f64::from(part) / f64::from(whole) };
    let hits = confusion[class][class];
    let support = confusion[class].iter().sum();
    let precision = share(hits, confusion.iter().map(|row| row[class]).sum());
    let recall = share(hits, support);
    let f1 = if hits == 0 { 0.0 } else { 2.0 * precision * recall / (precision + recall) };
    ClassFigures { label: label.to_owned(), precision, recall, f1, support }
}
