//! What other programs' files have no place for; it lies beside the model as JSON, and those programs pass over it.

use fovea::data::Sizing;
use fovea::trained::Model;
use serde::{Deserialize, Serialize};

use crate::Preprocessing;
use crate::draft::Draft;

/// What a file of ours says beside its model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Beside {
    /// The classes' names.
    pub classes: Vec<String>,
    /// How photos become images.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sizing: Option<Sizing>,
}

impl Beside {
    /// Of a model.
    pub fn of(model: &Model) -> Self {
        Self { classes: model.classes.clone(), sizing: model.sizing }
    }

    /// Takes it over. We wrote the file, so photos are as ours are.
    pub fn take_over(self, draft: &mut Draft) {
        (draft.classes, draft.sizing) = (Some(self.classes), self.sizing);
        draft.preprocessing = Some(Preprocessing::Unit);
    }
}
