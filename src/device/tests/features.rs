//! A network in two pieces: what its frozen layers make of photos, and the rest of it trained on that.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::*;
use crate::device::cpu::tests::beside;
use crate::model::GraphLayer;
use crate::ops::tests::assert_close;
use crate::plan::Spec;

/// A residual block, a batch norm and a pooling, frozen, behind which a convolution, a batch norm and a head with dropout train.
fn half_frozen() -> Network {
    let layers: Vec<GraphLayer> = serde_json::from_str(
        r#"[{"class_name":"Conv2D","config":{"name":"a","filters":8,"padding":"same","trainable":false}},
            {"class_name":"BatchNormalization","config":{"trainable":false}},
            {"class_name":"ReLU","config":{"name":"relu"}},
            {"class_name":"Conv2D","config":{"name":"b","filters":8,"padding":"same","trainable":false}},
            {"class_name":"Add","config":{"name":"sum"},"inbound":["relu","b"]},
            {"class_name":"MaxPooling2D","config":{"name":"pool"}},
            {"class_name":"Conv2D","config":{"name":"trained","filters":4}},
            {"class_name":"BatchNormalization","config":{"name":"norm"}},
            {"class_name":"Conv2D","config":{"name":"held","filters":4,"trainable":false}},
            {"class_name":"Flatten"},
            {"class_name":"Dropout","config":{"rate":0.4}},
            {"class_name":"Dense","config":{"units":3,"activation":"softmax"}}]"#,
    )
    .unwrap();
    Network::graph("half", [12, 12, 3], layers).unwrap()
}

#[test]
fn what_is_frozen_ends_before_the_first_layer_that_changes() {
    let names = |network: &Network| -> Vec<String> {
        network.frozen_values().into_iter().map(|value| network.value_name(value).to_owned()).collect()
    };
    // Within the residual block two values are read further down.
    assert_eq!(names(&half_frozen()), ["a", "batch_normalization", "relu", "sum", "pool"]);
    assert_eq!(names(&small_network()), [""; 0]);
    let head = |layers: &str| {
        let layers =
            layers.to_owned() + r#"{"class_name":"Dense","config":{"units":2,"activation":"softmax"}}]"#;
        names(&network([8, 8, 1], &layers))
    };
    // What costs nothing is not worth it; behind a frozen layer it makes what is kept smaller.
    let free = r#"[{"class_name":"Rescaling","config":{"scale":2}},{"class_name":"Flatten"},"#;
    assert_eq!(head(free), [""; 0]);
    let frozen = r#"[{"class_name":"Conv2D","config":{"filters":2,"trainable":false}},
                     {"class_name":"GlobalAveragePooling2D"},{"class_name":"Dropout"},"#;
    assert_eq!(head(frozen), ["conv2d", "global_average_pooling2d"]);
    let none_dropped = frozen.replace(r#""Dropout""#, r#""Dropout","config":{"rate":0}"#);
    assert_eq!(head(&none_dropped), ["conv2d", "global_average_pooling2d", "dropout"]);
}

/// Three steps, a short one among them, and an evaluation: the parameters and all metrics.
async fn trained(device: &Device, network: &Network, in_two: bool) -> (Vec<f32>, Vec<f32>) {
    const BATCH: usize = 6;
    let value = network.frozen_values().pop().unwrap();
    let (loss, optimizer) = (Loss::CategoricalCrossentropy, Optimizer::rmsprop(1e-3));
    let weights =
        device.weights(&network.initial_parameters(3), &Rc::new(network.initial_frozen(3))).unwrap();
    let program = async |spec: Spec<'_>| {
        device.program(Plan::of(spec, BATCH, device.limits()).unwrap(), &weights).await.unwrap()
    };
    let from = if in_two { value } else { 0 };
    let train = Spec { from, ..Spec::new(network, Goal::Train(loss, optimizer)) };
    let evaluate = Spec { from, ..Spec::new(network, Goal::Evaluate(loss)) };
    let mut features = program(Spec::new(network, Goal::Features(value))).await;
    let (mut train, mut evaluate) = (program(train).await, program(evaluate).await);
    for (row, count) in [BATCH, 4, BATCH].into_iter().enumerate() {
        let samples = Samples::new(network, count);
        let mut batch = samples.batch();
        let mut values = Vec::new();
        if in_two {
            features
                .run(&Batch { images: batch.images, ..Batch::default() }, &StepParams::default())
                .await
                .unwrap();
            values = features.probabilities().await.unwrap();
            let len: usize = network.value_shape(value).iter().product();
            assert_eq!(values.len(), BATCH * len);
            values.truncate(count * len);
        }
        if in_two {
            batch.images = bytemuck::cast_slice(&values);
        }
        train.run(&batch, &step(&optimizer, count, row as u32)).await.unwrap();
        train.keep_pace().await.unwrap();
        evaluate.run(&batch, &step(&optimizer, count, row as u32)).await.unwrap();
    }
    let mut metrics = train.read(Role::Metrics).await.unwrap();
    metrics.truncate(12);
    metrics.extend(&evaluate.read(Role::Metrics).await.unwrap()[..12]);
    (weights.read().await.unwrap(), metrics)
}

fn two_pieces_are_the_whole(device: &Device) {
    let network = half_frozen();
    let (whole, metrics) = until_done(trained(device, &network, false));
    let (pieces, of_pieces) = until_done(trained(device, &network, true));
    assert_close(&of_pieces, &metrics, 1e-4);
    for tensor in network.parameters().iter().filter(|tensor| !tensor.is_frozen()) {
        assert_close(&pieces[tensor.range()], &whole[tensor.range()], 1e-4);
        assert!(whole[tensor.range()] != network.initial_parameters(3)[tensor.range()], "{}", tensor.name);
    }
}

#[test]
fn training_on_features_is_training_on_photos() {
    two_pieces_are_the_whole(&Device::cpu());
    #[cfg(not(target_arch = "wasm32"))]
    two_pieces_are_the_whole(&Device::Gpu(crate::ops::tests::gpu()));
}

/// With trained batch norms each thread has statistics of its own, so that only what one thread computes is compared.
#[test]
fn helpers_compute_features_and_train_on_them() {
    let network = network(
        [12, 12, 3],
        r#"[{"class_name":"Conv2D","config":{"filters":8,"trainable":false,"activation":"relu"}},
            {"class_name":"GlobalAveragePooling2D"},
            {"class_name":"Dropout","config":{"rate":0.4}},
            {"class_name":"Dense","config":{"units":3,"activation":"softmax"}}]"#,
    );
    let (alone, metrics) = until_done(trained(&Device::cpu(), &network, false));
    let cpu = cpu::Cpu::default();
    cpu.join(beside(usize::MAX));
    cpu.join(beside(usize::MAX));
    let (shared, of_shared) = until_done(trained(&Device::Cpu(cpu), &network, true));
    assert_close(&shared, &alone, 1e-4);
    assert_close(&of_shared, &metrics, 1e-4);
}
