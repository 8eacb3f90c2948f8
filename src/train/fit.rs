use std::num::NonZeroUsize;

use super::batches::{Feed, Gathered};
use super::pace::Pace;
use super::score::{Sums, over_split};
use super::{Classifier, Event, FitOptions, History, Observer, Progress, TrainError, Turn};
use crate::data::{Dataset, Split};
use crate::device::{Device, Kind, Preparation, Program};
use crate::model::Loss;
use crate::ops::StepParams;
use crate::ops::loss::METRIC_ROWS;
use crate::plan::{Goal, Plan};

/// Seconds between two readings of a GPU's metrics: a reading makes the GPU wait.
const GPU_READING: f64 = 0.25;

/// Trains a classifier on a dataset; its weights change in place.
///
/// # Errors
/// A [`TrainError`]; the weights are then those of the last step that was done.
pub async fn fit(
    device: &Device,
    classifier: &Classifier,
    dataset: &Dataset,
    options: &FitOptions,
    observer: &mut impl Observer,
) -> Result<History, TrainError> {
    let mut history = History::default();
    let Some((train, validate)) = prepared(device, classifier, dataset, options, observer).await? else {
        observer.event(&Event::Done { epoch: 0, stopped: true });
        return Ok(history);
    };
    let mut run = Run::new(device, dataset, options, observer, train, validate);
    let mut stopped = false;
    for epoch in 1..=options.epochs {
        let Some(progress) = run.epoch(epoch).await? else {
            stopped = true;
            break;
        };
        history.loss.push(progress.loss);
        history.accuracy.push(progress.accuracy);
        history.val_loss.extend(progress.val_loss);
        history.val_accuracy.extend(progress.val_accuracy);
        run.observer.event(&Event::Epoch(progress));
    }
    run.observer.event(&Event::Done { epoch: history.loss.len() as u32, stopped });
    Ok(history)
}

/// The programs to train and to validate with; `None` where the observer stopped their making.
async fn prepared(
    device: &Device,
    classifier: &Classifier,
    dataset: &Dataset,
    options: &FitOptions,
    observer: &mut impl Observer,
) -> Result<Option<(Program, Option<Program>)>, TrainError> {
    options.check()?;
    classifier.check(dataset)?;
    dataset.roster().check()?;
    if dataset.train.is_empty() {
        return Err(TrainError::NoPhotos(Split::Train));
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
    let plan = |goal| Plan::augmented(network, batch_size, goal, augmentation, device.largest_buffer());
    let train = plan(Goal::Train(loss, options.optimizer))?;
    let validate = match dataset.validation.is_empty() {
        true => None,
        false => Some(plan(Goal::Evaluate(loss))?),
    };
    let plans: Vec<&Plan> = std::iter::once(&train).chain(&validate).collect();
    if !device.prepare(&plans, &mut Preparing { observer, told: None }).await? {
        return Ok(None);
    }
    let train = device.assemble(train, &classifier.weights).await?;
    let validate = match validate {
        Some(plan) => Some(device.assemble(plan, &classifier.weights).await?),
        None => None,
    };
    Ok(Some((train, validate)))
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

struct Run<'a, O> {
    dataset: &'a Dataset,
    options: &'a FitOptions,
    observer: &'a mut O,
    train: Program,
    validate: Option<Program>,
    feed: Feed,
    steps: u32,
    reading: f64,
    pace: Pace,
    gathered: Gathered,
    /// Steps since the start of the run.
    iteration: u32,
}

/// What is known of an epoch that is under way.
#[derive(Default)]
struct Epoch {
    number: u32,
    /// Steps whose metrics have been read.
    read: u32,
    /// Steps that were started after those.
    unread: u32,
    last_reading: f64,
    sums: Sums,
}

impl<'a, O: Observer> Run<'a, O> {
    fn new(
        device: &Device,
        dataset: &'a Dataset,
        options: &'a FitOptions,
        observer: &'a mut O,
        train: Program,
        validate: Option<Program>,
    ) -> Self {
        let photos = dataset.train.len();
        let batch_size = NonZeroUsize::new(train.plan().batch).unwrap_or(NonZeroUsize::MIN);
        let all = photos.div_ceil(batch_size.get()) as u32;
        Self {
            dataset,
            options,
            observer,
            train,
            validate,
            feed: Feed::new(photos, batch_size, options.seed.unwrap_or_default(), options.shuffle),
            steps: options.steps_per_epoch.unwrap_or(all),
            reading: if device.info().kind == Kind::Cpu { 0.0 } else { GPU_READING },
            pace: Pace::default(),
            gathered: Gathered::default(),
            iteration: 0,
        }
    }

    /// Trains an epoch and validates after it; `None` where it was stopped on the way.
    async fn epoch(&mut self, number: u32) -> Result<Option<Progress>, TrainError> {
        let mut epoch = Epoch { number, last_reading: self.observer.seconds(), ..Epoch::default() };
        self.pace.start_epoch(epoch.last_reading);
        for step in 0..self.steps {
            self.step(number, step).await?;
            epoch.unread += 1;
            self.train.keep_pace().await?;
            let waited = self.observer.seconds() - epoch.last_reading;
            let full = epoch.unread as usize == METRIC_ROWS;
            if waited >= self.reading || full || step + 1 == self.steps {
                self.read(&mut epoch).await?;
            }
            let before = self.observer.seconds();
            let turn = self.observer.turn().await;
            self.pace.add_pause(self.observer.seconds() - before);
            if turn == Turn::Stop {
                self.read(&mut epoch).await?;
                return Ok(None);
            }
        }
        let mut progress = self.progress(&epoch, 0.0);
        if let Some(program) = &mut self.validate {
            let before = self.observer.seconds();
            let scored = over_split(program, &self.dataset.validation, self.observer, None).await?;
            let Some(sums) = scored else { return Ok(None) };
            self.pace.validation = self.observer.seconds() - before;
            progress.val_loss = Some(sums.loss());
            progress.val_accuracy = Some(sums.accuracy());
        }
        Ok(Some(progress))
    }

    async fn step(&mut self, epoch: u32, step: u32) -> Result<(), TrainError> {
        let first = step.wrapping_mul(self.options.batch_size as u32);
        let photos = self.feed.next().iter().map(|photo| *photo as usize);
        self.gathered.gather(&self.dataset.train, photos, first)?;
        self.gathered.weigh(self.options.class_weight.as_deref());
        self.iteration += 1;
        let params = StepParams {
            rate: self.options.optimizer.rate(self.iteration),
            scale: 1.0 / self.gathered.len() as f32,
            seed: self.options.seed.unwrap_or_default(),
            epoch,
            row: self.iteration % METRIC_ROWS as u32,
            ..StepParams::default()
        };
        self.pace.add_photos(self.gathered.len() as f64);
        Ok(self.train.run(&self.gathered.batch(), &params).await?)
    }

    /// Reads the metrics of the steps since the last reading and tells the observer of each.
    async fn read(&mut self, epoch: &mut Epoch) -> Result<(), TrainError> {
        if epoch.unread == 0 {
            return Ok(());
        }
        let metrics = self.train.metrics().await?;
        epoch.last_reading = self.observer.seconds();
        for back in (0..epoch.unread).rev() {
            let row = (self.iteration - back) % METRIC_ROWS as u32;
            let of_step = metrics[row as usize];
            epoch.read += 1;
            epoch.sums.add(of_step);
            if !of_step.loss.is_finite() {
                return Err(TrainError::Diverged { epoch: epoch.number, step: epoch.read });
            }
            let batch_loss = f64::from(of_step.loss) / f64::from(of_step.count).max(1.0);
            let progress = self.progress(epoch, batch_loss);
            self.observer.event(&Event::Step(progress));
        }
        epoch.unread = 0;
        Ok(())
    }

    fn progress(&self, epoch: &Epoch, batch_loss: f64) -> Progress {
        let now = self.observer.seconds();
        let epochs_left = f64::from(self.options.epochs - epoch.number);
        let steps_left = f64::from(self.steps - epoch.read) + epochs_left * f64::from(self.steps);
        let photos_left = steps_left * self.options.batch_size.min(self.dataset.train.len()) as f64;
        Progress {
            epoch: epoch.number,
            epochs: self.options.epochs,
            step: epoch.read,
            steps: self.steps,
            loss: epoch.sums.loss(),
            accuracy: epoch.sums.accuracy(),
            batch_loss,
            val_loss: None,
            val_accuracy: None,
            images_per_second: self.pace.images_per_second(now),
            eta_seconds: self.pace.eta_seconds(now, photos_left, epochs_left + 1.0),
        }
    }
}
