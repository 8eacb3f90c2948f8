//! k-fold cross-validation of what is trained on frozen layers, and the labels that its predictions contradict.
//!
//! The photos are shared out over so many folds, class by class. Each fold is predicted by new last layers that were trained on all
//! others, so that every photo is predicted by layers that never saw it. The frozen layers look at each photo once for all folds.
//! Which labels are doubtful is found by confident learning (Northcutt, Jiang and Chuang 2021, "Confident Learning: Estimating
//! Uncertainty in Dataset Labels").

use serde::Serialize;

use super::described::over;
use super::{EvaluateError, most_likely, of_classes};
use crate::classifier::{Classifier, ClassifierError, Features, Gathered};
use crate::data::order::epoch_order;
use crate::data::{Dataset, Edit, Split};
use crate::device::Device;
use crate::sorting::sort_by;
use crate::train::{Event, FitOptions, Observer, TrainError, fit};
use crate::trained::{Model, State};

/// The normal distribution's 97.5 %.
const Z: f64 = 1.959_964;

/// How well new last layers tell photos that they were not trained with.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct CrossValidation {
    /// Folds.
    pub folds: usize,
    /// Photos of all folds.
    pub photos: usize,
    /// The share of them told rightly, each by layers that never saw it.
    pub accuracy: f64,
    /// Where the accuracy lies in 95 of 100 such samples of photos: Wilson's score interval.
    pub interval: [f64; 2],
    /// Photos whose labels the predictions contradict, the most doubtful first.
    pub doubtful: Vec<Doubtful>,
}

/// A photo whose label may be wrong.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Doubtful {
    /// The photo.
    pub path: String,
    /// Its split.
    pub split: Split,
    /// Its number there, from 0.
    pub index: usize,
    /// Its class.
    pub label: String,
    /// The class that it more likely has.
    pub suggested: String,
    /// By how much that class is more probable, between -1 and 1.
    pub score: f32,
}

/// Why photos cannot be cross-validated.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum CrossValidationError {
    /// A number of folds that cannot be.
    #[error("folds must be from 2 to the photos of the smallest class, which are {most}; it is {folds}")]
    Folds {
        /// As given.
        folds: usize,
        /// The most there may be.
        most: usize,
    },
    /// A network without frozen layers in front.
    #[error(
        "cross-validation is for new layers on a frozen base, and this network has none; use a recipe on a base"
    )]
    NoBase,
    /// Photos that are changed at random.
    #[error("cross-validation trains on the photos as they are: leave the augmentation out")]
    Augmented,
    /// Training failed.
    #[error(transparent)]
    Train(#[from] TrainError),
    /// Predicting failed.
    #[error(transparent)]
    Evaluate(#[from] EvaluateError),
}

impl From<ClassifierError> for CrossValidationError {
    fn from(error: ClassifierError) -> Self {
        Self::Evaluate(error.into())
    }
}

/// Cross-validates a network's trained layers, from fresh weights, on all photos that are in a split; the network itself stays as it
/// is. The observer also hears of each fold's run. `None` where it stopped it.
///
/// # Errors
/// A [`CrossValidationError`].
pub async fn cross_validate(
    device: &Device,
    classifier: &Classifier,
    dataset: &Dataset,
    folds: usize,
    options: &FitOptions,
    observer: &mut impl Observer,
) -> Result<Option<CrossValidation>, CrossValidationError> {
    classifier.check(dataset)?;
    if options.augmentation.as_ref().is_some_and(|augmentation| !augmentation.is_idle()) {
        return Err(CrossValidationError::Augmented);
    }
    let seed = options.seed.unwrap_or_default();
    let members = shared_out(dataset, folds, seed)?;
    let photos: Vec<usize> = members.iter().flatten().copied().collect();
    let features = Features::of(classifier, &Split::ALL.map(|split| dataset.split(split)))
        .ok_or(CrossValidationError::NoBase)?;
    let mut predicted: Vec<(usize, Vec<f32>)> = Vec::with_capacity(photos.len());
    for (done, fold) in members.iter().enumerate() {
        observer.event(&Event::Fold { done, total: folds });
        let put = |dataset: &Dataset, photos: Vec<usize>, split| {
            dataset.edited(Edit::Move(photos, None, Some(split)))
        };
        let of_fold = put(dataset, photos.clone(), Split::Train)
            .and_then(|all| put(&all, fold.clone(), Split::Validation));
        let of_fold = of_fold.map_err(ClassifierError::from)?;
        let fresh = afresh(device, classifier, seed)?;
        let options = FitOptions { initial: false, ..options.clone() };
        // It validates on the fold, and so computes the features of all.
        let history = fit(device, &fresh, &of_fold, &options, observer).await?;
        if history.loss.len() < options.epochs as usize {
            return Ok(None);
        }
        let (from, of_fold) = (Some(features.value), &of_fold.validation);
        let mut numbers = of_fold.numbers.iter().copied();
        let mut gather = |_: &Gathered, of_batch: &[f32]| {
            let rows = of_batch.chunks_exact(fresh.network.output_units());
            // In this order: the batch's end takes no number away from the next one.
            for (row, number) in rows.zip(numbers.by_ref()) {
                predicted.push((number, of_classes(row, fresh.classes.len())));
            }
        };
        if over(device, &fresh, from, of_fold, observer, Observer::features, &mut gather).await?.is_none() {
            return Ok(None);
        }
    }
    observer.event(&Event::Fold { done: folds, total: folds });
    Ok(Some(judged(dataset, folds, &predicted)))
}

/// The photos of each fold, by their numbers: each class drawn and dealt out.
fn shared_out(dataset: &Dataset, folds: usize, seed: u32) -> Result<Vec<Vec<usize>>, CrossValidationError> {
    let places = &dataset.roster().places;
    let of_class = |class: usize| {
        let photos = dataset.roster().of_class(class).into_iter();
        photos.filter(|photo| places[*photo].split.is_some()).collect::<Vec<_>>()
    };
    let classes: Vec<Vec<usize>> = (0..dataset.classes.len()).map(of_class).collect();
    let most = classes.iter().map(Vec::len).min().unwrap_or(0);
    if folds < 2 || folds > most {
        return Err(CrossValidationError::Folds { folds, most });
    }
    let mut members = vec![Vec::new(); folds];
    let mut next = 0;
    for (photos, class) in classes.iter().zip(0..) {
        for at in epoch_order(photos.len(), seed, class, true) {
            members[next % folds].push(photos[at as usize]);
            next += 1;
        }
    }
    Ok(members)
}

/// The same network with fresh weights where they are trained.
fn afresh(device: &Device, classifier: &Classifier, seed: u32) -> Result<Classifier, ClassifierError> {
    let network = classifier.network.clone();
    let initial = State::initial(network.initial_parameters(seed), seed);
    let state = State { frozen: classifier.good().frozen.clone(), ..initial };
    Classifier::of(device, Model { network, state, ..classifier.model(&State::default()) })
}

/// What the predictions say of the photos with these numbers.
fn judged(dataset: &Dataset, folds: usize, predicted: &[(usize, Vec<f32>)]) -> CrossValidation {
    let label = |photo: usize| dataset.roster().places[photo].class.unwrap_or_default();
    let photos = predicted.len();
    let right = predicted.iter().filter(|(photo, row)| most_likely(row) == label(*photo)).count();
    // How sure the layers are of a class, on average over the photos that are said to be of it.
    let thresholds = (0..dataset.classes.len()).map(|class| {
        let own = predicted.iter().filter(|(photo, _)| label(*photo) == class).map(|(_, row)| row[class]);
        let (sum, count) = own.fold((0.0, 0.0), |(sum, count), own| (sum + own, count + 1.0));
        sum / f32::max(count, 1.0)
    });
    let thresholds: Vec<f32> = thresholds.collect();
    let mut doubtful: Vec<Doubtful> = Vec::new();
    for (photo, row) in predicted {
        let own = label(*photo);
        let sure = (0..row.len()).filter(|class| row[*class] >= thresholds[*class]);
        let most_sure = sure.max_by(|a, b| row[*a].total_cmp(&row[*b]));
        let suggested = most_sure.unwrap_or_else(|| most_likely(row));
        let place = || {
            let split = dataset.roster().places[*photo].split?;
            let index = dataset.split(split).numbers.iter().position(|number| number == photo)?;
            Some((split, index))
        };
        if suggested != own
            && let Some((split, index)) = place()
        {
            doubtful.push(Doubtful {
                split,
                index,
                path: dataset.photos().paths[*photo].clone(),
                label: dataset.classes[own].clone(),
                suggested: dataset.classes[suggested].clone(),
                score: row[suggested] - row[own],
            });
        }
    }
    sort_by(&mut doubtful, |a, b| b.score.total_cmp(&a.score));
    let accuracy = right as f64 / photos.max(1) as f64;
    CrossValidation { folds, photos, accuracy, interval: wilson(right as f64, photos as f64), doubtful }
}

/// Where a share lies of which `right` of `all` were seen (Wilson 1927).
pub(super) fn wilson(right: f64, all: f64) -> [f64; 2] {
    if all == 0.0 {
        return [0.0, 1.0];
    }
    let (share, square) = (right / all, Z * Z);
    let middle = (share + square / (2.0 * all)) / (1.0 + square / all);
    let half = Z / (1.0 + square / all) * (share * (1.0 - share) / all + square / (4.0 * all * all)).sqrt();
    [(middle - half).max(0.0), (middle + half).min(1.0)]
}
