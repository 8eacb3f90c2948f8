#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use std::rc::Rc;

use super::*;
use crate::classifier::Classifier;
use crate::data::{ImageSize, Interpolation, Sizing};
use crate::device::Device;
use crate::evaluate::set_threshold;
use crate::model::{Adam, Optimizer, Recipe, RmsProp};
use crate::train::fit;
use crate::train::tests::{Watcher, now, options, stripes, untrained};
use crate::trained::{Familiar, SeenPhotos, State, Threshold, Training};

fn model() -> Model {
    let network = Recipe::Digits.network([28, 28, 1], 10).unwrap();
    let parameters = network.initial_parameters(4);
    let classes = (0..10).map(|digit| format!("<b>{digit}</b> 숫자")).collect();
    Model { network, classes, state: State::initial(parameters, 4), sizing: None, threshold: None }
}

/// What JavaScript calls `{ imageSize: 28, interpolation: "nearest", cropToAspectRatio: true }`.
fn cropped() -> Sizing {
    let image_size = ImageSize::square(28).unwrap();
    Sizing { image_size, interpolation: Interpolation::Nearest, crop_to_aspect_ratio: true }
}

#[test]
fn a_saved_model_is_read_back_to_the_bit() {
    let file = write(&model(), "safetensors").unwrap();
    assert_eq!(file.name, "digits.safetensors");
    assert_eq!(read("a.safetensors", &file.bytes).unwrap(), model());
}

#[test]
fn how_photos_become_images_is_saved_where_it_is_known() {
    let known = Model { sizing: Some(cropped()), ..model() };
    let file = write(&known, "safetensors").unwrap();
    assert_eq!(read("a.safetensors", &file.bytes).unwrap(), known);
    let text = String::from_utf8_lossy(&file.bytes).into_owned();
    assert!(text.contains(r#"cropToAspectRatio\":true"#), "{}", &text[..2000]);
    let unknown = write(&model(), "safetensors").unwrap();
    assert!(!String::from_utf8_lossy(&unknown.bytes).contains("sizing"));
}

#[test]
fn what_is_not_written_is_said() {
    let error = write(&model(), "onnx").unwrap_err().to_string();
    assert_eq!(error, "models are not saved as \"onnx\"; there is \"safetensors\"");
}

#[test]
fn broken_files_are_named_with_their_reason() {
    let whole = write(&model(), "safetensors").unwrap().bytes;
    let error = |bytes: &[u8]| read("a.safetensors", bytes).unwrap_err().to_string();
    for bytes in [&b""[..], b"hello, this is a text", &whole[..whole.len() - 1], &whole[..100], &[0xff; 64]] {
        let error = error(bytes);
        assert!(error.starts_with("a.safetensors: not a safetensors file"), "{error}");
    }
    let mut other = whole.clone();
    let at = other.windows(5).position(|window| window == b"fovea").unwrap();
    other[at..at + 5].copy_from_slice(b"other");
    assert!(error(&other).contains("without a description"));
    let mut renamed = whole.clone();
    let at = renamed.windows(15).position(|window| window == b"\"conv2d/kernel\"").unwrap();
    renamed[at..at + 15].copy_from_slice(b"\"konv2d/kernel\"");
    assert_eq!(error(&renamed), "a.safetensors: the parameter conv2d/kernel is missing");
    let mut broken = model();
    broken.state.parameters[0] = f32::NAN;
    let file = write(&broken, "safetensors").unwrap();
    assert!(error(&file.bytes).contains("conv2d/kernel holds values that are NaN or infinite"));
}

/// A small network with two epochs of Adam behind it.
fn trained() -> Model {
    let classifier = untrained("sigmoid", 1);
    now(fit(&Device::cpu(), &classifier, &stripes(), &options(2), &mut Watcher::default())).unwrap();
    classifier.model(&classifier.good())
}

#[test]
fn a_network_that_was_saved_goes_on_as_if_it_had_not_been() {
    let model = trained();
    assert_eq!((model.state.training.epochs, model.state.training.iteration), (2, 8));
    assert_eq!(model.state.slots.len(), 2);
    let file = write(&model, "safetensors").unwrap();
    let read = read("a.safetensors", &file.bytes).unwrap();
    assert_eq!(read, model);
    let six = untrained("sigmoid", 1);
    now(fit(&Device::cpu(), &six, &stripes(), &options(6), &mut Watcher::default())).unwrap();
    let opened = Classifier::of(&Device::cpu(), read).unwrap();
    now(fit(&Device::cpu(), &opened, &stripes(), &options(4), &mut Watcher::default())).unwrap();
    assert_eq!(*opened.good(), *six.good());
}

#[test]
fn a_file_from_before_training_was_kept_is_opened() {
    let model = model();
    let description = serde_json::json!({ "network": model.network, "classes": model.classes }).to_string();
    let tensors = model.network.parameters().iter().map(|parameter| {
        let bytes = bytemuck::cast_slice(&model.state.parameters[parameter.range()]);
        let shape = parameter.shape.clone();
        let view = ::safetensors::tensor::TensorView::new(::safetensors::Dtype::F32, shape, bytes).unwrap();
        (parameter.name.clone(), view)
    });
    let metadata = std::collections::HashMap::from([("fovea".to_owned(), description)]);
    let bytes = ::safetensors::serialize(tensors.collect::<Vec<_>>(), Some(metadata)).unwrap();
    let opened = read("old.safetensors", &bytes).unwrap();
    assert_eq!(opened.state, State { training: Training::default(), ..model.state });
}

#[test]
fn a_training_that_cannot_be_is_refused() {
    let error = |change: &dyn Fn(&mut State)| {
        let mut model = trained();
        change(&mut model.state);
        let file = write(&model, "safetensors").unwrap();
        read("a.safetensors", &file.bytes).unwrap_err().to_string()
    };
    let cannot = |change: &dyn Fn(&mut State), reason: &str| {
        let error = error(change);
        assert_eq!(error, format!("a.safetensors: its record of the training is invalid: {reason}"));
    };
    cannot(
        &|state| state.training.iteration = u32::MAX,
        "iteration is 4294967295; it must be at most 1073741824",
    );
    cannot(
        &|state| state.training.position.pass = 1 << 31,
        "pass is 2147483648; it must be at most 1073741824",
    );
    cannot(&|state| state.training.epochs_begun = 1, "2 epochs cannot be done of 1 begun");
    cannot(&|state| state.slots.truncate(1), "there are 1 slots, and its optimizer has 2");
    cannot(&|state| state.training.optimizer = None, "there are 2 slots, and its optimizer has 0");
    cannot(&|state| state.slots[1][3] = -1e-9, "a mean of squares is below 0");
    cannot(
        &|state| {
            let rmsprop = RmsProp { momentum: 0.5, ..RmsProp::default() };
            state.training.optimizer = Some(Optimizer::RmsProp(rmsprop));
            state.slots[0][3] = -1.0;
        },
        "a mean of squares is below 0",
    );
    let wild = error(&|state| {
        state.training.optimizer = Some(Optimizer::Adam(Adam { learning_rate: -1.0, ..Adam::default() }));
    });
    assert!(wild.contains("learning_rate is -1; it must be above 0"), "{wild}");
    let infinite = error(&|state| state.slots[0][0] = f32::INFINITY);
    assert_eq!(infinite, "a.safetensors: conv2d/kernel/slot_0 holds values that are NaN or infinite");
    let mut file = write(&trained(), "safetensors").unwrap().bytes;
    let at = file.windows(13).position(|window| window == b"kernel/slot_1").unwrap();
    file[at..at + 13].copy_from_slice(b"kernel/slot_9");
    let missing = read("a.safetensors", &file).unwrap_err().to_string();
    assert!(missing.ends_with("kernel/slot_1 is missing"), "{missing}");
}

/// The file of a model with these classes, its parameters in 16 bits.
fn halved(model: &Model, classes: &[&str]) -> Vec<u8> {
    use ::safetensors::{Dtype, serialize, tensor::TensorView};
    let description = serde_json::json!({ "network": model.network, "classes": classes }).to_string();
    let of = |parameter: &crate::model::Parameter| {
        let values = &model.state.parameters[parameter.range()];
        values.iter().flat_map(|value| half::f16::from_f32(*value).to_le_bytes()).collect::<Vec<u8>>()
    };
    let parameters = model.network.parameters();
    let bytes: Vec<Vec<u8>> = parameters.iter().map(of).collect();
    let tensors = parameters.iter().zip(&bytes).map(|(parameter, bytes)| {
        let view = TensorView::new(Dtype::F16, parameter.shape.clone(), bytes).unwrap();
        (parameter.name.clone(), view)
    });
    let metadata = std::collections::HashMap::from([("fovea".to_owned(), description)]);
    serialize(tensors.collect::<Vec<_>>(), Some(metadata)).unwrap()
}

#[test]
fn numbers_of_16_bits_are_read_exactly() {
    let mut model = model();
    // The largest, the smallest, the smallest of full precision, and what both signs of zero become.
    model.state.parameters[..6].copy_from_slice(&[65504.0, 5.960_464_5e-8, 6.103_515_6e-5, 0.0, -0.0, -1.5]);
    let names: Vec<&str> = model.classes.iter().map(String::as_str).collect();
    let opened = read("half.safetensors", &halved(&model, &names)).unwrap();
    for (found, whole) in opened.state.parameters.iter().zip(&model.state.parameters) {
        assert_eq!(found.to_bits(), half::f16::from_f32(*whole).to_f32().to_bits(), "{whole}");
    }
    assert_eq!(opened.state.parameters[..6], model.state.parameters[..6]);
    for wild in [f32::INFINITY, f32::NAN, 1e6] {
        model.state.parameters[0] = wild;
        let error = read("half.safetensors", &halved(&model, &names)).unwrap_err().to_string();
        assert!(error.contains("conv2d/kernel holds values that are NaN or infinite"), "{error}");
    }
}

#[test]
fn only_a_base_may_have_no_classes() {
    let model = model();
    let bytes = halved(&model, &[]);
    let base = read_base("base.safetensors", &bytes).unwrap();
    assert_eq!((base.network, base.classes), (model.network.clone(), vec![]));
    let error = read("base.safetensors", &bytes).unwrap_err().to_string();
    assert!(error.starts_with("base.safetensors: this file is a base without classes: "), "{error}");
    // All else is asked of it as well.
    let error = read_base("base.safetensors", &bytes[..bytes.len() - 1]).unwrap_err().to_string();
    assert!(error.contains("ends too early"), "{error}");
    let error = read_base("base.safetensors", &halved(&model, &["one"])).unwrap_err().to_string();
    assert!(error.contains("the network in it cannot be built"), "{error}");
    // A whole model can be a base, too.
    let whole = write(&model, "safetensors").unwrap().bytes;
    assert_eq!(read_base("a.safetensors", &whole).unwrap(), model);
}

/// The file of a trained model, with another tensor of photos, or without one.
fn with_photos(dtype: ::safetensors::Dtype, shape: &[usize], photos: Option<&[u8]>) -> Vec<u8> {
    use ::safetensors::{SafeTensors, serialize, tensor::TensorView};
    let whole = write(&trained(), "safetensors").unwrap().bytes;
    let (_, head) = SafeTensors::read_metadata(&whole).unwrap();
    let file = SafeTensors::deserialize(&whole).unwrap();
    let mut tensors: Vec<_> =
        file.tensors().into_iter().filter(|(name, _)| name != "training/photos").collect();
    assert_eq!(tensors.len() + 1, file.len());
    if let Some(photos) = photos {
        tensors.push(("training/photos".to_owned(), TensorView::new(dtype, shape.to_vec(), photos).unwrap()));
    }
    serialize(tensors, head.metadata().clone()).unwrap()
}

#[test]
fn the_photos_that_a_model_was_trained_with_are_in_its_file() {
    use ::safetensors::Dtype;
    let model = trained();
    let photos = &model.state.training.photos;
    assert_eq!((photos.complete, photos.fingerprints().len()), (true, 50));
    let bytes: Vec<u8> = photos.fingerprints().iter().flat_map(|of| of.to_le_bytes()).collect();
    let again = read("a.safetensors", &with_photos(Dtype::U8, &[50, 8], Some(&bytes))).unwrap();
    assert_eq!(again, model);
    // Another program's form of the same bytes is as good.
    assert_eq!(read("a.safetensors", &with_photos(Dtype::U8, &[400], Some(&bytes))).unwrap(), model);
    // An untrained one has none, and says so.
    let untrained = read("a.safetensors", &write(&self::model(), "safetensors").unwrap().bytes).unwrap();
    assert_eq!(untrained.state.training.photos, SeenPhotos::none());
}

#[test]
fn a_list_of_photos_that_cannot_be_is_refused() {
    use ::safetensors::Dtype;
    let damaged = |dtype, shape: &[usize], bytes: &[u8]| {
        let error = read("a.safetensors", &with_photos(dtype, shape, Some(bytes))).unwrap_err().to_string();
        let said = "a.safetensors: its record of the training is invalid: the list of its training photos is damaged";
        assert_eq!(error, said, "{dtype:?} {shape:?}");
    };
    let numbers = |all: &[u64]| all.iter().flat_map(|of| of.to_le_bytes()).collect::<Vec<u8>>();
    damaged(Dtype::F32, &[2, 2], &numbers(&[1, 2]));
    damaged(Dtype::U64, &[2], &numbers(&[1, 2]));
    damaged(Dtype::U8, &[15], &numbers(&[1, 2])[..15]);
    damaged(Dtype::U8, &[2, 8], &numbers(&[1, 1]));
    damaged(Dtype::U8, &[2, 8], &numbers(&[2, 1]));
    let many: Vec<u64> = (0..=SeenPhotos::MOST as u64).collect();
    damaged(Dtype::U8, &[many.len(), 8], &numbers(&many));
    let none = read("a.safetensors", &with_photos(Dtype::U8, &[], None)).unwrap_err().to_string();
    assert!(none.ends_with("it was trained, but with no photos"), "{none}");
    let empty = read("a.safetensors", &with_photos(Dtype::U8, &[0, 8], Some(&[]))).unwrap_err().to_string();
    assert!(empty.ends_with("it was trained, but with no photos"), "{empty}");
}

#[test]
fn a_file_that_does_not_say_which_photos_it_was_trained_with_is_opened() {
    use ::safetensors::{SafeTensors, serialize};
    let bytes = with_photos(::safetensors::Dtype::U8, &[], None);
    let (_, head) = SafeTensors::read_metadata(&bytes).unwrap();
    let mut head = head.metadata().clone().unwrap();
    let mut description: serde_json::Value = serde_json::from_str(&head["fovea"]).unwrap();
    description["training"].as_object_mut().unwrap().remove("photos").unwrap();
    head.insert("fovea".to_owned(), description.to_string());
    let tensors = SafeTensors::deserialize(&bytes).unwrap().tensors();
    let opened = read("old.safetensors", &serialize(tensors, Some(head)).unwrap()).unwrap();
    assert_eq!(opened.state.training.photos, SeenPhotos::default());
    assert_eq!(opened.state.training.epochs, 2);
}

/// A small network that says when it is not sure.
fn with_threshold() -> Model {
    let classifier = untrained("sigmoid", 1);
    let dataset = stripes();
    now(fit(&Device::cpu(), &classifier, &dataset, &options(12), &mut Watcher::default())).unwrap();
    let report = now(set_threshold(&Device::cpu(), &classifier, &dataset, 0.9, &mut Watcher::default()));
    assert_eq!(report.unwrap().unwrap().known, 50);
    classifier.model(&classifier.good())
}

#[test]
fn when_a_network_is_not_sure_is_saved() {
    let model = with_threshold();
    let file = write(&model, "safetensors").unwrap();
    assert_eq!(read("a.safetensors", &file.bytes).unwrap(), model);
    let without = write(&Model { threshold: None, ..model }, "safetensors").unwrap();
    assert!(!String::from_utf8_lossy(&without.bytes).contains("threshold"));
    assert_eq!(read("a.safetensors", &without.bytes).unwrap().threshold, None);
}

#[test]
fn a_threshold_that_cannot_be_is_refused() {
    let model = with_threshold();
    let threshold = model.threshold.clone().unwrap();
    let familiar = threshold.familiar.clone().unwrap();
    let error = |threshold: Threshold| {
        let file =
            write(&Model { threshold: Some(Rc::new(threshold)), ..model.clone() }, "safetensors").unwrap();
        let error = read("a.safetensors", &file.bytes).unwrap_err().to_string();
        error.strip_prefix("a.safetensors: its threshold is invalid: ").unwrap().to_owned()
    };
    let with = |familiar| Threshold { familiar: Some(familiar), ..(*threshold).clone() };
    let damaged = "what it knows of its training photos is damaged";
    for (keep, least_probability) in [(1.5, 0.5), (0.9, -0.1), (0.9, 7.0)] {
        let wrong = Threshold { keep, least_probability, ..(*threshold).clone() };
        assert_eq!(error(wrong), "its shares must be between 0 and 1");
    }
    let wrong = Threshold { temperature: 0.0, ..(*threshold).clone() };
    assert_eq!(error(wrong), "its temperature must be between 0.05 and 20");
    for layer in ["nowhere", "dense", "", "input_layer"] {
        let described = format!("it describes photos by the layer \"{layer}\", which does not");
        assert_eq!(error(with(Familiar { layer: layer.into(), ..familiar.clone() })), described);
    }
    let photos = familiar.photos[..150].to_vec();
    let channels = Familiar { channels: 3, photos, ..familiar.clone() };
    assert!(error(with(channels)).starts_with("it describes photos by"));
    let mut spoilt = familiar.clone();
    spoilt.photos[7] = f32::INFINITY;
    assert_eq!(error(with(spoilt)), damaged);
    assert_eq!(error(with(Familiar { photos: Vec::new(), ..familiar.clone() })), damaged);
    let many =
        familiar.photos.iter().copied().cycle().take(familiar.channels * (Familiar::MOST + 1)).collect();
    assert_eq!(error(with(Familiar { photos: many, ..familiar.clone() })), damaged);
    // Descriptions that are missing.
    let mut bytes = write(&model, "safetensors").unwrap().bytes;
    let at = bytes.windows(18).position(|window| window == b"\"threshold/photos\"").unwrap();
    bytes[at + 1] = b'T';
    let missing = read("a.safetensors", &bytes).unwrap_err().to_string();
    assert_eq!(missing, "a.safetensors: the parameter threshold/photos is missing");
}
