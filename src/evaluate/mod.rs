//! What a classifier makes of photos: one photo's classes, or a split's accuracy and confusion matrix.

mod cross_validation;
#[cfg(test)]
mod tests;

pub use cross_validation::{CrossValidation, CrossValidationError, Doubtful, cross_validate};

use serde::Serialize;

use crate::classifier::{Classifier, ClassifierError, Host, over_split};
use crate::data::{DecodeError, Split, SplitData, from_rgba, grey};
use crate::device::{Batch, Device, DeviceError};
use crate::model::Loss;
use crate::ops::StepParams;
use crate::plan::{Goal, Plan, PlanError};
use crate::sorting::sort_by;

/// Photos in a batch of evaluation.
const BATCH: usize = 32;

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

/// The classes of one photo, the most likely first. The photo is resized to the network's input as
/// the training photos were, and turned grey for a network of one channel.
///
/// # Errors
/// [`EvaluateError::Photo`] for a photo that cannot be read, and the device's errors.
pub async fn predict(
    device: &Device,
    classifier: &Classifier,
    photo: Photo<'_>,
) -> Result<Vec<Prediction>, EvaluateError> {
    let image = input(classifier, photo)?;
    let plan = Plan::within(&classifier.network, 1, Goal::Predict, device.limits())?;
    let mut program = device.program(plan, &classifier.weights).await?;
    let step = StepParams::default();
    program.run(&Batch { images: &image, ..Batch::default() }, &step).await?;
    let probabilities = of_classes(&program.probabilities().await?, classifier.classes.len());
    let mut predictions: Vec<_> = classifier
        .classes
        .iter()
        .zip(probabilities)
        .map(|(label, probability)| Prediction { label: label.clone(), probability })
        .collect();
    sort_by(&mut predictions, |a, b| b.probability.total_cmp(&a.probability));
    Ok(predictions)
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
    let network = &classifier.network;
    let classes = classifier.classes.len();
    let loss = Loss::of(network.output_activation()).unwrap_or(Loss::CategoricalCrossentropy);
    let batch = split.len().min(BATCH);
    let plan = Plan::within(network, batch, Goal::Evaluate(loss), device.limits())?;
    let mut program = device.program(plan, &classifier.weights).await?;
    let mut confusion = vec![vec![0; classes]; classes];
    let mut labels = split.labels.iter();
    let known = classifier.training().photos;
    let mut seen = 0;
    let photo: usize = network.input_shape().iter().product();
    let mut count = |images: &[u8], probabilities: &[f32]| {
        if !known.fingerprints().is_empty() {
            seen += images.chunks_exact(photo).filter(|pixels| known.has(pixels)).count() as u32;
        }
        for (row, label) in probabilities.chunks_exact(network.output_units()).zip(&mut labels) {
            confusion[*label as usize][most_likely(&of_classes(row, classes))] += 1;
        }
    };
    let Some(sums) = over_split(&mut program, split.into(), host, Some(&mut count)).await? else {
        return Ok(None);
    };
    let per_class =
        (0..classes).map(|class| figures(&classifier.classes[class], class, &confusion)).collect();
    let right: u32 = (0..classes).map(|class| confusion[class][class]).sum();
    let accuracy = f64::from(right) / split.len() as f64;
    let (loss, seen_complete) = (sums.loss(), known.complete);
    Ok(Some(Evaluation { loss, accuracy, confusion, per_class, seen, seen_complete }))
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
