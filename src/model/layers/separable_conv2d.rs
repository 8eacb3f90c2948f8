use super::{Rule, Site, Weight, settings};
use crate::model::{Activation, ModelError, Padding, Pair};

settings! {
    /// A convolution of each channel on its own, then one by 1x1 pixels over all of them: `[h, w, c]` to `[h', w', filters]`. Its
    /// kernels are `[kh, kw, c, depth_multiplier]` and `[1, 1, c * depth_multiplier, filters]`.
    SeparableConv2D {
        /// Output channels.
        filters: usize = 32,
        /// The window's height and width.
        kernel_size: Pair = Pair([3, 3]),
        /// How far the window moves.
        strides: Pair = Pair([1, 1]),
        /// How the border is treated.
        padding: Padding = Padding::Valid,
        /// Outputs of each channel between the two convolutions.
        depth_multiplier: usize = 1,
        /// How far apart the window's pixels lie.
        dilation_rate: Pair = Pair([1, 1]),
        /// What the output goes through.
        activation: Activation = Activation::Linear,
        /// Whether each filter has a bias.
        use_bias: bool = true,
    }
}

impl Rule for SeparableConv2D {
    fn place(&self, site: &mut Site<'_>) -> Result<Vec<usize>, ModelError> {
        site.positive("filters", self.filters)?;
        site.positive("depth_multiplier", self.depth_multiplier)?;
        let kernel = ("kernel_size", self.kernel_size);
        let window = site.window(kernel, self.strides, self.padding, self.dilation_rate)?;
        let [_, _, channels] = site.image()?;
        let between = channels.saturating_mul(self.depth_multiplier);
        let [height, width] = self.kernel_size.0;
        site.kernel(Weight::DepthwiseKernel, vec![height, width, channels, self.depth_multiplier]);
        site.kernel(Weight::PointwiseKernel, vec![1, 1, between, self.filters]);
        site.bias(self.use_bias, self.filters);
        Ok(vec![window.output[0], window.output[1], self.filters])
    }

    fn activation(&self) -> Activation {
        self.activation
    }
}
