//! VGG16 from files that have its weights alone, as they have been handed on for years: Keras'
//! `vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5`, and the safetensors of torchvision's and timm's weights.
//!
//! It is the book's base (5.3): Simonyan and Zisserman 2014, "Very Deep Convolutional Networks for Large-Scale Image Recognition".
//! The dense layers, where a file has them, are left out; the means of the last features stand in their place.

use fovea::model::INPUT;
use hdf5_pure::Group;
use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};
use serde_json::json;

use half::{bf16, f16};

use crate::draft::{Draft, DraftLayer};
use crate::hdf5;
use crate::registry::{Format, NamedBytes};
use crate::tensor::{Left, Tensor};
use crate::{Preprocessing, Reason};

/// Weights in safetensors. Nothing is written so.
pub const FORMAT: Format = Format {
    id: "weights",
    name: "VGG16's weights (.safetensors)",
    extension: "safetensors",
    mime: "application/octet-stream",
    recognises,
    read,
    write: |_| Err("weights are not saved without their network".to_owned()),
};

/// Filters and number of the convolutions of each block.
const BLOCKS: [(usize, usize); 5] = [(64, 2), (128, 2), (256, 3), (512, 3), (512, 3)];
/// Sides of the images that it was trained with.
const SIDE: usize = 224;
const NOTE: &str = "The file has the weights of VGG16 without a network: these are its convolutions, and behind them the means of \
                    their 512 features in the place of classes. Put new layers for your classes on top of them.";

/// Where PyTorch's `Sequential` has each convolution, among activations and poolings.
const PLACES: [usize; 13] = [0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28];

/// The names of the convolutions, as Keras has them, with the filters of each.
fn convolutions() -> impl Iterator<Item = (String, usize)> {
    (1..).zip(BLOCKS).flat_map(|(block, (filters, convolutions))| {
        (1..=convolutions).map(move |number| (format!("block{block}_conv{number}"), filters))
    })
}

/// Whether the values of all its convolutions are in a group.
pub fn is_in(weights: &Group) -> bool {
    convolutions().all(|(name, _)| hdf5::group(weights, &name).is_some())
}

/// Reads the values that Keras' `save_weights` left in a group.
///
/// # Errors
/// A [`Reason`] that names the tensor.
pub fn of_keras(weights: &Group, left: &mut Left) -> Result<Draft, Reason> {
    let values = convolutions().map(|(name, _)| {
        let group = hdf5::group(weights, &name).ok_or(Reason::Missing(format!("the layer {name}")))?;
        let names = hdf5::texts(&group, "weight_names")?;
        names.iter().take(2).map(|name| hdf5::tensor(&group, name, left)).collect()
    });
    let values = values.collect::<Result<Vec<_>, Reason>>()?;
    Ok(draft(values, Preprocessing::Caffe))
}

/// As our own files begin, which the engine opens itself.
fn recognises(bytes: &[u8]) -> bool {
    let Some((length, rest)) = bytes.split_first_chunk() else { return false };
    rest.first() == Some(&b'{') && u64::from_le_bytes(*length) <= rest.len() as u64
}

fn read(file: &NamedBytes, _: &[NamedBytes]) -> Result<Draft, Reason> {
    let damaged = |error: safetensors::SafeTensorError| Reason::Damaged {
        kind: "safetensors",
        detail: error.to_string(),
    };
    let file = SafeTensors::deserialize(&file.bytes).map_err(damaged)?;
    if PLACES.iter().any(|place| file.tensor(&format!("features.{place}.weight")).is_err()) {
        return Err(Reason::WeightsOnly);
    }
    let values = PLACES.iter().map(|place| {
        let tensor = |of: &str| {
            let name = format!("features.{place}.{of}");
            let view = file.tensor(&name).map_err(|_| Reason::Missing(name.clone()))?;
            tensor(name, &view)
        };
        Ok(vec![images_last(tensor("weight")?)?, tensor("bias")?])
    });
    let values = values.collect::<Result<Vec<_>, Reason>>()?;
    Ok(draft(values, Preprocessing::Torch))
}

fn tensor(name: String, view: &TensorView<'_>) -> Result<Tensor, Reason> {
    let (pairs, fours) = (view.data().as_chunks::<2>().0, view.data().as_chunks::<4>().0);
    let values = match view.dtype() {
        Dtype::F32 => fours.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect(),
        Dtype::F16 => pairs.iter().map(|bytes| f16::from_le_bytes(*bytes).to_f32()).collect(),
        Dtype::BF16 => pairs.iter().map(|bytes| bf16::from_le_bytes(*bytes).to_f32()).collect(),
        other => return Err(Reason::Type { name, found: format!("{other:?}") }),
    };
    Ok(Tensor { name, shape: view.shape().to_vec(), values })
}

/// From PyTorch's order of a kernel, `[filters, channels, height, width]`, to ours, `[height, width, channels, filters]`.
fn images_last(kernel: Tensor) -> Result<Tensor, Reason> {
    let Tensor { name, shape, values } = kernel;
    let [filters, channels, height, width] = shape[..] else {
        return Err(Reason::Shape { name, found: shape, wanted: vec![0; 4] });
    };
    let mut turned = vec![0.0; values.len()];
    for (at, value) in values.into_iter().enumerate() {
        let (pixel, plane) = (at % (height * width), at / (height * width));
        let (channel, filter) = (plane % channels, plane / channels);
        turned[(pixel * channels + channel) * filters + filter] = value;
    }
    Ok(Tensor { name, shape: vec![height, width, channels, filters], values: turned })
}

/// The network of these kernels and biases.
fn draft(values: Vec<Vec<Tensor>>, preprocessing: Preprocessing) -> Draft {
    let mut layers: Vec<DraftLayer> = Vec::new();
    let mut add = |name: String, class_name: &str, config: serde_json::Value, tensors: Vec<Tensor>| {
        let before = layers.last().map_or(INPUT.to_owned(), |layer: &DraftLayer| layer.name.clone());
        let (class_name, config) = (class_name.to_owned(), config.as_object().cloned().unwrap_or_default());
        layers.push(DraftLayer { name, class_name, config, inbound: vec![before], tensors });
    };
    let mut values = values.into_iter();
    for (block, (filters, convolutions)) in (1..).zip(BLOCKS) {
        for (number, tensors) in (1..=convolutions).zip(values.by_ref()) {
            let config =
                json!({ "filters": filters, "kernel_size": [3, 3], "padding": "same", "activation": "relu" });
            add(format!("block{block}_conv{number}"), "Conv2D", config, tensors);
        }
        add(format!("block{block}_pool"), "MaxPooling2D", json!({}), Vec::new());
    }
    add("global_average_pooling2d".to_owned(), "GlobalAveragePooling2D", json!({}), Vec::new());
    Draft {
        name: "vgg16".to_owned(),
        input_shape: [SIDE, SIDE, 3],
        layers,
        preprocessing: Some(preprocessing),
        notes: vec![NOTE.to_owned()],
        ..Draft::default()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use safetensors::serialize;

    use super::*;
    use crate::hdf5::{Branch, Data};
    use crate::registry::open;

    /// A few numbers of a kernel, by its layer and place, in either order.
    fn weight(layer: usize, [y, x, channel, filter]: [usize; 4]) -> f32 {
        let mixed = layer * 31 + y * 7 + x * 13 + channel * 3 + filter * 5;
        (mixed % 17) as f32 / 1_000.0
    }

    /// A convolution's name, its kernel's shape, its kernel and its bias.
    type Values = (String, Vec<usize>, Vec<f32>, Vec<f32>);

    /// Those of each convolution, in Keras' order.
    fn values() -> Vec<Values> {
        let mut channels = 3;
        convolutions()
            .enumerate()
            .map(|(layer, (name, filters))| {
                let shape = vec![3, 3, channels, filters];
                let at = |index: usize| {
                    let (filter, channel) = (index % filters, index / filters % channels);
                    let pixel = index / (filters * channels);
                    weight(layer, [pixel / 3, pixel % 3, channel, filter])
                };
                let kernel = (0..9 * channels * filters).map(at).collect();
                let bias = (0..filters).map(|filter| filter as f32 / 100.0).collect();
                channels = filters;
                (name, shape, kernel, bias)
            })
            .collect()
    }

    fn keras_file(values: &[Values], left_out: &str) -> Vec<u8> {
        let mut root = Branch::default();
        for (name, shape, kernel, bias) in values {
            let paths = [format!("{name}_W_1:0"), format!("{name}_b_1:0")];
            let group = root.branch(name);
            group.dataset(&paths[0], Data::Reals(kernel, shape));
            if name != left_out {
                group.dataset(&paths[1], Data::Reals(bias, &shape[3..]));
            }
            group.texts("weight_names", &paths);
        }
        root.into_file().unwrap()
    }

    fn torch_file(values: &[Values], kind: Dtype) -> Vec<u8> {
        let bytes = |values: &[f32]| -> Vec<u8> {
            match kind {
                Dtype::F16 => values.iter().flat_map(|value| f16::from_f32(*value).to_le_bytes()).collect(),
                _ => values.iter().flat_map(|value| value.to_le_bytes()).collect(),
            }
        };
        let mut parts: BTreeMap<String, (Vec<usize>, Vec<u8>)> = BTreeMap::new();
        for (place, (_, shape, kernel, bias)) in PLACES.iter().zip(values) {
            let (channels, filters) = (shape[2], shape[3]);
            let turned: Vec<f32> = (0..kernel.len())
                .map(|at| {
                    let (pixel, plane) = (at % 9, at / 9);
                    kernel[(pixel * channels + plane % channels) * filters + plane / channels]
                })
                .collect();
            parts.insert(format!("features.{place}.weight"), (vec![filters, channels, 3, 3], bytes(&turned)));
            parts.insert(format!("features.{place}.bias"), (vec![filters], bytes(bias)));
        }
        parts.insert("classifier.6.bias".to_owned(), (vec![2], bytes(&[1.0, 2.0])));
        let views = parts.iter().map(|(name, (shape, bytes))| {
            (name.clone(), TensorView::new(kind, shape.clone(), bytes).unwrap())
        });
        serialize(views, None).unwrap()
    }

    fn opened(name: &str, bytes: Vec<u8>) -> Result<crate::Opened, crate::FileError> {
        open(&[NamedBytes { name: name.to_owned(), bytes }], None)
    }

    #[test]
    fn both_kinds_of_files_are_the_same_network() {
        let values = values();
        let keras = opened("vgg16_notop.h5", keras_file(&values, "")).unwrap();
        let torch = opened("model.safetensors", torch_file(&values, Dtype::F32)).unwrap();
        let half = opened("half.safetensors", torch_file(&values, Dtype::F16)).unwrap();
        assert_eq!((keras.preprocessing, torch.preprocessing), (Preprocessing::Caffe, Preprocessing::Torch));
        assert!(!keras.named_classes && keras.notes[0].contains("Put new layers"), "{:?}", keras.notes);
        let [keras, torch, half] =
            [keras, torch, half].map(|opened| fovea::formats::read("own", &opened.own).unwrap());
        // 14,714,688 parameters as Keras counts them, and twelve of the layer that swaps the colours.
        assert_eq!(keras.network.summary().total_params, 14_714_688 + 12);
        assert_eq!(torch.network.summary().total_params, 14_714_688);
        assert_eq!(keras.network.output_units(), 512);
        for (layer, (name, shape, kernel, bias)) in values.iter().enumerate() {
            for (model, off) in [(&keras, 0.0), (&torch, 0.0), (&half, 1e-3)] {
                for (of, wanted) in [("kernel", kernel), ("bias", bias)] {
                    let mut parameters = model.network.parameters().iter();
                    let parameter = parameters.find(|own| own.name == format!("{name}/{of}")).unwrap();
                    let found = model.state.values(parameter);
                    assert_eq!(found.len(), wanted.len());
                    let near = |(found, wanted): (&f32, &f32)| (found - wanted).abs() <= off * wanted.abs();
                    assert!(found.iter().zip(wanted).all(near), "{name}/{of} of layer {layer} {shape:?}");
                }
            }
        }
    }

    #[test]
    fn a_tensor_that_is_missing_or_of_another_shape_is_named() {
        let mut values = values();
        let said = |name: &str, bytes| opened(name, bytes).unwrap_err().to_string();
        let missing = said("cut.h5", keras_file(&values, "block3_conv2"));
        assert!(missing.contains("block3_conv2_b_1:0 is missing"), "{missing}");
        values[4].1 = vec![9, 1, 128, 256];
        let shape = said("other.h5", keras_file(&values, ""));
        assert!(shape.contains("block3_conv1/kernel has the shape [9, 1, 128, 256]"), "{shape}");
        let whole = torch_file(&values, Dtype::F32);
        let cut = said("cut.safetensors", whole[..whole.len() - 9].to_vec());
        assert!(cut.contains("cut.safetensors") && cut.contains("safetensors"), "{cut}");
        // Other networks' weights are not guessed at.
        let other = b"\x02\0\0\0\0\0\0\0{}".to_vec();
        assert!(said("other.safetensors", other).contains("weights without a network"));
        values.pop();
        let shorter = said("vgg13.h5", keras_file(&values, ""));
        assert!(shorter.contains("weights without a network"), "{shorter}");
    }
}
