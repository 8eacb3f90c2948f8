use super::{Rule, Site, Weight, settings};
use crate::model::{Activation, ModelError, Padding, Pair};

settings! {
    /// A convolution of each channel on its own: `[h, w, c]` to `[h', w', c * depth_multiplier]`; its kernel is
    /// `[kh, kw, c, depth_multiplier]`.
    DepthwiseConv2D {
        /// The window's height and width.
        kernel_size: Pair = Pair([3, 3]),
        /// How far the window moves.
        strides: Pair = Pair([1, 1]),
        /// How the border is treated.
        padding: Padding = Padding::Valid,
        /// Outputs of each channel.
        depth_multiplier: usize = 1,
        /// How far apart the window's pixels lie.
        dilation_rate: Pair = Pair([1, 1]),
        /// What the output goes through.
        activation: Activation = Activation::Linear,
        /// Whether each output has a bias.
        use_bias: bool = true,
    }
}

impl Rule for DepthwiseConv2D {
    fn place(&self, site: &mut Site<'_>) -> Result<Vec<usize>, ModelError> {
        site.positive("depth_multiplier", self.depth_multiplier)?;
        let kernel = ("kernel_size", self.kernel_size);
        let window = site.window(kernel, self.strides, self.padding, self.dilation_rate)?;
        let [_, _, channels] = site.image()?;
        let outputs = channels.saturating_mul(self.depth_multiplier);
        let [height, width] = self.kernel_size.0;
        site.kernel(Weight::Kernel, vec![height, width, channels, self.depth_multiplier]);
        site.bias(self.use_bias, outputs);
        Ok(vec![window.output[0], window.output[1], outputs])
    }

    fn activation(&self) -> Activation {
        self.activation
    }
}
