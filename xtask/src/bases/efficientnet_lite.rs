//! EfficientNet-Lite0 (Tan and Le 2019; Google 2020): EfficientNet-B0 with relu6, and without squeeze-and-excite.
//!
//! Layers are called as in Keras' EfficientNet; batch norms and activations are part of the convolutions before them.

use serde_json::{Value, json};

use super::convolution::{BatchNorm, folded, transposed};
use super::file::Network;
use super::torch::Weights;

type Result<T> = std::result::Result<T, String>;

const INPUT_SHAPE: [usize; 3] = [224, 224, 3];
const STEM: usize = 32;
const TOP: usize = 1280;
const CLASSES: usize = 1000;
const EPSILON: f64 = 1e-3;

/// Blocks that follow each other and give as many channels.
struct Stage {
    kernel: usize,
    /// Of the first block; the others have 1.
    strides: usize,
    channels: usize,
    /// How many times as many channels there are within a block.
    expansion: usize,
    blocks: usize,
}

const STAGES: [Stage; 7] = [
    Stage { kernel: 3, strides: 1, channels: 16, expansion: 1, blocks: 1 },
    Stage { kernel: 3, strides: 2, channels: 24, expansion: 6, blocks: 2 },
    Stage { kernel: 5, strides: 2, channels: 40, expansion: 6, blocks: 2 },
    Stage { kernel: 3, strides: 2, channels: 80, expansion: 6, blocks: 3 },
    Stage { kernel: 5, strides: 1, channels: 112, expansion: 6, blocks: 3 },
    Stage { kernel: 5, strides: 2, channels: 192, expansion: 6, blocks: 4 },
    Stage { kernel: 3, strides: 1, channels: 320, expansion: 6, blocks: 1 },
];

/// The network with these weights: up to its pooled features, or with its classifier of ImageNet's classes.
pub fn network(name: &str, weights: &Weights, has_top: bool) -> Result<Network> {
    let network = Network { name: name.into(), input_shape: INPUT_SHAPE, ..Network::default() };
    let mut building = Building { weights, network };
    // The input is a photo in [0, 1]; this network was trained on (x - 127) / 128 of one in [0, 255].
    building.layer(
        "Rescaling",
        json!({ "name": "preprocessing", "scale": 255.0 / 128.0, "offset": -127.0 / 128.0 }),
    );
    building.convolution("stem_conv", "_conv_stem", "_bn0", [3, 2, INPUT_SHAPE[2], STEM], true)?;
    let (mut before, mut channels, mut number) = ("stem_conv".to_owned(), STEM, 0);
    for (stage, index) in STAGES.iter().zip(1..) {
        for (block, letter) in (0..stage.blocks).zip('a'..) {
            let (ours, theirs) = (format!("block{index}{letter}"), format!("_blocks.{number}"));
            let strides = if block == 0 { stage.strides } else { 1 };
            before = building.block(&ours, &theirs, stage, strides, channels, &before)?;
            (channels, number) = (stage.channels, number + 1);
        }
    }
    building.convolution("top_conv", "_conv_head", "_bn1", [1, 1, channels, TOP], true)?;
    building.layer("GlobalAveragePooling2D", json!({ "name": "avg_pool" }));
    if has_top {
        building.classifier()?;
    }
    Ok(building.network)
}

struct Building<'a> {
    weights: &'a Weights<'a>,
    network: Network,
}

impl Building<'_> {
    fn layer(&mut self, class_name: &str, config: Value) {
        self.network.layers.push(json!({ "class_name": class_name, "config": config }));
    }

    fn tensor(&mut self, layer: &str, weight: &str, shape: &[usize], values: Vec<f32>) {
        self.network.tensors.push((format!("{layer}/{weight}"), shape.to_vec(), values));
    }

    /// Wider, over each channel, narrower; returns the name of its last layer.
    fn block(
        &mut self,
        ours: &str,
        theirs: &str,
        stage: &Stage,
        strides: usize,
        channels: usize,
        before: &str,
    ) -> Result<String> {
        let wide = channels * stage.expansion;
        let name = |part: &str| format!("{ours}_{part}");
        let their = |part: &str| format!("{theirs}.{part}");
        if stage.expansion > 1 {
            let sizes = [1, 1, channels, wide];
            self.convolution(&name("expand_conv"), &their("_expand_conv"), &their("_bn0"), sizes, true)?;
        }
        let sizes = [stage.kernel, strides, wide];
        self.depthwise(&name("dwconv"), &their("_depthwise_conv"), &their("_bn1"), sizes)?;
        let project = name("project_conv");
        let sizes = [1, 1, wide, stage.channels];
        self.convolution(&project, &their("_project_conv"), &their("_bn2"), sizes, false)?;
        if strides > 1 || channels != stage.channels {
            return Ok(project);
        }
        let add = name("add");
        let inbound = [project.as_str(), before];
        self.network
            .layers
            .push(json!({ "class_name": "Add", "config": { "name": add }, "inbound": inbound }));
        Ok(add)
    }

    fn convolution(
        &mut self,
        name: &str,
        conv: &str,
        norm: &str,
        [size, strides, channels, filters]: [usize; 4],
        has_relu6: bool,
    ) -> Result<()> {
        let (kernel, bias) = self.folded(conv, norm, [filters, channels, size, size])?;
        let activation = if has_relu6 { "relu6" } else { "linear" };
        self.layer(
            "Conv2D",
            json!({
                "name": name, "filters": filters, "kernel_size": [size, size], "strides": [strides, strides],
                "padding": "same", "activation": activation,
            }),
        );
        self.tensor(name, "kernel", &[size, size, channels, filters], kernel);
        self.tensor(name, "bias", &[filters], bias);
        Ok(())
    }

    fn depthwise(
        &mut self,
        name: &str,
        conv: &str,
        norm: &str,
        [size, strides, channels]: [usize; 3],
    ) -> Result<()> {
        let (kernel, bias) = self.folded(conv, norm, [channels, 1, size, size])?;
        self.layer(
            "DepthwiseConv2D",
            json!({
                "name": name, "kernel_size": [size, size], "strides": [strides, strides], "padding": "same",
                "activation": "relu6",
            }),
        );
        self.tensor(name, "kernel", &[size, size, channels, 1], kernel);
        self.tensor(name, "bias", &[channels], bias);
        Ok(())
    }

    /// Kernel and bias of a convolution of theirs and the batch norm behind it, in our order.
    fn folded(&self, conv: &str, norm: &str, shape: [usize; 4]) -> Result<(Vec<f32>, Vec<f32>)> {
        let kernel = self.weights.values(&format!("{conv}.weight"), &shape)?;
        let of_norm = |part: &str| self.weights.values(&format!("{norm}.{part}"), &shape[..1]);
        let norm = BatchNorm {
            gamma: of_norm("weight")?,
            beta: of_norm("bias")?,
            mean: of_norm("running_mean")?,
            variance: of_norm("running_var")?,
            epsilon: EPSILON,
        };
        let (kernel, bias) = folded(&kernel, &norm);
        Ok((transposed(&kernel, shape), bias))
    }

    fn classifier(&mut self) -> Result<()> {
        let kernel = self.weights.values("_fc.weight", &[CLASSES, TOP])?;
        let bias = self.weights.values("_fc.bias", &[CLASSES])?;
        let name = "predictions";
        self.layer("Dense", json!({ "name": name, "units": CLASSES, "activation": "softmax" }));
        self.tensor(name, "kernel", &[TOP, CLASSES], transposed(&kernel, [CLASSES, TOP, 1, 1]));
        self.tensor(name, "bias", &[CLASSES], bias);
        // The package does not say what they are called.
        self.network.classes = (0..CLASSES).map(|class| class.to_string()).collect();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Weights of no value under the names and in the shapes of the original, which are worked out here once more.
    fn zeros() -> Vec<u8> {
        let mut tensors: Vec<(String, Vec<usize>)> = Vec::new();
        let mut conv = |name: String, norm: String, shape: [usize; 4]| {
            tensors.push((format!("{name}.weight"), shape.to_vec()));
            for part in ["weight", "bias", "running_mean", "running_var"] {
                tensors.push((format!("{norm}.{part}"), vec![shape[0]]));
            }
        };
        conv("_conv_stem".into(), "_bn0".into(), [32, 3, 3, 3]);
        let (mut number, mut channels) = (0, 32);
        for stage in &STAGES {
            for _ in 0..stage.blocks {
                let (name, wide) =
                    (|part: &str| format!("_blocks.{number}.{part}"), channels * stage.expansion);
                if stage.expansion > 1 {
                    conv(name("_expand_conv"), name("_bn0"), [wide, channels, 1, 1]);
                }
                conv(name("_depthwise_conv"), name("_bn1"), [wide, 1, stage.kernel, stage.kernel]);
                conv(name("_project_conv"), name("_bn2"), [stage.channels, wide, 1, 1]);
                (number, channels) = (number + 1, stage.channels);
            }
        }
        conv("_conv_head".into(), "_bn1".into(), [1280, 320, 1, 1]);
        tensors.push(("_fc.weight".into(), vec![1000, 1280]));
        tensors.push(("_fc.bias".into(), vec![1000]));
        let data = vec![0; 4 * 1280 * 1000];
        let views = tensors.iter().map(|(name, shape)| {
            let bytes = &data[..4 * shape.iter().product::<usize>()];
            let view = safetensors::tensor::TensorView::new(safetensors::Dtype::F32, shape.clone(), bytes);
            (name.as_str(), view.unwrap())
        });
        safetensors::serialize(views.collect::<Vec<_>>(), None).unwrap()
    }

    #[test]
    fn it_is_the_whole_network() {
        let bytes = zeros();
        let weights = Weights::read(&bytes).unwrap();
        let whole = network("lite", &weights, true).unwrap();
        let values: usize = whole.tensors.iter().map(|(.., values)| values.len()).sum();
        let biases = whole.tensors.iter().filter(|(name, ..)| name.ends_with("/bias"));
        let shifts: usize = biases.map(|(.., values)| values.len()).sum();
        // Each batch norm had a scale beside its shift; the classifier has none.
        assert_eq!(values + shifts - CLASSES, 4_652_008);
        assert!(
            whole.tensors.iter().all(|(_, shape, values)| shape.iter().product::<usize>() == values.len())
        );
        assert_eq!((whole.layers.len(), whole.classes.len()), (61, 1000));
        let base = network("lite", &weights, false).unwrap();
        assert_eq!((base.layers.len(), base.classes.len()), (60, 0));
        assert_eq!(base.layers[..], whole.layers[..60]);
    }

    #[test]
    fn layers_are_called_as_keras_calls_them() {
        let bytes = zeros();
        let base = network("lite", &Weights::read(&bytes).unwrap(), false).unwrap();
        let names: Vec<&str> =
            base.layers.iter().filter_map(|layer| layer["config"]["name"].as_str()).collect();
        assert_eq!(names[..4], ["preprocessing", "stem_conv", "block1a_dwconv", "block1a_project_conv"]);
        assert_eq!(names[names.len() - 3..], ["block7a_project_conv", "top_conv", "avg_pool"]);
        let adds: Vec<&Value> = base.layers.iter().filter(|layer| layer["class_name"] == "Add").collect();
        assert_eq!(adds.len(), 9);
        assert_eq!(adds[0]["inbound"], json!(["block2b_project_conv", "block2a_project_conv"]));
        assert_eq!(adds[3]["inbound"], json!(["block4c_project_conv", "block4b_add"]));
    }

    #[test]
    fn weights_of_another_network_are_named() {
        let none =
            safetensors::serialize(Vec::<(&str, safetensors::tensor::TensorView)>::new(), None).unwrap();
        let error = network("lite", &Weights::read(&none).unwrap(), false).err().unwrap();
        assert!(error.contains("_conv_stem.weight"), "{error}");
    }
}
