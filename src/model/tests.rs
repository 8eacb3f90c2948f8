#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

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
    assert_eq!(network.layers()[0].bias, None);
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
