//! A network that is spoilt goes back to its last good state.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use std::cell::RefCell;
use std::rc::Rc;

use super::*;
use crate::data::{Key, Pack, PackFile};
use crate::device::tests::until_done;
use crate::model::Sgd;

/// Does something to the model when so many steps have been told of.
struct Meddler<'a> {
    at: usize,
    steps: usize,
    does: &'a dyn Fn(),
    events: Vec<Event>,
}

impl<'a> Meddler<'a> {
    fn new(at: usize, does: &'a dyn Fn()) -> Self {
        Self { at, steps: 0, does, events: Vec::new() }
    }
}

impl Observer for Meddler<'_> {
    fn event(&mut self, event: &Event) {
        self.steps += usize::from(matches!(event, Event::Step(_)));
        self.events.push(event.clone());
    }
}

impl Host for Meddler<'_> {
    fn seconds(&self) -> f64 {
        self.events.len() as f64
    }

    async fn turn(&mut self) -> Turn {
        if self.steps >= self.at {
            (self.does)();
            self.at = usize::MAX;
        }
        Turn::Continue
    }
}

fn wild(epochs: u32) -> FitOptions {
    FitOptions { optimizer: Optimizer::Sgd(Sgd { learning_rate: 1e38, ..Sgd::default() }), ..options(epochs) }
}

/// Without relu, which hides what is NaN.
fn plain() -> Classifier {
    let layers =
        r#"[{"class_name":"Flatten"},{"class_name":"Dense","config":{"units":2,"activation":"softmax"}}]"#;
    let network = Network::new("plain", [10, 10, 1], serde_json::from_str(layers).unwrap()).unwrap();
    Classifier::untrained(&Device::cpu(), network, stripes().classes, 1).unwrap()
}

fn on_device(classifier: &Classifier) -> State {
    let (parameters, slots) = until_done(classifier.weights.read_with_slots()).unwrap();
    State { parameters, slots, training: classifier.training(), ..State::default() }
}

fn two_good_epochs_survive(device: &Device) {
    let classifier = plain().on(device).unwrap();
    until_done(fit(device, &classifier, &stripes(), &options(2), &mut Watcher::default())).unwrap();
    let good = on_device(&classifier);
    assert_eq!((good.training.epochs, good.training.iteration, good.slots.len()), (2, 8, 2));
    let without_validation = || Dataset { validation: SplitData::default(), ..stripes() };
    let last_step = || FitOptions { steps_per_epoch: Some(1), ..wild(1) };
    let mid_epoch = "Training failed: the loss became NaN or infinite in epoch 1, step 2. The network was set back to \
                     how it was before this run. Use a smaller learning rate.";
    for (dataset, options, message) in [
        (stripes(), wild(3), mid_epoch.to_owned()),
        (without_validation(), wild(3), mid_epoch.to_owned()),
        (
            stripes(),
            last_step(),
            mid_epoch.replace("the loss", "the validation loss").replace("step 2", "step 1"),
        ),
        (without_validation(), last_step(), mid_epoch.replace("step 2", "step 1")),
    ] {
        let mut watcher = Watcher::default();
        let error = until_done(fit(device, &classifier, &dataset, &options, &mut watcher)).unwrap_err();
        assert_eq!(error.to_string(), message);
        let steps = options.steps_per_epoch.unwrap_or(4);
        let restored = Event::Restored { epoch: 0, step: 0, steps, trained_epochs: 2 };
        assert_eq!(watcher.events.last(), Some(&restored));
        assert_eq!(on_device(&classifier), good);
        assert_eq!(*until_done(classifier.state()), good);
    }
    // It goes on as if nothing had been.
    let other = plain().on(device).unwrap();
    for classifier in [&classifier, &other] {
        let epochs = if std::ptr::eq(classifier, &other) { 4 } else { 2 };
        until_done(fit(device, classifier, &stripes(), &options(epochs), &mut Watcher::default())).unwrap();
    }
    let (found, wanted) = (on_device(&classifier), on_device(&other));
    assert_eq!(found.training, wanted.training);
    crate::ops::tests::assert_close(&found.parameters, &wanted.parameters, 1e-5);
}

#[test]
fn two_good_epochs_survive_a_rate_that_is_too_large() {
    two_good_epochs_survive(&Device::cpu());
}

#[test]
fn a_stop_after_the_step_that_spoils_it_keeps_nothing_of_it() {
    let classifier = plain();
    let initial = on_device(&classifier);
    let mut watcher = Watcher { stop_after: Some(1), ..Watcher::default() };
    let error = now(fit(&Device::cpu(), &classifier, &stripes(), &wild(1), &mut watcher)).unwrap_err();
    assert!(matches!(error, TrainError::Diverged { what: Spoilt::Loss, epoch: 1, step: 1, .. }), "{error}");
    assert_eq!(on_device(&classifier), initial);
}

#[test]
fn where_the_validation_loss_alone_is_infinite_the_epoch_is_not_kept() {
    // Black photos to learn from, and kernels that only a black photo survives.
    let plain = untrained("softmax", 2);
    let mut state = (*plain.good()).clone();
    let kernel = plain.network.parameters()[0].range();
    state.parameters[kernel].fill(3e38);
    let mut dataset = stripes();
    let black = Photos { paths: vec!["black".into()], pixels: Pixels::new(vec![0; 100], 100) };
    let roster = Roster {
        classes: dataset.classes.clone(),
        places: vec![Place { class: Some(0), split: Some(Split::Train) }],
        ..Roster::default()
    };
    dataset.train = Dataset::new([10, 10, 1], black, roster, Vec::new(), None).train;
    let classifier = Classifier::of(&Device::cpu(), plain.model(&state)).unwrap();
    let mut watcher = Watcher::default();
    let error = now(fit(&Device::cpu(), &classifier, &dataset, &options(3), &mut watcher)).unwrap_err();
    let back = super::super::Place::default();
    let wanted = TrainError::Diverged { what: Spoilt::ValidationLoss, epoch: 1, step: 1, back };
    assert_eq!(error, wanted);
    assert_eq!(on_device(&classifier), state);
}

/// What a run of one long epoch says where step 23 makes a parameter NaN, and what it leaves.
fn spoilt_within(parameter: impl Fn(&Network) -> usize) -> (TrainError, State) {
    let classifier = untrained("softmax", 2);
    let spoil = || {
        let State { mut parameters, slots, .. } = on_device(&classifier);
        parameters[parameter(&classifier.network)] = f32::NAN;
        classifier.weights.write(&parameters, &slots).unwrap();
    };
    let mut meddler = Meddler::new(23, &spoil);
    let error = now(fit(&Device::cpu(), &classifier, &stripes(), &long(), &mut meddler)).unwrap_err();
    (error, on_device(&classifier))
}

fn long() -> FitOptions {
    FitOptions { steps_per_epoch: Some(40), seed: Some(2), ..options(1) }
}

#[test]
fn within_a_long_epoch_not_all_of_it_is_lost() {
    let clean = untrained("softmax", 2);
    let mut watcher = Watcher { stop_after: Some(20), ..Watcher::default() };
    now(fit(&Device::cpu(), &clean, &stripes(), &long(), &mut watcher)).unwrap();
    // The clock counts events, and a state is kept every five seconds: the one of step 20 has been proved by step 21.
    let back = super::super::Place { epoch: 0, step: 20 };
    let (error, state) = spoilt_within(|network| network.parameters().last().unwrap().offset);
    assert_eq!(error, TrainError::Diverged { what: Spoilt::Loss, epoch: 1, step: 24, back });
    assert!(error.to_string().contains("set back to epoch 1, step 20."), "{error}");
    assert_eq!(state, on_device(&clean));
    // Relu makes 0 of NaN, so no loss shows this one.
    let (error, state) = spoilt_within(|_| 0);
    assert_eq!(error, TrainError::Diverged { what: Spoilt::Parameters, epoch: 1, step: 25, back });
    assert_eq!(state, on_device(&clean));
}

#[test]
fn what_no_loss_has_seen_is_found_at_the_end_of_the_epoch() {
    let classifier = untrained("softmax", 2);
    // Between the parameters, where nothing is computed.
    let first = classifier.network.parameters()[0].range();
    let unseen = first.end;
    assert!(unseen < classifier.network.parameters()[1].offset);
    let spoil = || {
        let State { mut parameters, slots, .. } = on_device(&classifier);
        parameters[unseen] = f32::INFINITY;
        classifier.weights.write(&parameters, &slots).unwrap();
    };
    let mut meddler = Meddler::new(8, &spoil);
    let error = now(fit(&Device::cpu(), &classifier, &stripes(), &options(3), &mut meddler)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "Training failed: the network's parameters became NaN or infinite in epoch 2, step 4. The network was set \
         back to the end of epoch 1. Use a smaller learning rate."
    );
    assert_eq!(classifier.training().epochs, 1);
    assert!(on_device(&classifier).is_finite());
}

/// A file that others can cut short.
#[derive(Debug, Clone, Default)]
struct Disk(Rc<RefCell<Vec<u8>>>);

impl PackFile for Disk {
    fn read(&self, at: u64, into: &mut [u8]) -> Result<(), String> {
        let bytes = self.0.borrow();
        into.copy_from_slice(bytes.get(at as usize..at as usize + into.len()).ok_or("it is too short")?);
        Ok(())
    }

    fn write(&self, at: u64, bytes: &[u8]) -> Result<(), String> {
        let (mut file, end) = (self.0.borrow_mut(), at as usize + bytes.len());
        let len = file.len().max(end);
        file.resize(len, 0);
        file[at as usize..end].copy_from_slice(bytes);
        Ok(())
    }

    fn size(&self) -> Result<u64, String> {
        Ok(self.0.borrow().len() as u64)
    }

    fn truncate(&self, size: u64) -> Result<(), String> {
        self.0.borrow_mut().resize(size as usize, 0);
        Ok(())
    }

    fn flush(&self) -> Result<(), String> {
        Ok(())
    }
}

#[test]
fn photos_that_cannot_be_read_any_more_take_nothing_of_what_was_learnt() {
    let memory = stripes();
    let disk = Disk::default();
    let pack = Rc::new(Pack::open(Box::new(disk.clone()), Box::new(Disk::default()), 100).unwrap());
    let numbers = 0..memory.photos().paths.len();
    let put = |number: usize| {
        let pixels = memory.photos().pixels.of(number);
        pack.put(Key::of(&format!("{number}"), 100, None, pixels), pixels, 10).unwrap()
    };
    let slots = numbers.map(put).collect();
    pack.flush().unwrap();
    let photos = Photos { paths: memory.photos().paths.clone(), pixels: Pixels::stored(pack, slots) };
    let dataset = Dataset::new([10, 10, 1], photos, memory.roster().clone(), Vec::new(), None);
    let run = |stop_after, gone: bool| {
        let classifier = untrained("softmax", 2);
        let cut = || {
            if gone {
                disk.0.borrow_mut().clear()
            }
        };
        let mut meddler = Meddler::new(6, &cut);
        let mut watcher = Watcher { stop_after, ..Watcher::default() };
        let result = match gone {
            true => now(fit(&Device::cpu(), &classifier, &dataset, &options(3), &mut meddler)),
            false => now(fit(&Device::cpu(), &classifier, &dataset, &options(3), &mut watcher)),
        };
        assert_eq!(on_device(&classifier), *classifier.good());
        (result.map(|history| history.loss.len()), on_device(&classifier))
    };
    let (stopped, wanted) = run(Some(6), false);
    let (error, found) = run(None, true);
    assert_eq!(stopped, Ok(1));
    let error = error.unwrap_err();
    assert!(matches!(error, TrainError::Classifier(ClassifierError::Data(_))), "{error}");
    assert_eq!(found, wanted);
    assert_eq!((found.training.epochs, found.training.iteration), (1, 6));
}

#[test]
fn a_state_that_is_asked_for_in_a_run_is_of_that_moment_and_finite() {
    let classifier = untrained("softmax", 2);
    let asked = || {
        let state = now(classifier.state());
        assert_eq!(*state, on_device(&classifier));
        assert_eq!(state.training.iteration, 6);
        let mut spoilt = state.parameters.clone();
        spoilt[3] = f32::NAN;
        classifier.weights.write(&spoilt, &state.slots).unwrap();
        assert_eq!(now(classifier.state()).training.epochs, 1);
        assert!(now(classifier.state()).is_finite());
        classifier.weights.write(&state.parameters, &state.slots).unwrap();
    };
    now(fit(&Device::cpu(), &classifier, &stripes(), &options(2), &mut Meddler::new(6, &asked))).unwrap();
}

#[cfg(not(target_arch = "wasm32"))]
mod on_the_gpu {
    use super::*;
    use crate::device::DeviceError;
    use crate::device::gpu::Gpu;

    #[test]
    fn two_good_epochs_survive_there() {
        two_good_epochs_survive(&Device::Gpu(crate::ops::tests::gpu()));
    }

    #[test]
    fn a_gpu_that_is_lost_takes_nothing_along_but_the_epoch_under_way() {
        let gpu = until_done(Gpu::open()).unwrap();
        let device = Device::Gpu(gpu.clone());
        let classifier = untrained("softmax", 2).on(&device).unwrap();
        let lose = || gpu.lose();
        let mut meddler = Meddler::new(5, &lose);
        let error = until_done(fit(&device, &classifier, &stripes(), &options(3), &mut meddler)).unwrap_err();
        let TrainError::Lost { back, .. } = &error else { panic!("{error}") };
        assert_eq!((back.epoch, back.step), (1, 0));
        assert!(error.to_string().contains("The network was set back to the end of epoch 1."), "{error}");
        let lost = device.lost();
        assert!(matches!(lost, Some(DeviceError::Lost(_))), "{lost:?}");
        // Started again there, it says the same.
        let again = until_done(fit(&device, &classifier, &stripes(), &options(1), &mut Watcher::default()));
        assert!(matches!(
            again.unwrap_err(),
            TrainError::Classifier(ClassifierError::Device(DeviceError::Lost(_)))
        ));
        // And on the CPU it goes on from the end of that epoch.
        let state = until_done(classifier.state());
        assert_eq!((state.training.epochs, state.training.iteration), (1, 4));
        let moved = classifier.on(&Device::cpu()).unwrap();
        trained(&moved, &options(1)).unwrap();
        let clean = untrained("softmax", 2);
        trained(&clean, &options(2)).unwrap();
        let (found, wanted) = (on_device(&moved), on_device(&clean));
        assert_eq!(found.training, wanted.training);
        crate::ops::tests::assert_close(&found.parameters, &wanted.parameters, 2e-3);
    }
}
