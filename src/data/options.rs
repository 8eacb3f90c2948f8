use serde::{Deserialize, Serialize};

use super::numbers::{seed, test, validation};
use super::{DataError, ImageSize, Interpolation, LayoutKind, Shares, Sizing, SplitBy, Wanted};

/// How photos become a dataset: `lab.importImages`' second argument, in camel case there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct ImportOptions {
    /// What every photo is resized to, as Keras' `target_size`.
    pub image_size: ImageSize,
    /// How that size is reached.
    pub interpolation: Interpolation,
    /// Whether photos keep their proportions, and lose what is beyond those of the image.
    pub crop_to_aspect_ratio: bool,
    /// The training photos of each class, alike; all that the others leave where it is left open.
    pub train: Option<f64>,
    /// The validation photos of each class: below 1 a fraction of the class, from 1 on a number.
    #[serde(deserialize_with = "validation")]
    pub validation: f64,
    /// The test photos of each class: below 1 a fraction of the class, from 1 on a number.
    #[serde(deserialize_with = "test")]
    pub test: f64,
    /// Which photos the splits draw: the same seed draws the same ones.
    #[serde(deserialize_with = "seed")]
    pub seed: u32,
    /// Whether the splits are drawn or go by the order of names.
    pub split_by: SplitBy,
    /// What tells the classes.
    pub layout: LayoutKind,
    /// The table that does: its path or the end of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub table: Option<String>,
    /// The head of its column of labels, or the column's number from 1 on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
}

impl Default for ImportOptions {
    /// 150 x 150 pixels, half of the photos to train with and a quarter each to validate and to test.
    fn default() -> Self {
        Self {
            image_size: ImageSize::default(),
            interpolation: Interpolation::default(),
            crop_to_aspect_ratio: false,
            train: None,
            validation: 0.25,
            test: 0.25,
            seed: 0,
            split_by: SplitBy::Drawn,
            layout: LayoutKind::Auto,
            table: None,
            column: None,
        }
    }
}

impl ImportOptions {
    /// Checks what the types leave open.
    ///
    /// # Errors
    /// [`DataError::Argument`] for a share that is negative, not a number, from 1 on not whole, or
    /// fractions that together leave nothing to train with.
    pub fn check(&self) -> Result<(), DataError> {
        self.shares().check()
    }

    /// How photos become images.
    pub fn sizing(&self) -> Sizing {
        Sizing {
            image_size: self.image_size,
            interpolation: self.interpolation,
            crop_to_aspect_ratio: self.crop_to_aspect_ratio,
        }
    }

    /// What is to tell the classes.
    pub fn wanted(&self) -> Wanted {
        Wanted { by: self.layout, table: self.table.clone(), column: self.column.clone() }
    }

    /// How photos are shared out.
    pub fn shares(&self) -> Shares {
        let Self { train, validation, test, split_by: by, seed, .. } = *self;
        Shares { train, validation, test, by, seed }
    }
}
