use serde::{Deserialize, Serialize};

use super::{Initial, Rule, Site, Weight, is_yes};
use crate::model::{Activation, ModelError, Padding, Pair};

/// A 2D convolution: `[h, w, c]` to `[h', w', filters]`; its kernel is `[kh, kw, c, filters]`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Conv2D {
    /// The layer's name; by default its class' and a number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Whether training changes its parameters.
    #[serde(skip_serializing_if = "is_yes")]
    pub trainable: bool,
    /// Output channels.
    pub filters: usize,
    /// The window's height and width.
    pub kernel_size: Pair,
    /// How far the window moves.
    pub strides: Pair,
    /// How the border is treated.
    pub padding: Padding,
    /// How far apart the window's pixels lie.
    #[serde(skip_serializing_if = "is_one")]
    pub dilation_rate: Pair,
    /// Into how many groups the channels are cut, each with filters of its own; the kernel is then
    /// `[kh, kw, c / groups, filters]`.
    #[serde(skip_serializing_if = "is_single")]
    pub groups: usize,
    /// What the output goes through.
    pub activation: Activation,
    /// Whether each filter has a bias.
    pub use_bias: bool,
}

impl Default for Conv2D {
    fn default() -> Self {
        Self {
            name: None,
            trainable: true,
            filters: 32,
            kernel_size: Pair([3, 3]),
            strides: Pair([1, 1]),
            padding: Padding::Valid,
            dilation_rate: Pair([1, 1]),
            groups: 1,
            activation: Activation::Linear,
            use_bias: true,
        }
    }
}

impl Rule for Conv2D {
    fn place(&self, site: &mut Site<'_>) -> Result<Vec<usize>, ModelError> {
        site.positive("filters", self.filters)?;
        site.positive("groups", self.groups)?;
        let kernel = ("kernel_size", self.kernel_size.0);
        let window = site.dilated_window(kernel, self.strides.0, self.padding, self.dilation_rate.0)?;
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
        if self.use_bias {
            site.weight(Weight::Bias, vec![self.filters], Initial::Zeros);
        }
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
