use serde::{Deserialize, Serialize};

use super::{Initial, Rule, Site, Weight, is_yes};
use crate::model::{Activation, ModelError, Padding, Pair};

/// A convolution of each channel on its own: `[h, w, c]` to `[h', w', c * depth_multiplier]`; its kernel is
/// `[kh, kw, c, depth_multiplier]`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DepthwiseConv2D {
    /// The layer's name; by default its class' and a number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Whether training changes its parameters.
    #[serde(skip_serializing_if = "is_yes")]
    pub trainable: bool,
    /// The window's height and width.
    pub kernel_size: Pair,
    /// How far the window moves.
    pub strides: Pair,
    /// How the border is treated.
    pub padding: Padding,
    /// Outputs of each channel.
    pub depth_multiplier: usize,
    /// How far apart the window's pixels lie.
    pub dilation_rate: Pair,
    /// What the output goes through.
    pub activation: Activation,
    /// Whether each output has a bias.
    pub use_bias: bool,
}

impl Default for DepthwiseConv2D {
    fn default() -> Self {
        Self {
            name: None,
            trainable: true,
            kernel_size: Pair([3, 3]),
            strides: Pair([1, 1]),
            padding: Padding::Valid,
            depth_multiplier: 1,
            dilation_rate: Pair([1, 1]),
            activation: Activation::Linear,
            use_bias: true,
        }
    }
}

impl Rule for DepthwiseConv2D {
    fn place(&self, site: &mut Site<'_>) -> Result<Vec<usize>, ModelError> {
        site.positive("depth_multiplier", self.depth_multiplier)?;
        let kernel = ("kernel_size", self.kernel_size.0);
        let window = site.dilated_window(kernel, self.strides.0, self.padding, self.dilation_rate.0)?;
        let [_, _, channels] = site.image()?;
        let outputs = channels.saturating_mul(self.depth_multiplier);
        let [height, width] = self.kernel_size.0;
        site.kernel(Weight::Kernel, vec![height, width, channels, self.depth_multiplier]);
        if self.use_bias {
            site.weight(Weight::Bias, vec![outputs], Initial::Zeros);
        }
        Ok(vec![window.output[0], window.output[1], outputs])
    }

    fn activation(&self) -> Activation {
        self.activation
    }
}
