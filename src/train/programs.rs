//! What a run needs of the device, made before its first step.

use super::{Event, FitOptions, Observer, TrainError};
use crate::classifier::{Classifier, ClassifierError, Features, Gathered, Turn};
use crate::data::{Dataset, Split};
use crate::device::{Device, Preparation, Program};
use crate::model::Loss;
use crate::plan::{Goal, Plan, Spec};
use crate::trained::Training;

/// What a run computes with.
pub(super) struct Programs {
    pub(super) train: Program,
    pub(super) evaluate: Program,
    /// Room for two batches.
    pub(super) gathered: [Gathered; 2],
    /// Where the frozen layers' part of the training photos, and of the validation photos, was computed before.
    pub(super) features: [Option<Features>; 2],
    /// What the loss of an unfinished epoch is computed with, where that is not the last batch.
    pub(super) probe: Option<Gathered>,
}

/// The programs to train and to evaluate with; `None` where the observer stopped their making.
pub(super) async fn prepared(
    device: &Device,
    classifier: &Classifier,
    dataset: &Dataset,
    options: &FitOptions,
    observer: &mut impl Observer,
) -> Result<Option<Programs>, TrainError> {
    dataset.roster().check()?;
    if dataset.train.is_empty() {
        return Err(ClassifierError::NoPhotos(Split::Train).into());
    }
    if options.class_weight.as_ref().is_some_and(|weights| weights.len() != dataset.classes.len()) {
        return Err(TrainError::ClassWeight);
    }
    let network = &classifier.network;
    let loss = match options.loss {
        Some(loss) => loss,
        None => Loss::of(network.output_activation()).unwrap_or(Loss::CategoricalCrossentropy),
    };
    let batch_size = options.batch_size.min(dataset.train.len());
    let features = features(classifier, dataset, options);
    let plan = |goal, features: Option<Features>| {
        let (augmentation, from) =
            (options.augmentation.as_ref(), features.map_or(0, |features| features.value));
        Plan::of(Spec { network, goal, augmentation, from }, batch_size, device.limits())
    };
    let train = plan(Goal::Train(loss, options.optimizer), features[0])?;
    // Without validation photos too: the last step's loss was computed before it changed the network.
    let evaluate = plan(Goal::Evaluate(loss), features[1])?;
    if !device.prepare(&[&train, &evaluate], &mut Preparing { observer, told: None }).await? {
        return Ok(None);
    }
    let splits = [&dataset.train, &dataset.validation];
    for (features, split) in features.into_iter().zip(splits) {
        let Some(features) = features else { continue };
        if !features.compute(device, classifier, split, observer, Observer::features).await? {
            return Ok(None);
        }
    }
    let mut probe = None;
    if let (None, Some(features)) = (features[0], features[1]) {
        let mut batch = Gathered::of(&evaluate)?;
        let photos = 0..dataset.validation.len().min(batch_size);
        batch.gather(features.samples(&dataset.validation), photos, 0)?;
        probe = Some(batch);
    }
    let gathered = [Gathered::of(&train)?, Gathered::of(&train)?];
    begin(classifier, options)?;
    let train = device.assemble(train, &classifier.weights).await?;
    let evaluate = device.assemble(evaluate, &classifier.weights).await?;
    Ok(Some(Programs { train, evaluate, gathered, features, probe }))
}

/// Up to where the network's part of the training photos, and of the validation photos, is computed once; `None` where
/// it is computed in each step: photos that are changed at random are other ones each time, of those that are shown only
/// once nothing is to be gained, and where there is too little memory training goes on without.
fn features(classifier: &Classifier, dataset: &Dataset, options: &FitOptions) -> [Option<Features>; 2] {
    let train = dataset.train.len();
    let steps = options.steps_per_epoch.map(|steps| steps as usize * options.batch_size);
    let shown = steps.unwrap_or(train).saturating_mul(options.epochs as usize);
    let augmented = options.augmentation.as_ref().is_some_and(|augmentation| !augmentation.is_idle());
    if !augmented && shown >= train {
        [Features::of(classifier, &[&dataset.train, &dataset.validation]); 2]
    } else if !dataset.validation.is_empty() {
        [None, Features::of(classifier, &[&dataset.validation])]
    } else {
        [None, None]
    }
}

/// Prepares the model for a run with these options; the program has to be made after this.
fn begin(classifier: &Classifier, options: &FitOptions) -> Result<(), TrainError> {
    classifier.set_threshold(None);
    if options.initial {
        let seed = classifier.of_training(|now| now.seed).or(options.seed).unwrap_or_default();
        classifier.weights.write(&classifier.network.initial_parameters(seed), &[])?;
        classifier.note(|training| *training = Training::initial(seed));
    }
    let before = classifier.of_training(|now| now.optimizer);
    let goes_on = before.is_some_and(|before| options.optimizer.goes_on_from(&before));
    if !goes_on {
        classifier.weights.forget_slots();
    }
    classifier.note(|training| {
        training.optimizer = Some(options.optimizer);
        if !goes_on {
            training.iteration = 0;
        }
    });
    Ok(())
}

/// Tells an observer how far the device is.
struct Preparing<'a, O> {
    observer: &'a mut O,
    told: Option<usize>,
}

impl<O: Observer> Preparation for Preparing<'_, O> {
    async fn go_on(&mut self, done: usize, total: usize) -> bool {
        if self.told.replace(done) != Some(done) {
            self.observer.event(&Event::Preparing { done, total });
        }
        self.observer.turn().await == Turn::Continue
    }
}
