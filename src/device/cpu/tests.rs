#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::*;
use crate::device::tests::{augmentation, small_network, three_steps, until_done};
use crate::device::{Device, DeviceError, Program};
use crate::memory::tests::with_at_most;
use crate::model::{Loss, Network, Optimizer};
use crate::ops::tests::assert_close;
use crate::ops::{Io, Kernels, Operation};
use crate::plan::{Limits, Step, View};

/// A helper in this thread, which ends after so many orders.
#[derive(Debug)]
struct Beside {
    hand: RefCell<Hand>,
    orders_left: Cell<usize>,
}

impl Helper for Beside {
    fn order(&self, order: Order<'_>) -> Reply {
        let left = self.orders_left.get().checked_sub(1);
        self.orders_left.set(left.unwrap_or_default());
        let done = left
            .map(|_| copied(self.hand.borrow_mut().obey(order.task, order.images, &order.values.to_vec())));
        Box::pin(async { done.map(answer) })
    }
}

/// What a hand has done, to be sent.
type Copied = ([f32; METRIC_COLUMNS], Vec<f32>, Option<String>);

fn copied(done: Done<'_>) -> Copied {
    (done.metrics, done.values.to_vec(), done.error)
}

fn answer((metrics, values, error): Copied) -> Answer {
    Answer { metrics, values: Box::new(values), error }
}

pub(crate) fn beside(orders: usize) -> Box<dyn Helper> {
    Box::new(Beside { hand: RefCell::default(), orders_left: Cell::new(orders) })
}

fn alike(cpu: Cpu) {
    alike_within(cpu, Limits::default());
}

/// The same with plans within these limits.
fn alike_within(cpu: Cpu, limits: Limits) {
    let optimizer = Optimizer::rmsprop(1e-3);
    let alone = until_done(three_steps(&Device::cpu(), optimizer, Limits::default()));
    let shared = until_done(three_steps(&Device::Cpu(cpu), optimizer, limits));
    for (shared, alone) in shared.0.chunks(4).zip(alone.0.chunks(4)) {
        assert_close(&shared[..1], &alone[..1], 1e-5);
        assert_eq!(shared[1..], alone[1..]);
    }
    for tensor in small_network().parameters() {
        assert_close(&shared.1[tensor.range()], &alone.1[tensor.range()], 1e-5);
    }
    assert_close(&shared.2, &alone.2, 1e-5);
}

#[test]
fn helpers_change_nothing_but_rounding() {
    for helpers in 1..=3 {
        let cpu = Cpu::default();
        for _ in 0..helpers {
            cpu.join(beside(usize::MAX));
        }
        assert_eq!(cpu.workers(), 1 + helpers);
        alike(cpu);
    }
}

#[test]
fn the_share_of_a_helper_that_ends_is_not_lost() {
    for orders in 0..14 {
        let cpu = Cpu::default();
        cpu.join(beside(orders));
        cpu.join(beside(usize::MAX));
        alike(cpu.clone());
        // Three batches and an evaluation: a program twice, parameters four times, four runs, and what is forgotten.
        assert_eq!(cpu.workers(), if orders < 10 { 2 } else { 3 }, "{orders}");
    }
}

const TRAIN: Goal = Goal::Train(
    Loss::CategoricalCrossentropy,
    Optimizer::RmsProp(crate::model::RmsProp { learning_rate: 1e-3, rho: 0.9, momentum: 0.0, epsilon: 1e-7 }),
);

/// A plan that runs seven photos one by one.
fn one_by_one() -> Plan {
    Plan::in_parts(&small_network(), 7, 7, TRAIN, Some(&augmentation()))
}

#[test]
fn a_device_with_little_memory_takes_the_same_steps_in_parts() {
    let memory = one_by_one().cpu_bytes();
    for helpers in 0..=2 {
        for orders in [6, usize::MAX] {
            let cpu = Cpu::with_memory(memory);
            for _ in 0..helpers {
                cpu.join(beside(orders));
            }
            let limits = Device::Cpu(cpu.clone()).limits();
            assert_eq!(limits, Limits { buffer: None, memory: Some(memory) });
            // Shares of a third are cut, too.
            for photos in [7, 3] {
                let plan = Plan::augmented(&small_network(), photos, TRAIN, Some(&augmentation()), limits);
                assert!(plan.unwrap().micro_batch < photos);
            }
            alike_within(cpu, limits);
        }
    }
}

#[test]
fn a_part_takes_what_its_plan_says() {
    for goal in [Goal::Predict, TRAIN] {
        let plan = Rc::new(Plan::new(&small_network(), 3, goal).unwrap());
        let mut part = Part::new(Rc::clone(&plan), &Rc::default()).unwrap();
        assert_eq!(part.bytes(), plan.cpu_bytes());
        let images = vec![9; 3 * plan.image_len];
        let mut parameters = small_network().initial_parameters(1);
        let (labels, weights, samples) = ([0, 1, 2], [1.0; 3], [0, 1, 2]);
        let batch = Batch { images: &images, labels: &labels, weights: &weights, samples: &samples };
        part.run(&mut parameters, &batch, &StepParams::default());
        part.update(&mut parameters, &mut Vec::new(), &StepParams::default());
        // Nothing grew in the step.
        assert_eq!(part.bytes(), plan.cpu_bytes());
    }
}

#[test]
fn where_memory_is_taken_smaller_parts_do_or_the_bytes_are_told() {
    let plan = || Plan::within(&small_network(), 7, TRAIN, Device::cpu().limits()).unwrap();
    let device = Device::cpu();
    let weights = device.weights(&small_network().initial_parameters(3), &Rc::default()).unwrap();
    let largest_piece = |plan: &Plan| {
        let lens = plan.buffers.iter().map(|buffer| buffer.len as u64);
        4 * lens.chain(plan.cpu_scratch()).max().unwrap()
    };
    // Not all pieces for the whole batch can be had, but those for fewer photos.
    let most = largest_piece(&one_by_one());
    assert!(most < largest_piece(&plan()));
    let smaller = with_at_most(most, || until_done(device.assemble(plan(), &weights)).unwrap());
    let Program::Cpu(program) = &smaller else { panic!("another device's program") };
    assert!(program.part.plan.micro_batch < 7 && smaller.plan().batch == 7);
    let error = with_at_most(100, || until_done(device.assemble(plan(), &weights)).unwrap_err());
    assert!(matches!(error, DeviceError::Memory(bytes) if bytes > 100 && bytes <= plan().cpu_bytes()));
    assert!(error.to_string().contains("needs 1 MiB of memory"), "{error}");
    // The device goes on.
    assert!(until_done(device.assemble(plan(), &weights)).is_ok());
    let error = with_at_most(100, || device.weights(&[0.0; 100], &Rc::default()).unwrap_err());
    assert_eq!(error, DeviceError::Memory(400));
}

#[test]
fn a_helper_without_memory_leaves_its_share_to_this_thread() {
    #[derive(Debug)]
    struct Full(Box<dyn Helper>);
    impl Helper for Full {
        fn order(&self, order: Order<'_>) -> Reply {
            with_at_most(100, || self.0.order(order))
        }
    }
    let cpu = Cpu::default();
    cpu.join(Box::new(Full(beside(usize::MAX))));
    alike(cpu);
}

#[test]
fn helpers_forget_what_is_gone() {
    #[derive(Debug)]
    struct Watched(Rc<RefCell<Vec<Task>>>, Box<dyn Helper>);
    impl Helper for Watched {
        fn order(&self, order: Order<'_>) -> Reply {
            self.0.borrow_mut().push(order.task.clone());
            self.1.order(order)
        }
    }
    let tasks = Rc::new(RefCell::new(Vec::new()));
    let cpu = Cpu::default();
    cpu.join(Box::new(Watched(Rc::clone(&tasks), beside(usize::MAX))));
    alike(cpu);
    let tasks = tasks.borrow();
    let count = |wanted: fn(&Task) -> bool| tasks.iter().filter(|task| wanted(task)).count();
    let made = count(|task| matches!(task, Task::Program { .. }));
    assert_eq!(made, 2);
    assert_eq!(count(|task| matches!(task, Task::Forget(_))), made + 1, "{tasks:?}");
    // Parameters are sent when they have changed, not with each run.
    assert_eq!(count(|task| matches!(task, Task::Parameters { .. })), 4);
}

#[test]
fn what_a_hand_does_not_know_it_refuses() {
    let task = Task::Run {
        program: 1,
        parameters: 2,
        labels: Vec::new(),
        weights: Vec::new(),
        samples: Vec::new(),
        step: [0; 8],
    };
    assert!(Hand::default().obey(task, &[], &Vec::new()).error.is_some());
}

#[cfg(not(target_arch = "wasm32"))]
mod threads {
    use std::sync::mpsc;
    use std::thread;

    use futures_channel::oneshot;

    use super::*;

    /// A helper with a thread of its own.
    #[derive(Debug)]
    struct Thread(mpsc::Sender<Sent>);

    /// An order's pieces, and who waits for what comes of it.
    type Sent = (Task, Vec<u8>, Vec<f32>, oneshot::Sender<Copied>);

    impl Thread {
        fn start() -> Self {
            let (orders, received) = mpsc::channel::<Sent>();
            thread::spawn(move || {
                let mut hand = Hand::default();
                for (task, images, values, answered) in received {
                    // Nobody waits for the answers to some orders.
                    let _ = answered.send(copied(hand.obey(task, &images, &values)));
                }
            });
            Self(orders)
        }
    }

    impl Helper for Thread {
        fn order(&self, order: Order<'_>) -> Reply {
            let (answered, done) = oneshot::channel();
            self.0.send((order.task, order.images.to_vec(), order.values.to_vec(), answered)).unwrap();
            Box::pin(async { done.await.ok().map(answer) })
        }
    }

    #[test]
    fn threads_of_their_own_change_nothing_either() {
        let cpu = Cpu::default();
        cpu.join(Box::new(Thread::start()));
        cpu.join(Box::new(Thread::start()));
        alike(cpu);
    }
}

/// Writes 1, 2, ... to its outputs.
#[derive(Debug)]
struct Numbering;

impl Operation for Numbering {
    fn label(&self) -> String {
        "numbering".into()
    }

    fn cpu(&self, _: &StepParams, io: &mut Io<'_>) {
        for (values, number) in io.outputs.iter_mut().zip(1_u16..) {
            values.fill(f32::from(number));
        }
    }

    fn gpu(&self) -> Kernels {
        Kernels::default()
    }
}

#[test]
fn a_step_may_write_several_parts_of_one_buffer() {
    let view = |buffer, offset, len| View { buffer, offset, len };
    let outputs = vec![view(1, 4, 2), view(0, 0, 3), view(1, 0, 1), view(1, 6, 1)];
    let step = Step { operation: Box::new(Numbering), inputs: Vec::new(), outputs };
    let mut buffers = vec![vec![0.0; 3], vec![0.0; 8]];
    part::run(&step, &StepParams::default(), &mut buffers, None, &mut Default::default());
    assert_eq!(buffers, [vec![2.0; 3], vec![3.0, 0.0, 0.0, 0.0, 1.0, 1.0, 4.0, 0.0]]);
}

/// Passes orders on, and counts the values that go over with each and come back.
#[derive(Debug)]
struct Counting {
    helper: Box<dyn Helper>,
    sent: Rc<RefCell<Vec<usize>>>,
    came_back: Rc<Cell<usize>>,
}

impl Helper for Counting {
    fn order(&self, order: Order<'_>) -> Reply {
        self.sent.borrow_mut().push(order.values.len());
        let (reply, came_back) = (self.helper.order(order), Rc::clone(&self.came_back));
        Box::pin(async move {
            let answer = reply.await?;
            came_back.set(came_back.get() + answer.values.count());
            Some(answer)
        })
    }
}

/// VGG16's convolutions with poolings, and a head of two layers.
fn vgg16_with_head(trainable: bool) -> Network {
    let mut layers = Vec::new();
    for (filters, convolutions) in [(64, 2), (128, 2), (256, 3), (512, 3), (512, 3)] {
        let conv = format!(
            r#"{{"class_name":"Conv2D","config":{{"filters":{filters},"padding":"same","activation":"relu",
                "trainable":{trainable}}}}}"#
        );
        layers.extend(std::iter::repeat_n(conv, convolutions));
        layers.push(r#"{"class_name":"MaxPooling2D"}"#.to_owned());
    }
    layers.push(
        r#"{"class_name":"Flatten"},{"class_name":"Dense","config":{"units":256,"activation":"relu"}},
           {"class_name":"Dense","config":{"activation":"sigmoid"}}"#
            .to_owned(),
    );
    let layers = serde_json::from_str(&format!("[{}]", layers.join(","))).unwrap();
    Network::new("vgg16", [32, 32, 3], layers).unwrap()
}

#[test]
fn frozen_parameters_go_to_a_helper_once() {
    let network = vgg16_with_head(false);
    // The head: 512 values of 1x1 pixel, 256 units, 1 unit, each at a multiple of 64.
    let head = 512 * 256 + 256 + 256 + 64;
    assert_eq!(network.parameter_words(), head);
    let (sent, came_back): (Rc<RefCell<Vec<usize>>>, Rc<Cell<usize>>) = Default::default();
    let cpu = Cpu::default();
    let helper =
        Counting { helper: beside(usize::MAX), sent: Rc::clone(&sent), came_back: Rc::clone(&came_back) };
    cpu.join(Box::new(helper));
    let frozen = Rc::new(network.initial_frozen(1));
    let device = Device::Cpu(cpu);
    let weights = device.weights(&network.initial_parameters(1), &frozen).unwrap();
    let goal = Goal::Train(Loss::BinaryCrossentropy, Optimizer::rmsprop(1e-3));
    let plan = Plan::new(&network, 2, goal).unwrap();
    let mut program = until_done(device.program(plan, &weights)).unwrap();
    let images = vec![100; 2 * 32 * 32 * 3];
    let batch = Batch { images: &images, labels: &[0, 1], weights: &[1.0; 2], samples: &[0, 1] };
    let step = StepParams { scale: 0.5, rate: 1e-3, ..StepParams::default() };
    let mut of_steps = Vec::new();
    for _ in 0..3 {
        until_done(program.run(&batch, &step)).unwrap();
        of_steps.push((sent.take(), came_back.take()));
    }
    // Before its first share: the frozen ones, a program, the head; behind it the head as the step left it.
    assert_eq!(of_steps[0], (vec![frozen.len(), 0, head, 0, head], head));
    assert_eq!(frozen.len(), 14_714_688);
    for of_step in &of_steps[1..] {
        assert_eq!(*of_step, (vec![0, head], head));
    }
    // Where all of it is trained, all of it goes over.
    assert_eq!(vgg16_with_head(true).parameter_words(), frozen.len() + head);
}
