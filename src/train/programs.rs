//! What a run needs of the device, made before its first step.

use super::{Event, FitOptions, Observer, TrainError};
use crate::classifier::{Classifier, ClassifierError, Gathered, Turn};
use crate::data::{Dataset, Split};
use crate::device::{Device, Preparation, Program};
use crate::model::Loss;
use crate::plan::{Goal, Plan};
use crate::trained::Training;

/// The programs to train and to evaluate with, and room for two batches; `None` where the observer stopped their making.
pub(super) async fn prepared(
    device: &Device,
    classifier: &Classifier,
    dataset: &Dataset,
    options: &FitOptions,
    observer: &mut impl Observer,
) -> Result<Option<(Program, Program, [Gathered; 2])>, TrainError> {
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
    let augmentation = options.augmentation.as_ref();
    let plan = |goal| Plan::augmented(network, batch_size, goal, augmentation, device.limits());
    let train = plan(Goal::Train(loss, options.optimizer))?;
    // Without validation photos too: the last step's loss was computed before it changed the network.
    let evaluate = plan(Goal::Evaluate(loss))?;
    if !device.prepare(&[&train, &evaluate], &mut Preparing { observer, told: None }).await? {
        return Ok(None);
    }
    let gathered = [Gathered::of(&train)?, Gathered::of(&train)?];
    begin(classifier, options)?;
    let train = device.assemble(train, &classifier.weights).await?;
    let evaluate = device.assemble(evaluate, &classifier.weights).await?;
    Ok(Some((train, evaluate, gathered)))
}

/// Prepares the model for a run with these options; the program has to be made after this.
fn begin(classifier: &Classifier, options: &FitOptions) -> Result<(), TrainError> {
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
