use super::{Rule, Site, Weight, settings};
use crate::model::{Activation, ModelError, Padding, Pair};

settings! {
    /// A 2D convolution: `[h, w, c]` to `[h', w', filters]`; its kernel is `[kh, kw, c, filters]`.
    Conv2D {
        /// Output channels.
        filters: usize = 32,
        /// The window's height and width.
        kernel_size: Pair = Pair([3, 3]),
        /// How far the window moves.
        strides: Pair = Pair([1, 1]),
        /// How the border is treated.
        padding: Padding = Padding::Valid,
        /// How far apart the window's pixels lie.
        #[serde(skip_serializing_if = "is_one")]
        dilation_rate: Pair = Pair([1, 1]),
        /// Into how many groups the channels are cut, each with filters of its own; the kernel is then
        /// `[kh, kw, c / groups, filters]`.
        #[serde(skip_serializing_if = "is_single")]
        groups: usize = 1,
        /// What the output goes through.
        activation: Activation = Activation::Linear,
        /// Whether each filter has a bias.
        use_bias: bool = true,
    }
}

impl Rule for Conv2D {
    fn place(&self, site: &mut Site<'_>) -> Result<Vec<usize>, ModelError> {
        site.positive("filters", self.filters)?;
        site.positive("groups", self.groups)?;
        let kernel = ("kernel_size", self.kernel_size);
        let window = site.window(kernel, self.strides, self.padding, self.dilation_rate)?;
        let [_, _, channels] = site.image()?;
        if !channels.is_multiple_of(self.groups) || !self.filters.is_multiple_of(self.groups) {
            let reason = format!(
                "groups is {}; {channels} channels and {} filters cannot be cut into as many",
                self.groups, self.filters
            );
            return Err(site.wrong(reason));
        }
        let [height, width] = self.kernel_size.0;
        site.kernel(Weight::Kernel, vec![height, width, channels / self.groups, self.filters]);
        site.bias(self.use_bias, self.filters);
        Ok(vec![window.output[0], window.output[1], self.filters])
    }

    fn activation(&self) -> Activation {
        self.activation
    }
}

fn is_one(pair: &Pair) -> bool {
    *pair == Pair([1, 1])
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_single(groups: &usize) -> bool {
    *groups == 1
}
