#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::*;
use crate::model::{Layer, Recipe, Region};

pub(crate) fn network(input_shape: [usize; 3], layers: &str) -> Network {
    let layers: Vec<Layer> = serde_json::from_str(layers).unwrap();
    Network::new("net", input_shape, layers).unwrap()
}

fn plans() -> Vec<Plan> {
    let train = Goal::Train(Loss::BinaryCrossentropy, Optimizer::rmsprop(1e-4));
    let book = Recipe::CatsAndDogsSmall.network([64, 64, 3], 2).unwrap();
    let dropped = network(
        [6, 6, 2],
        r#"[{"class_name":"MaxPooling2D"},{"class_name":"Dropout"},{"class_name":"Conv2D","config":{"filters":3,
            "kernel_size":2,"activation":"softmax"}},{"class_name":"Flatten"},{"class_name":"Dropout"},
            {"class_name":"Dense","config":{"units":1,"activation":"sigmoid"}}]"#,
    );
    [book, dropped]
        .iter()
        .flat_map(|network| {
            [Goal::Predict, Goal::Evaluate(Loss::BinaryCrossentropy), train]
                .map(|goal| Plan::new(network, 4, goal).unwrap())
        })
        .collect()
}

#[test]
fn no_step_reads_a_buffer_that_it_writes() {
    for plan in plans() {
        for step in &plan.steps {
            for output in &step.outputs {
                assert!(step.inputs.iter().all(|input| input.buffer != output.buffer), "{step:?}");
                assert_eq!(step.outputs.iter().filter(|other| other.buffer == output.buffer).count(), 1);
            }
        }
    }
}

#[test]
fn views_lie_in_their_buffers_where_a_gpu_can_bind_them() {
    for plan in plans() {
        for view in plan.steps.iter().flat_map(|step| step.inputs.iter().chain(&step.outputs)) {
            assert!(view.len > 0 && view.offset + view.len <= plan.buffers[view.buffer].len);
            assert_eq!(view.offset % 64, 0);
        }
    }
}

#[test]
fn nothing_is_read_that_nobody_wrote() {
    for plan in plans() {
        let mut written = vec![false; plan.buffers.len()];
        for step in &plan.steps {
            for input in &step.inputs {
                let by_host = !matches!(
                    plan.buffers[input.buffer].role,
                    Role::Activations | Role::Gradients | Role::Metrics | Role::Probabilities
                );
                assert!(by_host || written[input.buffer], "{step:?}");
            }
            for output in &step.outputs {
                written[output.buffer] = true;
            }
        }
    }
}

/// The buffers of short-lived values, in bytes.
fn activation_bytes(plan: &Plan) -> usize {
    let short = plan.buffers.iter().filter(|buffer| buffer.role == Role::Activations);
    short.map(|buffer| buffer.len * 4).sum()
}

#[test]
fn sharing_saves_memory() {
    let network = Recipe::CatsAndDogsSmall.network([150, 150, 3], 2).unwrap();
    let plan = |goal| Plan::new(&network, 20, goal).unwrap();
    let predict = plan(Goal::Predict);
    // Two buffers suffice: the first pooled output, and the photos or the second pooled output beside it.
    assert_eq!(activation_bytes(&predict), 20 * 4 * (32 * 74 * 74 + 64 * 36 * 36));
    let train = plan(Goal::Train(Loss::BinaryCrossentropy, Optimizer::rmsprop(1e-4)));
    // A convolution under a pooling makes neither its output nor its output's gradient.
    let share = activation_bytes(&train) as f64 / train.unshared_bytes as f64;
    assert!(share < 0.3, "{share}");
}

#[test]
fn no_gradient_is_computed_below_the_first_layer_with_parameters() {
    let network = Recipe::Digits.network([28, 28, 1], 10).unwrap();
    let plan =
        Plan::new(&network, 4, Goal::Train(Loss::CategoricalCrossentropy, Optimizer::rmsprop(1e-3))).unwrap();
    let count = |label: &str| plan.steps.iter().filter(|step| step.operation.label() == label).count();
    assert_eq!(count("conv2d + max_pool2d forward"), 2);
    assert_eq!(count("conv2d forward"), 1);
    assert_eq!(count("max_pool2d gradient"), 0);
    assert_eq!(count("conv2d kernel gradient"), 3);
    assert_eq!(count("conv2d input gradient"), 2);
    assert_eq!(count("bias gradient"), 5);
}

#[test]
fn only_training_photos_are_augmented_and_only_where_it_is_asked_for() {
    let network = Recipe::CatsAndDogsSmall2.network([64, 64, 3], 2).unwrap();
    let (book, idle) = (Augmentation::cats_and_dogs(), Augmentation::default());
    let first = |goal, augmentation| {
        let plan = Plan::augmented(&network, 4, goal, augmentation, Limits::default()).unwrap();
        (plan.steps[0].operation.label(), plan.buffer(Role::Transforms).map(|at| plan.buffers[at].len))
    };
    assert_eq!(first(TRAIN, Some(&book)), ("augment".into(), Some(32)));
    let plain = ("rescale".to_owned(), None);
    assert_eq!(first(TRAIN, None), plain);
    assert_eq!(first(TRAIN, Some(&idle)), plain);
    assert_eq!(first(Goal::Evaluate(Loss::BinaryCrossentropy), Some(&book)), plain);
    assert_eq!(first(Goal::Predict, Some(&book)), plain);
    let share = Plan::augmented(&network, 4, TRAIN, Some(&book), Limits::default()).unwrap();
    let share = share.resized(2, Limits::default()).unwrap().unwrap();
    assert_eq!((share.batch, share.augmentation), (2, Some(book)));
    let wrong = Augmentation { shear_range: 100.0, ..book };
    let error = Plan::augmented(&network, 4, TRAIN, Some(&wrong), Limits::default()).unwrap_err().to_string();
    assert_eq!(error, "augmentation: shear_range is 100; it must be from 0 to 89");
    let layers = r#"[{"class_name":"Flatten"},{"class_name":"Dense","config":{"activation":"sigmoid"}}]"#;
    let odd = self::network([8, 8, 2], layers);
    let error = Plan::augmented(&odd, 4, TRAIN, Some(&book), Limits::default()).unwrap_err();
    assert_eq!(error, PlanError::Channels { channels: 2 });
}

#[test]
fn what_does_not_go_together_is_refused() {
    let network = Recipe::Digits.network([28, 28, 1], 10).unwrap();
    let error = |batch, goal| Plan::new(&network, batch, goal).unwrap_err().to_string();
    assert!(error(0, Goal::Predict).contains("at least 1"));
    assert!(error(usize::MAX, Goal::Predict).contains("smaller batch size"));
    let binary = error(1, Goal::Evaluate(Loss::BinaryCrossentropy));
    assert_eq!(
        binary,
        "binary_crossentropy wants \"sigmoid\" as the last layer's activation, not \"softmax\""
    );
    let rate = error(1, Goal::Train(Loss::CategoricalCrossentropy, Optimizer::rmsprop(-1.0)));
    assert!(rate.contains("learning_rate"), "{rate}");
}

fn vgg16_first_block() -> Network {
    let conv = r#"{"class_name":"Conv2D","config":{"filters":64,"padding":"same","activation":"relu"}}"#;
    let rest = r#"{"class_name":"MaxPooling2D"},{"class_name":"Flatten"},{"class_name":"Dense","config":{"activation":"sigmoid"}}"#;
    network([150, 150, 3], &format!("[{conv},{conv},{rest}]"))
}

/// Of a device whose buffers may take so many bytes.
fn buffers(bytes: u64) -> Limits {
    Limits { buffer: Some(bytes), memory: None }
}

/// Of a device that may use so much memory.
fn memory(bytes: u64) -> Limits {
    Limits { buffer: None, memory: Some(bytes) }
}

const TRAIN: Goal = Goal::Train(
    Loss::BinaryCrossentropy,
    Optimizer::Sgd(crate::model::Sgd { learning_rate: 0.1, momentum: 0.0, nesterov: false }),
);

#[test]
fn a_batch_beyond_the_limit_is_cut_into_the_fewest_parts_that_fit() {
    let network = vgg16_first_block();
    let plan =
        |batch, goal, buffer| Plan::within(&network, batch, goal, Limits { buffer, memory: None }).unwrap();
    let mib_128 = Some(128 << 20);
    // A convolution's output takes 5.76 MB a photo: 23 of them fit.
    for goal in [Goal::Predict, Goal::Evaluate(Loss::BinaryCrossentropy), TRAIN] {
        let sizes = |batch, limit| {
            let plan = plan(batch, goal, limit);
            (plan.batch, plan.micro_batch, plan.parts(batch).collect::<Vec<_>>())
        };
        assert_eq!(sizes(23, mib_128), (23, 23, vec![0]));
        assert_eq!(sizes(24, mib_128), (24, 12, vec![0, 12]));
        assert_eq!(sizes(100, mib_128), (100, 20, vec![0, 20, 40, 60, 80]));
        assert_eq!(sizes(24, None), (24, 24, vec![0]));
        let cut = plan(24, goal, mib_128);
        assert!(cut.buffers.iter().all(|buffer| buffer.len * 4 <= 128 << 20));
    }
}

#[test]
fn a_plan_that_takes_more_memory_than_there_may_be_is_cut() {
    let network = Recipe::CatsAndDogsSmall.network([150, 150, 3], 2).unwrap();
    let gib = 1 << 30;
    let train = Goal::Train(Loss::BinaryCrossentropy, Optimizer::rmsprop(1e-4));
    assert!(Plan::new(&network, 1000, train).unwrap().cpu_bytes() > 3 * gib);
    for goal in [Goal::Predict, Goal::Evaluate(Loss::BinaryCrossentropy), train] {
        let cut = Plan::within(&network, 2000, goal, memory(gib)).unwrap();
        assert_eq!(cut.batch, 2000);
        assert!(cut.cpu_bytes() <= gib, "{}", cut.cpu_bytes());
        // In one part less it would not fit.
        let fewer = 2000_usize.div_ceil(cut.parts(2000).count() - 1);
        assert!(Plan::within(&network, fewer, goal, memory(gib)).unwrap().micro_batch < fewer);
        assert_eq!(Plan::within(&network, 20, goal, memory(gib)).unwrap().micro_batch, 20);
    }
}

/// Layers of which a single photo takes more than any machine has: their description is short.
fn enormous(filters: usize) -> Network {
    let conv = |filters| {
        format!(
            r#"{{"class_name":"Conv2D","config":{{"filters":{filters},"kernel_size":1,"padding":"same"}}}}"#
        )
    };
    let rest = r#"{"class_name":"MaxPooling2D","config":{"pool_size":512}},{"class_name":"Flatten"},
        {"class_name":"Dense","config":{"units":2,"activation":"softmax"}}"#;
    network([512, 512, 3], &format!("[{},{},{},{rest}]", conv(filters), conv(filters), conv(2)))
}

#[test]
fn what_takes_too_much_memory_photo_by_photo_is_refused_with_its_bytes() {
    let error =
        |network: &Network, batch, limits| Plan::within(network, batch, Goal::Predict, limits).unwrap_err();
    // Two outputs of 512 x 512 x 700 values at a time.
    let large = error(&enormous(700), 1, memory(1 << 30));
    let PlanError::PhotoTooLarge { needed, limit } = large else { panic!("{large}") };
    assert!((needed as f64 / (2.0 * 4.0 * 512.0 * 512.0 * 700.0) - 1.0).abs() < 0.05, "{needed}");
    assert_eq!(limit, 1 << 30);
    assert_eq!(
        large.to_string(),
        format!(
            "even photo by photo this needs {} MiB of memory, and this device may use 1024 MiB; use smaller images or \
             a smaller network",
            needed.div_ceil(1 << 20)
        )
    );
    assert_eq!(error(&enormous(700), 32, memory(1 << 30)), large);
    // What 32 bits cannot count is not counted in 32 bits.
    for limits in [memory(1 << 30), buffers(128 << 20), Limits::default()] {
        let huge = error(&enormous(4095), 1, limits);
        let PlanError::PhotoTooLarge { needed, .. } = huge else { panic!("{huge}") };
        assert_eq!(needed >> 30, 8, "{needed}");
    }
    // A padded window as large as the parameters may be.
    let wide = r#"[{"class_name":"Conv2D","config":{"filters":1,"kernel_size":[4000,4000],"padding":"same"}},
        {"class_name":"Conv2D","config":{"filters":1,"kernel_size":1,"strides":4294967295}},
        {"class_name":"Flatten"},{"class_name":"Dense","config":{"units":2,"activation":"softmax"}}]"#;
    let wide = network([8, 8, 1], wide);
    assert!(Plan::new(&wide, 1, Goal::Predict).unwrap().cpu_bytes() > 4 * 4000 * 4000);
    assert!(matches!(error(&wide, 1, memory(1 << 20)), PlanError::PhotoTooLarge { .. }));
}

#[test]
fn a_batch_that_cannot_be_gathered_is_refused_with_its_bytes() {
    let layers = r#"[{"class_name":"MaxPooling2D","config":{"pool_size":64}},{"class_name":"Flatten"},
        {"class_name":"Dense","config":{"activation":"sigmoid"}}]"#;
    let network = network([512, 512, 3], layers);
    for limits in [memory(1 << 30), buffers(128 << 20), Limits::default()] {
        let error = Plan::within(&network, 20_000, TRAIN, limits).unwrap_err();
        assert_eq!(
            error.to_string(),
            "a batch of 20000 photos takes 15001 MiB as pixels alone, and may take 1024 MiB; use a smaller batch size"
        );
        let error = Plan::within(&network, usize::MAX, TRAIN, limits).unwrap_err();
        assert!(matches!(error, PlanError::BatchTooLarge { .. }), "{error}");
    }
}

#[test]
fn a_cut_plan_adds_its_gradients_up_before_the_one_update() {
    let network = vgg16_first_block();
    let cut = Plan::within(&network, 24, TRAIN, buffers(128 << 20)).unwrap();
    let labels = |plan: &Plan| plan.steps.iter().map(|step| step.operation.label()).collect::<Vec<_>>();
    assert_eq!(labels(&cut)[cut.steps_a_part - 1..], ["accumulate", "sgd"]);
    let (sums, update) = (cut.buffer(Role::GradientSums).unwrap(), &cut.steps[cut.steps_a_part]);
    assert_eq!(update.inputs[0].buffer, sums);
    let whole = Plan::new(&network, 24, TRAIN).unwrap();
    assert_eq!(labels(&whole)[whole.steps_a_part..], ["sgd"]);
    assert!(!labels(&whole).contains(&"accumulate".into()));
    assert_eq!(whole.buffer(Role::GradientSums), None);
}

#[test]
fn a_short_batch_takes_only_the_parts_it_needs() {
    let plan = Plan::within(&vgg16_first_block(), 24, TRAIN, buffers(40 << 20)).unwrap();
    assert_eq!(plan.micro_batch, 6);
    assert_eq!(plan.parts(13).collect::<Vec<_>>(), [0, 6, 12]);
    assert_eq!(plan.parts(6).collect::<Vec<_>>(), [0]);
    assert_eq!(plan.parts(0).collect::<Vec<_>>(), [0]);
}

#[test]
fn what_does_not_fit_photo_by_photo_is_refused() {
    let network = vgg16_first_block();
    let error = Plan::within(&network, 24, TRAIN, buffers(5 << 20)).unwrap_err();
    assert_eq!(error, PlanError::BufferTooLarge { needed: 6, limit: 5 });
    assert!(error.to_string().contains("smaller images"), "{error}");
    // Values that 32 bits cannot count in one piece.
    let many = Plan::within(&network, 1 << 10, Goal::Predict, Limits::default()).unwrap();
    assert_eq!(many.parts(1 << 10).count(), 2);
    assert_eq!(Plan::within(&network, 0, TRAIN, Limits::default()).unwrap_err(), PlanError::EmptyBatch);
}

#[test]
fn no_gradient_is_computed_of_what_is_frozen_or_below_it() {
    let conv = |name: &str, trainable: bool| {
        format!(
            r#"{{"class_name":"Conv2D","config":{{"name":"{name}","filters":4,"padding":"same","activation":"relu",
               "trainable":{trainable}}}}}"#
        )
    };
    let head = r#"{"class_name":"Flatten"},{"class_name":"Dense","config":{"activation":"sigmoid"}}"#;
    let labels = |a, b, c| {
        let layers = format!("[{},{},{},{head}]", conv("a", a), conv("b", b), conv("c", c));
        let network = network([8, 8, 3], &layers);
        let plan = Plan::new(&network, 4, TRAIN).unwrap();
        let count = |label: &str| plan.steps.iter().filter(|step| step.operation.label() == label).count();
        let gradients = plan.buffer(Role::Gradients).map(|at| plan.buffers[at].len);
        assert_eq!(gradients, Some(network.parameter_words()));
        let kernels = ["conv2d kernel gradient", "conv2d input gradient", "relu gradient"];
        kernels.map(count)
    };
    assert_eq!(labels(true, true, true), [3, 2, 3]);
    assert_eq!(labels(true, false, true), [2, 2, 3]);
    assert_eq!(labels(false, true, true), [2, 1, 2]);
    assert_eq!(labels(false, false, true), [1, 0, 1]);
    assert_eq!(labels(false, false, false), [0, 0, 0]);
}

#[test]
fn a_frozen_batch_norm_and_relu6_are_one_step_with_their_convolution() {
    let layers = |trainable: bool| {
        format!(
            r#"[{{"class_name":"Conv2D","config":{{"filters":4,"use_bias":false,"trainable":{trainable}}}}},
                {{"class_name":"BatchNormalization","config":{{"trainable":{trainable}}}}},
                {{"class_name":"ReLU","config":{{"max_value":6}}}},
                {{"class_name":"Flatten"}},{{"class_name":"Dense","config":{{"activation":"sigmoid"}}}}]"#
        )
    };
    let labels = |trainable, goal| {
        let plan = Plan::new(&network([8, 8, 3], &layers(trainable)), 4, goal).unwrap();
        plan.steps.iter().map(|step| step.operation.label()).collect::<Vec<_>>()
    };
    let predicted = ["rescale", "batch_norm fold", "conv2d forward", "dense forward", "sigmoid forward"];
    assert_eq!(labels(false, Goal::Predict), predicted);
    assert_eq!(labels(true, Goal::Predict), predicted);
    let trained = labels(true, TRAIN);
    assert_eq!(
        trained[1..6],
        ["conv2d forward", "batch_norm forward", "batch_norm share", "batch_norm share", "relu forward"]
    );
    assert_eq!(
        trained[trained.len() - 3..],
        ["sgd", "batch_norm moving average", "batch_norm moving average"]
    );
}

#[test]
fn a_value_that_others_read_is_not_fused_away() {
    let layers = r#"[{"class_name":"Conv2D","config":{"name":"conv","filters":4,"padding":"same"}},
        {"class_name":"MaxPooling2D","config":{"name":"pool","pool_size":1},"inbound":["conv"]},
        {"class_name":"Add","inbound":["pool","conv"]},{"class_name":"Flatten"},
        {"class_name":"Dense","config":{"activation":"sigmoid"}}]"#;
    let layers = serde_json::from_str(layers).unwrap();
    let network = Network::graph("net", [8, 8, 3], layers).unwrap();
    let plan = Plan::new(&network, 4, TRAIN).unwrap();
    let labels: Vec<String> = plan.steps.iter().map(|step| step.operation.label()).collect();
    let forward = ["conv2d forward", "max_pool2d forward", "add", "dense forward"];
    assert_eq!(labels[1..5], forward);
    // The convolution's gradient is the sum of what comes through the pooling and past it.
    assert_eq!(labels.iter().filter(|label| *label == "add").count(), 2);
}

#[test]
fn a_network_of_which_nothing_is_trained_is_refused() {
    let layers = r#"[{"class_name":"Flatten"},
        {"class_name":"Dense","config":{"activation":"sigmoid","trainable":false}}]"#;
    let network = network([8, 8, 3], layers);
    assert_eq!(network.words(Region::Trainable), 0);
    assert_eq!(Plan::new(&network, 4, TRAIN).unwrap_err(), PlanError::NothingTrained);
    Plan::new(&network, 4, Goal::Evaluate(Loss::BinaryCrossentropy)).unwrap();
}
