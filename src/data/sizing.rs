use serde::{Deserialize, Serialize};

use super::ImageSize;

/// How a pixel of the smaller photo is made; the words are Keras'.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum Interpolation {
    /// A weighted mean of all pixels below it, as Pillow's `BILINEAR`.
    #[default]
    Bilinear,
    /// The pixel below its middle, as Pillow's `NEAREST`: the default of Keras' `ImageDataGenerator`.
    Nearest,
}

/// How photos become images of one size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Sizing {
    /// The size.
    pub image_size: ImageSize,
    /// How it is reached.
    pub interpolation: Interpolation,
    /// Whether photos keep their proportions and lose what is beyond them, as with Keras'
    /// `crop_to_aspect_ratio`, rather than being stretched.
    pub crop_to_aspect_ratio: bool,
}

impl From<ImageSize> for Sizing {
    /// Bilinear and stretched.
    fn from(image_size: ImageSize) -> Self {
        Self { image_size, interpolation: Interpolation::default(), crop_to_aspect_ratio: false }
    }
}

impl Sizing {
    /// What is used of a photo of `[height, width]`: for each axis, where it begins and how long it is.
    ///
    /// The largest part in the middle that has the image's proportions, rounded down; Keras'
    /// `smart_resize`. Where an odd number is left over, the smaller half is in front.
    pub(super) fn used(&self, [height, width]: [usize; 2]) -> [(usize, usize); 2] {
        if !self.crop_to_aspect_ratio {
            return [(0, height), (0, width)];
        }
        let [high, wide] = self.image_size.sides();
        let middle = |side: usize, wanted: usize| {
            let kept = wanted.clamp(1, side);
            ((side - kept) / 2, kept)
        };
        [middle(height, width * high / wide), middle(width, height * wide / high)]
    }
}
