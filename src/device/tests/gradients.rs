//! Gradients entry by entry, each against the difference that it is of the reference's loss in double precision.
//!
//! A device's gradient is exact but for the rounding of its sums; the reference's differences are exact to some 1e-9. So the
//! bound is some roundings of the tensor's largest entry, and one wrong entry among the sampled is enough to fail. Each
//! tensor's corners are sampled, the last place along each of its axes, and others at random; all entries where it is small.
//!
//! It was tried with faults put in by hand, each of which it caught: a wrong sign in one row, a forgotten last row, column or
//! filter, an error of one in a window, other dropout masks on the way back, a bias' last channel left out, sums that are not
//! begun anew, a wrong scale of later micro-batches, a stale buffer, softmax without its sum, relu not undone.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::reference::Reference;
use super::*;
use crate::model::Region;

/// How far a parameter is moved to either side.
const H: f64 = 1e-7;
/// What a gradient's entry may be off, of the largest in its tensor.
const ROUNDING: f64 = 2e-5;
/// What a difference may be off: losses of about 1 in double precision, over [`H`].
const ROUNDING_OF_H: f64 = 1e-8;
/// Tensors with so many entries are checked whole.
const SMALL: usize = 40;
/// Entries of larger ones that are drawn at random, and those drawn with the last place along each axis.
const DRAWN: usize = 12;
const AT_EACH_END: usize = 3;

/// The gradient of one batch: by an update at a rate of nothing, so that the parameters stay.
async fn gradient_of(
    device: &Device,
    network: &Network,
    loss: Loss,
    parts: usize,
    start: &[f32],
) -> Vec<f32> {
    let optimizer = Optimizer::Sgd(Sgd { learning_rate: 1e-30, ..Sgd::default() });
    let plan = Plan::in_parts(network, BATCH, parts, Goal::Train(loss, optimizer), None);
    let weights = device.weights(start, &Rc::new(frozen(network))).unwrap();
    let mut program = device.program(plan, &weights).await.unwrap();
    // The second batch has to begin its sums anew.
    for row in 0..2 {
        let samples = Samples::new(network, BATCH);
        program.run(&samples.batch(), &step(&optimizer, BATCH, row)).await.unwrap();
        program.keep_pace().await.unwrap();
    }
    program.read(if parts > 1 { Role::GradientSums } else { Role::Gradients }).await.unwrap()
}

/// The places of some of a tensor's entries.
fn sampled(shape: &[usize], seed: u32) -> Vec<usize> {
    let len: usize = shape.iter().product();
    if len <= SMALL {
        return (0..len).collect();
    }
    let mut stream = Stream::new(seed, Purpose::Shuffle, 1);
    let mut below = |most: usize| stream.word() as usize % most;
    let mut places = vec![0, len - 1];
    places.extend((0..DRAWN).map(|_| below(len)));
    for axis in 0..shape.len() {
        for _ in 0..AT_EACH_END {
            let place = |place: usize, (at, size): (usize, &usize)| {
                place * size + if at == axis { size - 1 } else { below(*size) }
            };
            places.push(shape.iter().enumerate().fold(0, place));
        }
    }
    places.sort_unstable();
    places.dedup();
    places
}

/// Checks a device's gradient, and says how many entries were looked at.
fn check(device: &Device, network: &Network, loss: Loss, parts: usize) -> usize {
    let start = start(network);
    let gradient = until_done(gradient_of(device, network, loss, parts, &start));
    let samples = Samples::new(network, BATCH);
    let at_step = step(&Optimizer::default(), BATCH, 0);
    let mut reference = Reference::new(network, loss, &samples, &at_step, [&start, &frozen(network)]);
    let (mut looked_at, mut skipped) = (0, 0);
    for (number, parameter) in network.parameters().iter().enumerate() {
        if parameter.region != Region::Trainable {
            continue;
        }
        let largest =
            gradient[parameter.range()].iter().fold(0.0_f64, |most, g| most.max(f64::from(g.abs())));
        assert!(largest > 1e-6, "{} has no gradient", parameter.name);
        let bound = ROUNDING * largest + ROUNDING_OF_H;
        for place in sampled(&parameter.shape, number as u32) {
            let at = parameter.offset + place;
            let middle = reference.loss_with(at, 0.0);
            let [above, below] = [H, -H].map(|h| (reference.loss_with(at, h) - middle) / h);
            // Where relu or a pooling decides otherwise in between there is no one slope.
            if (above - below).abs() > bound {
                skipped += 1;
                continue;
            }
            let (found, expected) = (f64::from(gradient[at]), (above + below) / 2.0);
            assert!(
                (found - expected).abs() < bound,
                "{}'s gradient at {place} of {:?}: {found} is not {expected} (of at most {largest})",
                parameter.name,
                parameter.shape
            );
            looked_at += 1;
        }
    }
    assert!(skipped * 20 < looked_at, "{skipped} of {looked_at} entries have no slope");
    looked_at
}

/// Parameters of a network that has learnt a little.
fn start(network: &Network) -> Vec<f32> {
    learnt(network.initial_parameters(3))
}

/// Those that no training changes.
pub(super) fn frozen(network: &Network) -> Vec<f32> {
    learnt(network.initial_frozen(3))
}

fn learnt(initial: Vec<f32>) -> Vec<f32> {
    let noise = random(initial.len(), 8);
    initial.iter().zip(noise).map(|(parameter, noise)| parameter + 0.05 * noise).collect()
}

/// Networks that split and come together again.
pub(super) fn graphs() -> Vec<(Network, Loss)> {
    let graph =
        |layers: &str| Network::graph("graph", [9, 8, 3], serde_json::from_str(layers).unwrap()).unwrap();
    // A value that three layers read, a sum of the same value twice, relu above a sum that another layer reads, too.
    let residual = graph(
        r#"[{"class_name":"Rescaling","config":{"scale":[2,1,0.5],"offset":-0.5}},{"class_name":"Normalization"},
            {"class_name":"Conv2D","config":{"name":"a","filters":6,"padding":"same","activation":"relu"}},
            {"class_name":"Conv2D","config":{"name":"b","filters":6,"padding":"same"}},
            {"class_name":"Add","config":{"name":"sum"},"inbound":["a","b"]},
            {"class_name":"ReLU","config":{"name":"relu","max_value":0.7,"threshold":0.05,"negative_slope":0.1}},
            {"class_name":"Conv2D","config":{"name":"c","filters":6,"kernel_size":1,"activation":"silu"}},
            {"class_name":"AveragePooling2D","config":{"name":"smooth","pool_size":3,"strides":1,"padding":"same"}},
            {"class_name":"Add","config":{"name":"three"},"inbound":["smooth","sum","a","relu"]},
            {"class_name":"Activation","config":{"name":"tanh","activation":"tanh"}},
            {"class_name":"Add","config":{"name":"twice"},"inbound":["tanh","tanh"]},
            {"class_name":"GlobalMaxPooling2D","config":{"name":"largest"}},
            {"class_name":"AveragePooling2D","inbound":["twice"]},{"class_name":"Flatten","config":{"name":"flat"}},
            {"class_name":"Concatenate","inbound":["flat","largest"]},
            {"class_name":"Dense","config":{"units":3}},{"class_name":"Softmax"}]"#,
    );
    // Squeeze and excite, three factors, and joins along two axes; a frozen layer in the middle.
    let excited = graph(
        r#"[{"class_name":"Normalization","config":{"mean":[0.4,0.5,0.6],"variance":0.25}},
            {"class_name":"ZeroPadding2D","config":{"padding":[[1,2],[0,1]]}},
            {"class_name":"Conv2D","config":{"name":"a","filters":4,"activation":"hard_silu"}},
            {"class_name":"GlobalAveragePooling2D","config":{"name":"squeezed","keepdims":true}},
            {"class_name":"Dense","config":{"name":"gate","units":4,"activation":"sigmoid"}},
            {"class_name":"Multiply","config":{"name":"scaled"},"inbound":["a","gate"]},
            {"class_name":"Conv2D","config":{"name":"frozen","filters":4,"padding":"same","trainable":false}},
            {"class_name":"LeakyReLU"},
            {"class_name":"Multiply","config":{"name":"cube"},"inbound":["scaled","leaky_re_lu","gate"]},
            {"class_name":"Concatenate","config":{"name":"wide"},"inbound":["cube","a","scaled"]},
            {"class_name":"Cropping2D","config":{"name":"cut","cropping":[[0,1],[2,0]]}},
            {"class_name":"Concatenate","config":{"name":"tall","axis":1},"inbound":["cut","cut"]},
            {"class_name":"Reshape","config":{"target_shape":[-1,12]}},
            {"class_name":"Dense","config":{"units":2,"activation":"relu"}},
            {"class_name":"Flatten"},
            {"class_name":"Dense","config":{"units":1,"activation":"sigmoid"}}]"#,
    );
    // What mobile networks are made of.
    let mobile = graph(
        r#"[{"class_name":"Conv2D","config":{"filters":6,"strides":2,"padding":"same","activation":"hard_silu"}},
            {"class_name":"Conv2D","config":{"filters":4,"groups":2,"dilation_rate":[2,1],"padding":"same","activation":"relu"}},
            {"class_name":"MaxPooling2D"},
            {"class_name":"DepthwiseConv2D","config":{"name":"a","padding":"same","activation":"relu6"}},
            {"class_name":"BatchNormalization","config":{"trainable":false}},
            {"class_name":"SeparableConv2D","config":{"name":"b","filters":7,"padding":"same","depth_multiplier":2}},
            {"class_name":"BatchNormalization","config":{"trainable":false}},{"class_name":"ReLU"},
            {"class_name":"DepthwiseConv2D","config":{"kernel_size":[3,2],"dilation_rate":[1,2],"depth_multiplier":2,"padding":"same","use_bias":false}},
            {"class_name":"BatchNormalization","config":{"trainable":false}},{"class_name":"ReLU","config":{"max_value":6}},
            {"class_name":"GlobalAveragePooling2D"},{"class_name":"Dense","config":{"units":2,"activation":"softmax"}}]"#,
    );
    vec![
        (mobile, Loss::CategoricalCrossentropy),
        (residual, Loss::CategoricalCrossentropy),
        (excited, Loss::BinaryCrossentropy),
    ]
}

/// Batch norms: folded into convolutions with and without bias, relu and pooling, into a dense layer, and on their own.
fn frozen_norms() -> (Network, Loss) {
    let layers = r#"[{"class_name":"BatchNormalization","config":{"trainable":false}},
        {"class_name":"Conv2D","config":{"name":"a","filters":6,"padding":"same","use_bias":false}},
        {"class_name":"BatchNormalization","config":{"trainable":false,"epsilon":0.01}},
        {"class_name":"ReLU","config":{"name":"b","max_value":6}},
        {"class_name":"Conv2D","config":{"name":"c","filters":6,"padding":"same"}},
        {"class_name":"BatchNormalization","config":{"name":"shared","trainable":false,"scale":false}},
        {"class_name":"Add","config":{"name":"sum"},"inbound":["shared","b"]},
        {"class_name":"Conv2D","config":{"filters":5,"padding":"same","trainable":false}},
        {"class_name":"BatchNormalization","config":{"trainable":false,"center":false}},
        {"class_name":"Activation","config":{"activation":"relu"}},
        {"class_name":"MaxPooling2D"},{"class_name":"Flatten"},
        {"class_name":"Dense","config":{"units":7}},
        {"class_name":"BatchNormalization","config":{"trainable":false}},
        {"class_name":"Activation","config":{"activation":"silu"}},
        {"class_name":"Dense","config":{"units":3,"activation":"softmax"}}]"#;
    let layers = serde_json::from_str(layers).unwrap();
    (Network::graph("norms", [9, 8, 3], layers).unwrap(), Loss::CategoricalCrossentropy)
}

/// The same with batch norms that are trained.
fn trained_norms() -> (Network, Loss) {
    let (network, loss) = frozen_norms();
    let json =
        serde_json::to_string(&network).unwrap().replace(r#""trainable":false"#, r#""trainable":true"#);
    // A bias before such a norm is without effect, and has no gradient.
    let json = json.replace(r#""use_bias":true"#, r#""use_bias":false"#);
    (serde_json::from_str(&json).unwrap(), loss)
}

/// The networks of the other tests, and one with channels enough for all ways to convolve.
pub(super) fn checked() -> Vec<(Network, Loss)> {
    let deep = network(
        [19, 22, 3],
        r#"[{"class_name":"Conv2D","config":{"filters":16,"padding":"same","activation":"relu"}},
            {"class_name":"MaxPooling2D"},
            {"class_name":"Conv2D","config":{"filters":24,"padding":"same","activation":"relu"}},
            {"class_name":"Dropout","config":{"rate":0.25}},
            {"class_name":"Conv2D","config":{"filters":16,"activation":"relu"}},
            {"class_name":"MaxPooling2D"},
            {"class_name":"Flatten"},
            {"class_name":"Dense","config":{"units":20,"activation":"relu"}},
            {"class_name":"Dropout","config":{"rate":0.5}},
            {"class_name":"Dense","config":{"units":4,"activation":"softmax"}}]"#,
    );
    let functions = network(
        [9, 8, 3],
        r#"[{"class_name":"Conv2D","config":{"filters":6,"padding":"same","activation":"hard_silu"}},
            {"class_name":"MaxPooling2D"},
            {"class_name":"Conv2D","config":{"filters":5,"padding":"same","activation":"silu"}},
            {"class_name":"Flatten"},
            {"class_name":"Dense","config":{"units":12,"activation":"gelu"}},
            {"class_name":"Dense","config":{"units":11,"activation":"elu"}},
            {"class_name":"Dense","config":{"units":10,"activation":"leaky_relu"}},
            {"class_name":"Dense","config":{"units":9,"activation":"tanh"}},
            {"class_name":"Dense","config":{"units":8,"activation":"relu6"}},
            {"class_name":"Dense","config":{"units":8,"activation":"hard_sigmoid"}},
            {"class_name":"Dense","config":{"units":4,"activation":"softmax"}}]"#,
    );
    let mut checked = networks();
    checked.push((functions, Loss::CategoricalCrossentropy));
    checked.extend(graphs());
    checked.push(frozen_norms());
    checked.push((deep, Loss::CategoricalCrossentropy));
    checked
}

#[test]
fn gradients_are_those_of_finite_differences() {
    let mut looked_at = 0;
    for (network, loss) in checked() {
        looked_at += check(&Device::cpu(), &network, loss, 1);
    }
    assert!(looked_at > 500, "{looked_at}");
}

#[test]
fn so_are_those_of_micro_batches() {
    for (network, loss) in checked().into_iter().skip(1) {
        check(&Device::cpu(), &network, loss, 2);
    }
}

#[test]
fn so_are_those_through_the_statistics_of_the_photos_at_hand() {
    let (network, loss) = trained_norms();
    check(&Device::cpu(), &network, loss, 1);
    #[cfg(not(target_arch = "wasm32"))]
    check(&Device::Gpu(crate::ops::tests::gpu()), &network, loss, 1);
}

#[cfg(not(target_arch = "wasm32"))]
#[test]
fn so_are_those_of_a_gpu() {
    let gpu = Device::Gpu(crate::ops::tests::gpu());
    for (network, loss) in checked() {
        check(&gpu, &network, loss, 1);
    }
    let (network, loss) = checked().pop().unwrap();
    check(&gpu, &network, loss, 2);
}
