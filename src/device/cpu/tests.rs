#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::*;
use crate::device::Device;
use crate::device::tests::{small_network, three_steps, until_done};
use crate::model::Optimizer;
use crate::ops::tests::assert_close;

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
    let optimizer = Optimizer::rmsprop(1e-3);
    let alone = until_done(three_steps(&Device::cpu(), optimizer, None));
    let shared = until_done(three_steps(&Device::Cpu(cpu), optimizer, None));
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
