//! A fit goes on from where the last one ended.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::*;
use crate::device::cpu::{self, tests::beside};
use crate::device::tests::until_done;
use crate::model::{RmsProp, Sgd};

fn optimizers() -> Vec<Optimizer> {
    vec![
        Optimizer::Adam(Adam { learning_rate: 0.02, ..Adam::default() }),
        Optimizer::RmsProp(RmsProp { momentum: 0.5, ..RmsProp::default() }),
        Optimizer::Sgd(Sgd { learning_rate: 0.05, momentum: 0.9, nesterov: true }),
    ]
}

/// Shuffled and augmented, and dropout is in the network.
fn all_drawn(epochs: u32, optimizer: Optimizer, steps_per_epoch: Option<u32>) -> FitOptions {
    let augmentation = Some(Augmentation { vertical_flip: true, ..Augmentation::cats_and_dogs() });
    FitOptions { optimizer, steps_per_epoch, augmentation, seed: Some(3), ..options(epochs) }
}

fn after(device: &Device, runs: &[FitOptions]) -> (Vec<f64>, State) {
    let plain = untrained("sigmoid", 1);
    let classifier = plain.on(device).unwrap();
    let mut losses = Vec::new();
    for options in runs {
        let mut watcher = Watcher::default();
        let history = until_done(fit(device, &classifier, &stripes(), options, &mut watcher)).unwrap();
        losses.extend(history.loss);
    }
    // What is on the device is what is known to be good.
    let (parameters, slots) = until_done(classifier.weights.read_with_slots()).unwrap();
    let state = State { parameters, slots, training: classifier.training(), ..State::default() };
    assert_eq!(state, *classifier.good());
    (losses, state)
}

fn three_and_three_are_six(device: &Device, same: impl Fn(&(Vec<f64>, State), &(Vec<f64>, State))) {
    for optimizer in optimizers() {
        // 50 photos in batches of 16 are four steps: seven go into a second pass, and three leave a rest.
        for steps_per_epoch in [None, Some(3), Some(7)] {
            let three = all_drawn(3, optimizer, steps_per_epoch);
            let six = after(device, &[all_drawn(6, optimizer, steps_per_epoch)]);
            let seam = after(device, &[three.clone(), three]);
            assert_eq!(seam.1.training, six.1.training);
            assert_eq!(six.1.training.epochs, 6);
            assert_eq!(six.1.training.iteration, 6 * steps_per_epoch.unwrap_or(4));
            assert_eq!(six.1.slots.len(), optimizer.slots());
            same(&seam, &six);
        }
    }
}

#[test]
fn three_epochs_and_three_are_six_to_the_bit() {
    three_and_three_are_six(&Device::cpu(), |seam, six| assert_eq!(seam, six));
}

#[test]
fn so_they_are_with_helpers() {
    let cpu = cpu::Cpu::default();
    cpu.join(beside(usize::MAX));
    cpu.join(beside(usize::MAX));
    three_and_three_are_six(&Device::Cpu(cpu), |seam, six| assert_eq!(seam, six));
}

#[test]
fn another_learning_rate_goes_on_and_another_optimizer_begins() {
    let adam = |learning_rate| Optimizer::Adam(Adam { learning_rate, ..Adam::default() });
    let device = Device::cpu();
    let run = |optimizer| all_drawn(1, optimizer, None);
    let (_, before) = after(&device, &[run(adam(0.02))]);
    let (_, slower) = after(&device, &[run(adam(0.02)), run(adam(0.01))]);
    assert_eq!(slower.training.iteration, 8);
    // So small a rate changes no parameter, and shows what became of the rest.
    let (_, still) = after(&device, &[run(adam(0.02)), run(adam(1e-30))]);
    assert_eq!((still.training.iteration, &still.parameters), (8, &before.parameters));
    assert_ne!(still.slots, before.slots);
    let other = Optimizer::Adam(Adam { learning_rate: 1e-30, beta_1: 0.8, ..Adam::default() });
    let (_, anew) = after(&device, &[run(adam(0.02)), run(other)]);
    assert_eq!((anew.training.iteration, &anew.parameters), (4, &before.parameters));
    let fresh = untrained("sigmoid", 1).on(&device).unwrap();
    fresh.weights.write(&before.parameters, &[]).unwrap();
    let training = Training { iteration: 0, optimizer: None, ..before.training.clone() };
    fresh.note(|now| *now = training);
    now(fit(&device, &fresh, &stripes(), &run(other), &mut Watcher::default())).unwrap();
    assert_eq!(*fresh.good(), anew);
    let (_, plain) = after(&device, &[run(adam(0.02)), run(Optimizer::Sgd(Sgd::default()))]);
    assert_eq!((plain.training.iteration, plain.training.epochs, plain.slots.len()), (4, 2, 0));
}

#[test]
fn initial_begins_wholly_anew() {
    let device = Device::cpu();
    let three = |steps| all_drawn(3, optimizers()[0], steps);
    for steps in [None, Some(3)] {
        let first = after(&device, &[three(steps)]);
        let (losses, again) = after(&device, &[three(Some(2)), FitOptions { initial: true, ..three(steps) }]);
        assert_eq!((&losses[3..], again), (&first.0[..], first.1));
    }
    assert!(serde_json::from_str::<FitOptions>(r#"{"initial":true}"#).unwrap().initial);
}

#[test]
fn a_run_that_was_stopped_is_not_shown_again() {
    let classifier = untrained("sigmoid", 1);
    // So small a step that the network stays as it is.
    let run = |stop_after, steps_per_epoch| {
        let mut watcher = Watcher { stop_after, ..Watcher::default() };
        let options = all_drawn(1, Optimizer::rmsprop(1e-30), steps_per_epoch);
        now(fit(&Device::cpu(), &classifier, &stripes(), &options, &mut watcher)).unwrap();
        let losses: Vec<f64> = watcher
            .events
            .iter()
            .filter_map(|event| if let Event::Step(step) = event { Some(step.batch_loss) } else { None })
            .collect();
        (losses, classifier.training())
    };
    let (first, training) = run(Some(2), None);
    assert_eq!((training.epochs, training.epochs_begun, training.iteration), (0, 1, 2));
    // Photos of an epoch are each shown once: a new pass begins.
    assert_eq!(training.position, Position { pass: 1, shown: 32, photos: 50 });
    let (second, training) = run(Some(2), None);
    assert!(first.iter().zip(&second).all(|(first, second)| (first - second).abs() > 1e-6));
    assert_eq!(training.position, Position { pass: 2, shown: 32, photos: 50 });
    // A number of steps goes on among them.
    let (_, training) = run(Some(1), Some(9));
    assert_eq!(training.position, Position { pass: 2, shown: 48, photos: 50 });
    let (_, training) = run(None, Some(2));
    assert_eq!(training.position, Position { pass: 3, shown: 16, photos: 50 });
    assert_eq!((training.epochs, training.epochs_begun, training.iteration), (1, 4, 7));
}

#[test]
fn a_position_in_other_photos_is_no_place_to_go_on_from() {
    let three = NonZeroUsize::new(3).unwrap();
    let next = |photos, from| {
        let mut feed = Feed::new(photos, three, (1, false), from);
        (feed.next().to_vec(), feed.advance())
    };
    let at = |pass, shown, photos| Position { pass, shown, photos };
    assert_eq!(next(8, at(4, 6, 8)), (vec![6, 7], at(4, 8, 8)));
    assert_eq!(next(8, at(4, 6, 9)), (vec![0, 1, 2], at(5, 3, 8)));
    assert_eq!(next(8, at(u32::MAX, u32::MAX, 8)), (vec![0, 1, 2], at(0, 3, 8)));
    assert_eq!(next(2, Position::default()), (vec![0, 1], at(1, 2, 2)));
}

#[test]
fn a_model_is_trained_by_one_run_at_a_time() {
    struct Second<'a>(&'a Classifier, Option<TrainError>);
    impl Observer for Second<'_> {
        fn event(&mut self, _: &Event) {}
    }
    impl Host for Second<'_> {
        fn seconds(&self) -> f64 {
            0.0
        }
        async fn turn(&mut self) -> Turn {
            let other = fit(&Device::cpu(), self.0, &stripes(), &options(1), &mut Watcher::default()).await;
            self.1 = other.err();
            Turn::Stop
        }
    }
    let classifier = untrained("sigmoid", 1);
    let mut second = Second(&classifier, None);
    now(fit(&Device::cpu(), &classifier, &stripes(), &options(1), &mut second)).unwrap();
    assert_eq!(second.1, Some(ClassifierError::Busy.into()));
    assert!(!classifier.is_busy());
    trained(&classifier, &options(1)).unwrap();
}

#[cfg(not(target_arch = "wasm32"))]
#[test]
fn on_a_gpu_three_and_three_are_six_within_rounding() {
    let device = Device::Gpu(crate::ops::tests::gpu());
    three_and_three_are_six(&device, |seam, six| {
        crate::ops::tests::assert_close(&seam.1.parameters, &six.1.parameters, 2e-3);
        for (seam, six) in seam.1.slots.iter().zip(&six.1.slots) {
            crate::ops::tests::assert_close(seam, six, 2e-3);
        }
        for (seam, six) in seam.0.iter().zip(&six.0) {
            assert!((seam / six - 1.0).abs() < 1e-3, "{seam} {six}");
        }
    });
}
