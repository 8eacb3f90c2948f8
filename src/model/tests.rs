#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

mod recipes;

use super::*;

#[test]
fn the_books_cats_and_dogs_net_is_the_books() {
    let summary = Recipe::CatsAndDogsSmall.network([150, 150, 3], 2).unwrap().summary();
    let rows: Vec<_> = summary
        .layers
        .iter()
        .map(|layer| (layer.name.as_str(), layer.output_shape[1..].to_vec(), layer.params))
        .collect();
    let shape = |sizes: &[usize]| sizes.iter().copied().map(Some).collect::<Vec<_>>();
    assert_eq!(
        rows,
        [
            ("conv2d", shape(&[148, 148, 32]), 896),
            ("max_pooling2d", shape(&[74, 74, 32]), 0),
            ("conv2d_1", shape(&[72, 72, 64]), 18_496),
            ("max_pooling2d_1", shape(&[36, 36, 64]), 0),
            ("conv2d_2", shape(&[34, 34, 128]), 73_856),
            ("max_pooling2d_2", shape(&[17, 17, 128]), 0),
            ("conv2d_3", shape(&[15, 15, 128]), 147_584),
            ("max_pooling2d_3", shape(&[7, 7, 128]), 0),
            ("flatten", shape(&[6272]), 0),
            ("dense", shape(&[512]), 3_211_776),
            ("dense_1", shape(&[1]), 513),
        ]
    );
    assert_eq!(summary.total_params, 3_453_121);
}

#[test]
fn the_summary_prints_as_keras_prints_it() {
    let printed = Recipe::Digits.network([28, 28, 1], 10).unwrap().summary().to_string();
    let expected = "\
Model: \"digits\"
┏━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━┓
┃ Layer (type)                    ┃ Output Shape           ┃       Param # ┃
┡━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━┩
│ conv2d (Conv2D)                 │ (None, 26, 26, 32)     │           320 │
├─────────────────────────────────┼────────────────────────┼───────────────┤
│ max_pooling2d (MaxPooling2D)    │ (None, 13, 13, 32)     │             0 │
├─────────────────────────────────┼────────────────────────┼───────────────┤
";
    assert!(printed.starts_with(expected), "{printed}");
    assert!(printed.contains(" Total params: 93,322 (364.54 KB)\n"), "{printed}");
    assert!(printed.ends_with(" Non-trainable params: 0 (0.00 B)\n"), "{printed}");
}

#[test]
fn windows_follow_keras() {
    let window = |size, kernel, stride, padding| {
        Window::new([size, size], [kernel, kernel], [stride, stride], padding)
            .map(|w| (w.output[0], w.before[0]))
    };
    assert_eq!(window(28, 3, 1, Padding::Valid), Some((26, 0)));
    assert_eq!(window(28, 3, 1, Padding::Same), Some((28, 1)));
    assert_eq!(window(28, 3, 2, Padding::Same), Some((14, 0)));
    assert_eq!(window(27, 5, 2, Padding::Same), Some((14, 2)));
    assert_eq!(window(7, 3, 2, Padding::Valid), Some((3, 0)));
    assert_eq!(window(5, 2, 3, Padding::Valid), Some((2, 0)));
    assert_eq!(window(3, 3, 5, Padding::Valid), Some((1, 0)));
    assert_eq!(window(2, 3, 1, Padding::Valid), None);
    assert_eq!(window(2, 5, 1, Padding::Same), Some((2, 2)));
}

fn layers(json: &str) -> Result<Vec<Layer>, String> {
    serde_json::from_str(json).map_err(|error| error.to_string())
}

#[test]
fn layers_are_read_from_keras_json() {
    let read = layers(
        r#"[{"class_name":"Conv2D","config":{"filters":8,"kernel_size":5,"strides":[2,1],"padding":"same","use_bias":false}},
            {"class_name":"MaxPooling2D"},{"class_name":"Flatten"},
            {"class_name":"Dense","config":{"name":"head","units":3,"activation":"softmax"}}]"#,
    )
    .unwrap();
    let network = Network::new("net", [20, 20, 3], read).unwrap();
    assert_eq!(network.layers()[0].output_shape, [10, 20, 8]);
    assert_eq!(network.layers()[3].name, "head");
    assert_eq!(network.layers()[0].weight(Weight::Bias), None);
    let copy: Network = serde_json::from_str(&serde_json::to_string(&network).unwrap()).unwrap();
    assert_eq!(copy, network);
}

#[test]
fn what_is_wrong_with_a_layer_is_said_by_name() {
    let error = layers(r#"[{"class_name":"Conv2D","config":{"kernal_size":3}}]"#).unwrap_err();
    assert!(
        error.contains("Conv2D") && error.contains("kernal_size") && error.contains("kernel_size"),
        "{error}"
    );
    let error = layers(r#"[{"class_name":"Conv3D"}]"#).unwrap_err();
    assert!(error.contains("Conv3D") && error.contains("MaxPooling2D"), "{error}");
    let error = layers(r#"[{"class_name":"Conv2D","config":{"padding":"full"}}]"#).unwrap_err();
    assert!(error.contains("full") && error.contains("same"), "{error}");

    let network = |size, json: &str| {
        Network::new("net", [size, size, 3], layers(json).unwrap()).unwrap_err().to_string()
    };
    let error = network(4, r#"[{"class_name":"MaxPooling2D"},{"class_name":"Conv2D"}]"#);
    assert!(error.starts_with("conv2d: a window of [3, 3] does not fit into its input of [2, 2]"), "{error}");
    let error = network(8, r#"[{"class_name":"Flatten"},{"class_name":"Conv2D"}]"#);
    assert!(error.contains("before Flatten"), "{error}");
    let error = network(8, r#"[{"class_name":"Conv2D","config":{"filters":0}}]"#);
    assert_eq!(error, "conv2d: filters must be at least 1");
    let error = network(8, r#"[{"class_name":"Conv2D","config":{"strides":0}}]"#);
    assert_eq!(error, "conv2d: strides must be at least 1");
    let error = network(8, r#"[{"class_name":"Dropout","config":{"rate":1.0}}]"#);
    assert!(error.starts_with("dropout: rate is 1"), "{error}");
    let error = network(8, r#"[{"class_name":"Conv2D"}]"#);
    assert!(error.contains("ends in Flatten and Dense"), "{error}");
    let error =
        network(900, r#"[{"class_name":"Flatten"},{"class_name":"Dense","config":{"units":4000000000}}]"#);
    assert!(error.contains("use fewer units"), "{error}");
    let error = network(900, r#"[{"class_name":"Conv2D","config":{"kernel_size":1,"filters":5000000}}]"#);
    assert!(error.starts_with("conv2d: its output [900, 900, 5000000] has too many values"), "{error}");
    assert!(Network::new("net", [usize::MAX; 3], layers("[{\"class_name\":\"Flatten\"}]").unwrap()).is_err());
    let error = network(
        8,
        r#"[{"class_name":"Dropout","config":{"name":"a"}},{"class_name":"Flatten","config":{"name":"a"}}]"#,
    );
    assert!(error.contains("two layers are named \"a\""), "{error}");
}

#[test]
fn outputs_must_fit_the_classes() {
    let network = Recipe::CatsAndDogsSmall.network([150, 150, 3], 2).unwrap();
    assert!(network.check_classes(2).is_ok());
    let error = network.check_classes(3).unwrap_err().to_string();
    assert_eq!(error, "the last layer has 1 units for 3 classes; it needs 3 with softmax");
    assert!(Loss::CategoricalCrossentropy.check(network.output_activation()).is_err());
}

#[test]
fn initial_kernels_are_glorot_uniform_and_biases_zero() {
    let network = Recipe::Digits.network([28, 28, 1], 10).unwrap();
    let values = network.initial_parameters(1);
    for parameter in network.parameters() {
        let values = &values[parameter.range()];
        if parameter.name.ends_with("bias") {
            assert!(values.iter().all(|value| *value == 0.0));
            continue;
        }
        let rank = parameter.shape.len();
        let taps: usize = parameter.shape[..rank - 2].iter().product();
        let fans = taps * (parameter.shape[rank - 2] + parameter.shape[rank - 1]);
        let limit = (6.0 / fans as f32).sqrt();
        let mean = values.iter().sum::<f32>() / values.len() as f32;
        let variance = values.iter().map(|v| v * v).sum::<f32>() / values.len() as f32;
        assert!(values.iter().all(|value| value.abs() <= limit));
        assert!(mean.abs() < 0.15 * limit, "{}: mean {mean}", parameter.name);
        assert!((variance / (limit * limit / 3.0) - 1.0).abs() < 0.2, "{}", parameter.name);
    }
    assert_ne!(values, network.initial_parameters(2));
    assert_eq!(values, network.initial_parameters(1));
}

#[test]
fn optimizers_are_read_with_keras_defaults() {
    let read = |json: &str| serde_json::from_str::<Optimizer>(json).map_err(|error| error.to_string());
    assert_eq!(read(r#"{"name":"rmsprop","learning_rate":1e-4}"#), Ok(Optimizer::rmsprop(1e-4)));
    assert_eq!(read(r#"{"name":"adam"}"#), Ok(Optimizer::Adam(Adam::default())));
    assert!(read(r#"{"name":"adagrad"}"#).unwrap_err().contains("rmsprop"));
    let sgd = read(r#"{"name":"sgd","momentum":1.5}"#).unwrap();
    assert_eq!(
        sgd.check().unwrap_err().to_string(),
        "sgd: momentum is 1.5; it must be at least 0 and below 1"
    );
    let rate = Optimizer::Adam(Adam::default()).rate(1);
    assert!((rate / 3.162_278e-4 - 1.0).abs() < 1e-4, "{rate}");
}

fn augmentation(json: &str) -> Result<Augmentation, String> {
    let read: Augmentation = serde_json::from_str(json).map_err(|error| error.to_string())?;
    read.check().map(|()| read).map_err(|error| error.to_string())
}

#[test]
fn augmentation_is_read_and_written_under_keras_names() {
    let book = r#"{"rotation_range":40,"width_shift_range":0.2,"height_shift_range":0.2,"shear_range":0.2,
        "zoom_range":0.2,"horizontal_flip":true,"fill_mode":"nearest","brightness_range":null}"#;
    assert_eq!(augmentation(book), Ok(Augmentation::cats_and_dogs()));
    assert_eq!(Recipe::CatsAndDogsSmall2.defaults(2).augmentation, augmentation(book).ok());
    assert_eq!(augmentation("{}"), Ok(Augmentation::default()));
    let other = augmentation(
        r#"{"width_shift_range":[-3,0,3],"zoom_range":[0.5,1],"brightness_range":[0.8,1.2],"vertical_flip":true,
            "channel_shift_range":20.5,"fill_mode":"constant","cval":127}"#,
    )
    .unwrap();
    assert_eq!(augmentation(&serde_json::to_string(&other).unwrap()), Ok(other));
    let filled = augmentation(r#"{"fill_mode":"wrap","cval":3,"zoom_range":0}"#).unwrap();
    assert!(filled.is_idle() && !Augmentation::cats_and_dogs().is_idle());
}

#[test]
fn nonsense_in_an_augmentation_is_refused_by_name() {
    for (json, words) in [
        (r#"{"rotate":4}"#, ["there is no setting \"rotate\"", "rotation_range"]),
        (r#"{"rotation_range":"forty"}"#, ["rotation_range is \"forty\"", "a number"]),
        (r#"{"rotation_range":null}"#, ["rotation_range is null", "a number"]),
        (r#"{"rotation_range":-1}"#, ["rotation_range is -1", "from 0 to 360"]),
        (r#"{"shear_range":90}"#, ["shear_range is 90", "from 0 to 89"]),
        (r#"{"width_shift_range":-0.2}"#, ["width_shift_range", "at least 0"]),
        (r#"{"height_shift_range":[]}"#, ["height_shift_range", "list of pixels"]),
        (r#"{"height_shift_range":[1,"2"]}"#, ["height_shift_range is a list", "16 numbers at most"]),
        (
            r#"{"zoom_range":[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17]}"#,
            ["zoom_range", "16 numbers at most"],
        ),
        (r#"{"zoom_range":1}"#, ["zoom_range", "below 1"]),
        (r#"{"zoom_range":[0,1]}"#, ["zoom_range", "above 0"]),
        (r#"{"zoom_range":[1.5,0.5]}"#, ["zoom_range", "smaller one first"]),
        (r#"{"zoom_range":[1,2,3]}"#, ["zoom_range", "two factors"]),
        (r#"{"horizontal_flip":1}"#, ["horizontal_flip is 1", "true or false"]),
        (r#"{"brightness_range":0.5}"#, ["brightness_range is 0.5", "two numbers"]),
        (r#"{"brightness_range":[-1,1]}"#, ["brightness_range", "at least 0"]),
        (r#"{"channel_shift_range":256}"#, ["channel_shift_range is 256", "from 0 to 255"]),
        (r#"{"fill_mode":"mirror"}"#, ["fill_mode is \"mirror\"", "reflect"]),
        (r#"{"cval":-1}"#, ["cval is -1", "from 0 to 255"]),
    ] {
        let error = augmentation(json).unwrap_err();
        assert!(
            error.contains("augmentation: ") && words.iter().all(|words| error.contains(words)),
            "{error}"
        );
    }
}

#[test]
fn what_is_drawn_fills_the_ranges_evenly() {
    let asked = Augmentation {
        width_shift_range: Amount::One(4.0),
        height_shift_range: Amount::One(0.25),
        zoom_range: Amount::two([0.5, 2.0]),
        vertical_flip: true,
        brightness_range: Some([0.5, 1.0]),
        channel_shift_range: 30.0,
        shear_range: 10.0,
        ..Augmentation::cats_and_dogs()
    };
    const COUNT: u32 = 20_000;
    let drawn: Vec<Transform> = (0..COUNT).map(|sample| asked.draw([40, 60], 3, 1, sample)).collect();
    let spread = |what: fn(&Transform) -> f64, least: f64, most: f64| {
        let numbers: Vec<f64> = drawn.iter().map(what).collect();
        let mean = numbers.iter().sum::<f64>() / f64::from(COUNT);
        let variance = numbers.iter().map(|number| (number - mean).powi(2)).sum::<f64>() / f64::from(COUNT);
        assert!(numbers.iter().all(|number| (least..=most).contains(number)));
        let width = most - least;
        assert!((mean - (least + most) / 2.0).abs() < 0.01 * width, "{mean} between {least} and {most}");
        assert!(
            (variance / (width * width / 12.0) - 1.0).abs() < 0.03,
            "{variance} between {least} and {most}"
        );
    };
    spread(|drawn| drawn.theta, -40.0, 40.0);
    spread(|drawn| drawn.ty, -10.0, 10.0);
    spread(|drawn| drawn.shear, -10.0, 10.0);
    spread(|drawn| drawn.zx, 0.5, 2.0);
    spread(|drawn| drawn.zy, 0.5, 2.0);
    spread(|drawn| drawn.channel_shift_intensity, -30.0, 30.0);
    spread(|drawn| drawn.brightness, 0.5, 1.0);
    let share = |what: fn(&Transform) -> bool| {
        let share = drawn.iter().filter(|drawn| what(drawn)).count() as f64 / f64::from(COUNT);
        assert!((share - 0.5).abs() < 0.01, "{share}");
    };
    share(|drawn| drawn.flip_horizontal);
    share(|drawn| drawn.flip_vertical);
    share(|drawn| drawn.flip_horizontal == drawn.flip_vertical);
    share(|drawn| (drawn.zx < 1.25) == (drawn.zy < 1.25));
    // Whole pixels below 4, and zero twice as often as each other one.
    for pixels in -3..=3 {
        let count = drawn.iter().filter(|drawn| drawn.tx == f64::from(pixels)).count() as f64;
        let expected = f64::from(COUNT) / if pixels == 0 { 4.0 } else { 8.0 };
        assert!((count / expected - 1.0).abs() < 0.06, "{count} of {pixels}");
    }
    assert!(drawn.iter().all(|drawn| drawn.tx.fract() == 0.0));
}

#[test]
fn shifts_are_shares_of_their_own_sides() {
    let of = |width: f64, height: f64| Augmentation {
        width_shift_range: Amount::One(width),
        height_shift_range: Amount::One(height),
        ..Augmentation::default()
    };
    let furthest = |asked: Augmentation| {
        let drawn = (0..1000).map(|sample| asked.draw([20, 80], 3, 1, sample));
        drawn.fold([0.0_f64; 2], |[x, y], drawn| [x.max(drawn.tx.abs()), y.max(drawn.ty.abs())])
    };
    let [x, y] = furthest(of(0.5, 0.0));
    assert!((39.0..=40.0).contains(&x) && y == 0.0, "{x} {y}");
    let [x, y] = furthest(of(0.0, 0.5));
    assert!(x == 0.0 && (9.7..=10.0).contains(&y), "{x} {y}");
}

#[test]
fn draws_go_by_seed_epoch_and_sample_and_not_by_other_settings() {
    let asked = Augmentation::cats_and_dogs();
    let draw = |seed, epoch, sample| asked.draw([10, 10], seed, epoch, sample);
    assert_eq!(draw(1, 2, 3), draw(1, 2, 3));
    for other in [draw(2, 2, 3), draw(1, 3, 3), draw(1, 2, 4)] {
        assert_ne!(draw(1, 2, 3), other);
    }
    let without = Augmentation { rotation_range: 0.0, ..asked }.draw([10, 10], 1, 2, 3);
    assert_eq!(without, Transform { theta: 0.0, ..draw(1, 2, 3) });
}

/// A network that splits after its first layer, where only the last of two layers is trained.
fn frozen_half() -> Network {
    let layers = r#"{"name":"half","input_shape":[8,8,3],"layers":[
        {"class_name":"Conv2D","config":{"name":"base","filters":4,"kernel_size":3,"trainable":false}},
        {"class_name":"Flatten"},{"class_name":"Dense","config":{"units":2,"activation":"softmax"}}]}"#;
    serde_json::from_str(layers).unwrap()
}

#[test]
fn frozen_parameters_lie_apart_and_are_counted_apart() {
    let network = frozen_half();
    let places: Vec<_> = network
        .parameters()
        .iter()
        .map(|parameter| (parameter.name.as_str(), parameter.region, parameter.offset))
        .collect();
    assert_eq!(
        places,
        [
            ("base/kernel", Region::Frozen, 0),
            ("base/bias", Region::Frozen, 128),
            ("dense/kernel", Region::Trainable, 0),
            ("dense/bias", Region::Trainable, 320)
        ]
    );
    assert_eq!([Region::Trainable, Region::Frozen].map(|region| network.words(region)), [384, 192]);
    let summary = network.summary();
    assert_eq!((summary.trainable_params, summary.non_trainable_params), (290, 112));
    assert_eq!(summary.layers.iter().map(|layer| layer.trainable).collect::<Vec<_>>(), [false, true, true]);
    // The same numbers are drawn for a parameter, wherever it lies.
    let json = serde_json::to_string(&network).unwrap();
    let trained: Network = serde_json::from_str(&json.replace(r#""trainable":false,"#, "")).unwrap();
    assert!(trained.parameters().iter().all(|parameter| parameter.region == Region::Trainable));
    assert_eq!(network.initial_frozen(5)[..108], trained.initial_parameters(5)[..108]);
}

#[test]
fn a_graph_is_read_and_written_with_what_each_layer_reads() {
    let error = |layers: &str| {
        let json = format!(r#"{{"name":"graph","input_shape":[8,8,3],"layers":[{layers}]}}"#);
        serde_json::from_str::<Network>(&json).unwrap_err().to_string()
    };
    let last = r#"{"class_name":"Flatten","inbound":["a"]},{"class_name":"Dense"}"#;
    assert!(error(last).contains("flatten reads \"a\", and no layer before it has that name"));
    let conv = r#"{"class_name":"Conv2D","config":{"name":"a"}}"#;
    assert!(error(&format!("{last},{conv}")).contains("no layer before it"), "{}", error(last));
    let unread =
        format!(r#"{conv},{{"class_name":"Flatten","inbound":["input_layer"]}},{{"class_name":"Dense"}}"#);
    assert!(error(&unread).contains("no layer reads the output of a;"), "{}", error(&unread));
    let two = format!(r#"{conv},{{"class_name":"Flatten","inbound":["a","input_layer"]}}"#);
    assert!(error(&two).contains("flatten: takes one input, and has 2"), "{}", error(&two));
    let none = format!(r#"{conv},{{"class_name":"Flatten","inbound":[]}}"#);
    assert!(error(&none).contains("flatten: takes one input, and has 0"), "{}", error(&none));
    let taken = r#"{"class_name":"Flatten","config":{"name":"input_layer"}}"#;
    assert!(error(taken).contains("two layers are named \"input_layer\""), "{}", error(taken));
}

#[test]
fn what_is_wrong_with_a_setting_of_a_layer_is_said_by_its_name() {
    let error = |layer: &str| {
        let end = r#"{"class_name":"Flatten"},{"class_name":"Dense"}"#;
        Network::new("net", [8, 8, 3], layers(&format!("[{layer},{end}]")).unwrap()).unwrap_err().to_string()
    };
    for (layer, expected) in [
        (
            r#"{"class_name":"Rescaling","config":{"scale":[1,2]}}"#,
            "rescaling: scale must be one finite number, or one for each of 3 channels",
        ),
        (
            r#"{"class_name":"Normalization","config":{"mean":0.5,"variance":[1,-1,1]}}"#,
            "normalization: variance is -1; it must be at least 0",
        ),
        (
            r#"{"class_name":"Normalization","config":{"mean":0.5}}"#,
            "normalization: mean and variance go together: give both or none",
        ),
        (
            r#"{"class_name":"BatchNormalization","config":{"axis":[1]}}"#,
            "batch_normalization: axis is 1; it must be -1, the last one",
        ),
        (
            r#"{"class_name":"Softmax","config":{"axis":2}}"#,
            "softmax: axis is 2; it must be -1, the last one",
        ),
        (
            r#"{"class_name":"ReLU","config":{"negative_slope":-0.1}}"#,
            "re_lu: negative_slope is -0.1; it must be at least 0",
        ),
        (
            r#"{"class_name":"Conv2D","config":{"groups":2,"filters":4}}"#,
            "conv2d: groups is 2; 3 channels and 4 filters cannot be cut into as many",
        ),
        (
            r#"{"class_name":"Cropping2D","config":{"cropping":[[4,4],[0,0]]}}"#,
            "cropping2d: cropping [[4, 4], [0, 0]] leaves nothing of 8x8 pixels",
        ),
        (
            r#"{"class_name":"Reshape","config":{"target_shape":[-1,7]}}"#,
            "reshape: target_shape [-1, 7] does not hold 192 values",
        ),
        (r#"{"class_name":"Add"}"#, "add: takes two inputs or more, and has 1"),
    ] {
        assert_eq!(error(layer), expected);
    }
}

#[test]
fn layers_are_named_as_keras_names_them() {
    for (class_name, stem) in [
        ("Conv2D", "conv2d"),
        ("MaxPooling2D", "max_pooling2d"),
        ("Flatten", "flatten"),
        ("Dropout", "dropout"),
        ("Dense", "dense"),
        ("Activation", "activation"),
        ("ReLU", "re_lu"),
        ("LeakyReLU", "leaky_re_lu"),
        ("Softmax", "softmax"),
        ("Add", "add"),
        ("ZeroPadding2D", "zero_padding2d"),
        ("Normalization", "normalization"),
    ] {
        assert_eq!(Layer::read(class_name.into(), LayerConfig::default()).unwrap().stem(), stem);
    }
}
