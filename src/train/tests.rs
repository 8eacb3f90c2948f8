#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

mod features;
mod going_on;
mod keeping;
mod seen;

use std::future::Future;
use std::num::NonZeroUsize;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use super::feed::Feed;
use super::*;
use crate::classifier::{Classifier, ClassifierError, Host, Turn};
use crate::data::{Dataset, Photos, Pixels, Place, Roster, Split, SplitData};
use crate::device::Device;
use crate::model::{Adam, Augmentation, Network, Optimizer};
use crate::random::{Purpose, Stream};
use crate::trained::{Position, SeenPhotos, State, Training};

/// On the CPU device nothing is ever waited for.
pub(crate) fn now<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("the CPU device waited"),
    }
}

/// Stripes that lie or stand, under noise: 10 x 10 grey photos of two classes, no two the same.
pub(crate) fn stripes() -> Dataset {
    let classes = vec!["lying".into(), "standing".into()];
    let mut roster = Roster { classes, ..Roster::default() };
    let (mut paths, mut pixels) = (Vec::new(), Vec::new());
    for (split, count, seed) in [(Split::Train, 50, 1), (Split::Validation, 21, 2), (Split::Test, 30, 3)] {
        let mut stream = Stream::new(seed, Purpose::Split, 0);
        for photo in 0..count {
            let label = photo % 2;
            let shift = stream.word() as usize % 2;
            for at in 0..100 {
                let (y, x) = (at / 10, at % 10);
                let stripe = if label == 0 { y } else { x } + shift;
                let bright = stripe.is_multiple_of(2);
                pixels.push((if bright { 150 } else { 60 }) + (stream.word() % 50) as u8);
            }
            roster.places.push(Place { class: Some(label), split: Some(split) });
            paths.push(format!("{split}/{photo}"));
        }
    }
    let photos = Photos { paths, pixels: Pixels::new(pixels, 100) };
    let mut dataset = Dataset::new([10, 10, 1], photos, roster, Vec::new(), None);
    // In turns, so that batches without an order of their own have both.
    for data in [&mut dataset.train, &mut dataset.validation, &mut dataset.test] {
        data.numbers.sort_unstable();
        data.labels = (0..data.len() as u32).map(|photo| photo % 2).collect();
        data.paths.sort_by_key(|path| path.rsplit('/').next().unwrap().parse::<usize>().unwrap());
    }
    dataset
}

pub(crate) fn untrained(activation: &str, units: usize) -> Classifier {
    let layers = format!(
        r#"[{{"class_name":"Conv2D","config":{{"filters":4,"activation":"relu"}}}},{{"class_name":"MaxPooling2D"}},
            {{"class_name":"Flatten"}},{{"class_name":"Dropout","config":{{"rate":0.1}}}},
            {{"class_name":"Dense","config":{{"units":{units},"activation":"{activation}"}}}}]"#
    );
    let network = Network::new("stripes", [10, 10, 1], serde_json::from_str(&layers).unwrap()).unwrap();
    Classifier::untrained(&Device::cpu(), network, stripes().classes, 1).unwrap()
}

/// Keeps the events, and stops after `stop_after` steps.
#[derive(Default)]
pub(crate) struct Watcher {
    pub(crate) events: Vec<Event>,
    pub(crate) stop_after: Option<usize>,
    pub(crate) stop_preparing: bool,
}

impl Observer for Watcher {
    fn event(&mut self, event: &Event) {
        self.events.push(event.clone());
    }
}

impl Host for Watcher {
    fn seconds(&self) -> f64 {
        self.events.len() as f64
    }

    async fn turn(&mut self) -> Turn {
        let steps = self.events.iter().filter(|event| matches!(event, Event::Step(_))).count();
        let preparing = matches!(self.events.last(), Some(Event::Preparing { .. } | Event::Features { .. }));
        let stop = self.stop_after.is_some_and(|most| steps >= most) || (self.stop_preparing && preparing);
        if stop { Turn::Stop } else { Turn::Continue }
    }
}

pub(crate) fn options(epochs: u32) -> FitOptions {
    let adam = Optimizer::Adam(Adam { learning_rate: 0.02, ..Adam::default() });
    FitOptions { epochs, batch_size: 16, optimizer: adam, ..FitOptions::default() }
}

fn trained(classifier: &Classifier, options: &FitOptions) -> Result<(History, Vec<Event>), TrainError> {
    let mut watcher = Watcher::default();
    let history = now(fit(&Device::cpu(), classifier, &stripes(), options, &mut watcher))?;
    Ok((history, watcher.events))
}

fn parameters(classifier: &Classifier) -> Vec<f32> {
    now(classifier.weights.read()).unwrap()
}

#[test]
fn a_network_learns_and_generalises() {
    for (activation, units) in [("sigmoid", 1), ("softmax", 2), ("sigmoid", 2)] {
        let classifier = untrained(activation, units);
        let (history, _) = trained(&classifier, &options(12)).unwrap();
        assert_eq!(history.loss.len(), 12);
        assert!(history.loss[11] < 0.5 * history.loss[0], "{history:?}");
        assert!(history.val_accuracy[11] > 0.9, "{history:?}");
    }
}

#[test]
fn events_tell_each_step_and_epoch() {
    let (history, events) = trained(&untrained("sigmoid", 1), &options(2)).unwrap();
    let kinds: String = events
        .iter()
        .map(|event| match event {
            Event::Step(_) => 's',
            Event::Epoch(_) => 'e',
            Event::Done { .. } => 'd',
            Event::Preparing { .. } => 'p',
            Event::Features { .. } | Event::Fold { .. } => 'f',
            Event::Restored { .. } => 'r',
        })
        .collect();
    assert_eq!(kinds, "ssssesssse".to_owned() + "d");
    let (Event::Step(first), Event::Step(last), Event::Epoch(epoch)) = (&events[0], &events[3], &events[4])
    else {
        panic!("{events:?}");
    };
    assert_eq!((first.epoch, first.epochs, first.step, first.steps), (1, 2, 1, 4));
    assert_eq!(first.loss, first.batch_loss);
    assert_eq!((last.step, last.val_loss), (4, None));
    assert_eq!((epoch.loss, Some(history.val_loss[0])), (last.loss, epoch.val_loss));
    assert_eq!(events.last(), Some(&Event::Done { epoch: 2, stopped: false }));
    // 50 photos in batches of 16: the last batch of 2 counts for 2.
    let steps: Vec<f64> = events[..4]
        .iter()
        .filter_map(|event| if let Event::Step(progress) = event { Some(progress.batch_loss) } else { None })
        .collect();
    let mean = (16.0 * (steps[0] + steps[1] + steps[2]) + 2.0 * steps[3]) / 50.0;
    assert!((mean - epoch.loss).abs() < 1e-6);
}

#[test]
fn the_same_seed_is_the_same_run() {
    let run = |seed| {
        let classifier = untrained("sigmoid", 1);
        let options = FitOptions { seed: Some(seed), ..options(3) };
        (trained(&classifier, &options).unwrap().0, parameters(&classifier))
    };
    assert_eq!(run(4), run(4));
    assert_ne!(run(4).1, run(5).1);
}

#[test]
fn augmentation_changes_what_is_trained_on_and_not_what_is_watched() {
    let run = |augmentation| {
        let classifier = untrained("sigmoid", 1);
        // So small a step that the network stays as it is.
        let optimizer = Optimizer::rmsprop(1e-12);
        let (history, _) =
            trained(&classifier, &FitOptions { augmentation, optimizer, ..options(3) }).unwrap();
        history
    };
    let book = || Some(Augmentation { vertical_flip: true, ..Augmentation::cats_and_dogs() });
    let (plain, idle, augmented) = (run(None), run(Some(Augmentation::default())), run(book()));
    assert_eq!(plain, idle);
    assert_eq!(augmented, run(book()));
    assert_eq!(augmented.val_loss, plain.val_loss);
    // Other photos in each epoch, and so other losses.
    let apart = |a: f64, b: f64| (a - b).abs() > 1e-4;
    assert!(
        apart(augmented.loss[0], plain.loss[0]) && apart(augmented.loss[0], augmented.loss[1]),
        "{augmented:?}"
    );
}

#[test]
fn the_preview_shows_what_training_sees() {
    let dataset = stripes();
    let (photo, shape) = (dataset.train.pixels_of(0), dataset.image_shape);
    let versions =
        |augmentation: &Augmentation, seed| augmented(photo, shape, augmentation, seed, 8).unwrap();
    assert_eq!(versions(&Augmentation::default(), 1), photo.repeat(8));
    let flips = Augmentation { horizontal_flip: true, ..Augmentation::default() };
    let mirrored: Vec<u8> = photo.chunks(10).flat_map(|row| row.iter().rev().copied()).collect();
    let flipped: Vec<bool> = versions(&flips, 1)
        .chunks(photo.len())
        .map(|version| {
            assert!(version == photo || version == mirrored);
            version == mirrored
        })
        .collect();
    let drawn: Vec<bool> = (0..8).map(|sample| flips.draw([10, 10], 1, 1, sample).flip_horizontal).collect();
    assert_eq!(flipped, drawn);
    assert!(drawn.contains(&true) && drawn.contains(&false));
    let book = Augmentation::cats_and_dogs();
    assert_ne!(versions(&book, 1), versions(&book, 2));
    assert!(augmented(photo, shape, &Augmentation { cval: 300.0, ..book }, 1, 8).is_err());
}

#[test]
fn a_stop_ends_after_the_step() {
    let classifier = untrained("sigmoid", 1);
    let mut watcher = Watcher { stop_after: Some(6), ..Watcher::default() };
    let history = now(fit(&Device::cpu(), &classifier, &stripes(), &options(9), &mut watcher)).unwrap();
    assert_eq!(history.loss.len(), 1);
    assert_eq!(watcher.events.last(), Some(&Event::Done { epoch: 1, stopped: true }));
    assert_eq!(watcher.events.len(), 6 + 1 + 1);
}

#[test]
fn steps_per_epoch_go_on_where_the_last_epoch_ended() {
    let steps = |steps_per_epoch| FitOptions { steps_per_epoch: Some(steps_per_epoch), ..options(2) };
    // Without dropout's masks, which go by the epoch, two epochs of four steps are one of eight.
    let plain = || {
        let layers = r#"[{"class_name":"Flatten"},{"class_name":"Dense","config":{"activation":"sigmoid"}}]"#;
        let network = Network::new("net", [10, 10, 1], serde_json::from_str(layers).unwrap()).unwrap();
        Classifier::untrained(&Device::cpu(), network, stripes().classes, 1).unwrap()
    };
    let (two, one, three) = (plain(), plain(), plain());
    let (_, events) = trained(&two, &steps(4)).unwrap();
    trained(&one, &FitOptions { epochs: 1, ..steps(8) }).unwrap();
    trained(&three, &steps(3)).unwrap();
    assert_eq!(events.len(), 11);
    assert_eq!(parameters(&two), parameters(&one));
    assert_ne!(parameters(&two), parameters(&three));
}

#[test]
fn what_cannot_be_trained_is_refused_by_name() {
    let classifier = untrained("sigmoid", 1);
    let error = |options: FitOptions| trained(&classifier, &options).unwrap_err().to_string();
    assert_eq!(error(options(0)), "epochs must be at least 1");
    assert_eq!(error(FitOptions { batch_size: 0, ..options(1) }), "batchSize must be at least 1");
    assert_eq!(
        error(FitOptions { steps_per_epoch: Some(0), ..options(1) }),
        "stepsPerEpoch must be at least 1"
    );
    assert!(
        error(FitOptions { optimizer: Optimizer::rmsprop(f32::NAN), ..options(1) }).contains("learning_rate")
    );
    let augmented: FitOptions = serde_json::from_str(r#"{"augmentation":{"rotation_range":-4}}"#).unwrap();
    assert_eq!(error(augmented), "augmentation: rotation_range is -4; it must be from 0 to 360");

    let fit_on = |dataset: Dataset| {
        let mut watcher = Watcher::default();
        now(fit(&Device::cpu(), &classifier, &dataset, &options(1), &mut watcher)).unwrap_err().to_string()
    };
    let error = fit_on(Dataset { image_shape: [20, 5, 1], ..stripes() });
    assert!(error.contains("[10, 10, 1]") && error.contains("[20, 5, 1]"), "{error}");
    let error = fit_on(Dataset { classes: vec!["a".into(), "b".into(), "c".into()], ..stripes() });
    assert!(error.contains("3 classes"), "{error}");
    let error = fit_on(Dataset { classes: vec!["standing".into(), "lying".into()], ..stripes() });
    assert!(error.contains("classes are lying, standing, and the dataset's are standing, lying"), "{error}");
    let error = fit_on(Dataset { train: SplitData::default(), ..stripes() });
    assert_eq!(error, "there are no train photos in this dataset");
}

#[test]
fn a_loss_that_is_no_number_ends_the_run() {
    let classifier = untrained("softmax", 2);
    let wild = FitOptions {
        optimizer: serde_json::from_str(r#"{"name":"sgd","learning_rate":1e30}"#).unwrap(),
        ..options(5)
    };
    let error = trained(&classifier, &wild).unwrap_err();
    assert!(matches!(error, TrainError::Diverged { epoch: 1, .. }), "{error}");
}

#[test]
fn options_are_read_with_defaults_and_without_mistakes() {
    let read = |json: &str| serde_json::from_str::<FitOptions>(json).map_err(|error| error.to_string());
    assert_eq!(read("{}"), Ok(FitOptions::default()));
    assert_eq!(read(r#"{"optimizer":"rmsprop"}"#), Ok(FitOptions::default()));
    let error = read(r#"{"batchsize":3}"#).unwrap_err();
    assert!(error.contains("batchsize") && error.contains("batchSize"), "{error}");
    let error = read(r#"{"optimizer":{"name":"rmsprop","lr":1}}"#).unwrap_err();
    assert!(error.contains("optimizer") && error.contains("learning_rate"), "{error}");
    assert!(read(r#"{"loss":"hinge"}"#).unwrap_err().contains("binary_crossentropy"));
}

#[test]
fn training_without_validation_photos_has_no_validation_figures() {
    let mut watcher = Watcher::default();
    let dataset = Dataset { validation: SplitData::default(), ..stripes() };
    let history =
        now(fit(&Device::cpu(), &untrained("sigmoid", 1), &dataset, &options(2), &mut watcher)).unwrap();
    assert_eq!((history.loss.len(), history.val_loss.len()), (2, 0));
}

#[cfg(not(target_arch = "wasm32"))]
mod on_the_gpu {
    use super::*;

    fn on_the_gpu(stop_preparing: bool) -> (History, Vec<Event>, bool) {
        let device = Device::Gpu(crate::ops::tests::gpu());
        let (network, classes) = (untrained("sigmoid", 1).network, stripes().classes);
        let classifier = Classifier::untrained(&device, network, classes, 1).unwrap();
        let mut watcher = Watcher { stop_preparing, ..Watcher::default() };
        pollster::block_on(async {
            let before = classifier.weights.read().await.unwrap();
            let history = fit(&device, &classifier, &stripes(), &options(1), &mut watcher).await.unwrap();
            (history, watcher.events, before == classifier.weights.read().await.unwrap())
        })
    }

    #[test]
    fn a_gpu_tells_how_far_its_preparation_is() {
        let (history, events, _) = on_the_gpu(false);
        assert_eq!(history.loss.len(), 1);
        let prepared = events.iter().map_while(|event| match event {
            Event::Preparing { done, total } => Some((*done, *total)),
            _ => None,
        });
        let prepared: Vec<_> = prepared.collect();
        let total = prepared[0].1;
        assert!(total > 10);
        assert_eq!(prepared, (0..=total).map(|done| (done, total)).collect::<Vec<_>>());
        assert!(matches!(events[prepared.len()], Event::Step(_)));
    }

    #[test]
    fn it_can_be_stopped_in_there() {
        let (history, events, unchanged) = on_the_gpu(true);
        assert_eq!(history, History::default());
        assert_eq!(events.len(), 2);
        assert_eq!(events[1], Event::Done { epoch: 0, stopped: true });
        assert!(unchanged);
    }
}

#[test]
fn classes_are_weighted_in_the_loss() {
    let run = |weights: Option<Vec<f32>>| {
        let classifier = untrained("softmax", 2);
        let options = FitOptions { class_weight: weights, ..options(1) };
        trained(&classifier, &options).map(|(history, _)| history.loss[0])
    };
    let plain = run(None).unwrap();
    assert_eq!(run(Some(vec![1.0, 1.0])).unwrap(), plain);
    // At a rate of nothing the loss of an epoch is a sum over photos.
    let still = |weights: Option<Vec<f32>>| {
        let classifier = untrained("softmax", 2);
        let sgd = serde_json::from_str(r#"{"name":"sgd","learning_rate":1e-30}"#).unwrap();
        let options = FitOptions { class_weight: weights, optimizer: sgd, ..options(1) };
        trained(&classifier, &options).unwrap().0.loss[0]
    };
    let (first, second, all) = (still(Some(vec![2.0, 1.0])), still(Some(vec![1.0, 2.0])), still(None));
    assert!((first + second - 3.0 * all).abs() < 1e-5, "{first} {second} {all}");
    assert!((first - second).abs() > 1e-4, "{first} {second}");
    for weights in [vec![1.0], vec![1.0, 0.0], vec![1.0, f32::NAN]] {
        assert_eq!(run(Some(weights)).unwrap_err(), TrainError::ClassWeight);
    }
}
