use serde::{Deserialize, Deserializer};

use super::TrainError;
use crate::model::{Augmentation, Loss, Optimizer};

/// What `lab.fit` takes; the words are Keras' `fit` and `compile` in camel case.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct FitOptions {
    /// Passes over the training photos, or over `steps_per_epoch` batches of them.
    pub epochs: u32,
    /// Photos a step.
    pub batch_size: usize,
    /// Steps an epoch; by default as many as it takes to see every photo once. Where it is another
    /// number, the next epoch goes on where the last one ended, as with Keras' generators.
    pub steps_per_epoch: Option<u32>,
    /// By its name, or with its settings.
    #[serde(deserialize_with = "optimizer")]
    #[cfg_attr(test, ts(type = "string | ({ name: string } & Record<string, unknown>)"))]
    pub optimizer: Optimizer,
    /// By default the one that goes with the last activation.
    pub loss: Option<Loss>,
    /// Whether each pass has an order of its own.
    pub shuffle: bool,
    /// What order, masks and so the whole run are drawn from; by default the lab's.
    pub seed: Option<u32>,
    /// What a photo of each class counts in the loss, by label, as Keras' `class_weight`; 1 by default.
    pub class_weight: Option<Vec<f32>>,
    /// How training photos are changed at random.
    #[cfg_attr(test, ts(type = "Partial<Augmentation> | null"))]
    pub augmentation: Option<Augmentation>,
    /// Whether the model starts over with its initial weights instead of continuing from where its training is.
    pub initial: bool,
}

impl Default for FitOptions {
    fn default() -> Self {
        Self {
            epochs: 1,
            batch_size: 32,
            steps_per_epoch: None,
            optimizer: Optimizer::default(),
            loss: None,
            shuffle: true,
            seed: None,
            class_weight: None,
            augmentation: None,
            initial: false,
        }
    }
}

impl FitOptions {
    /// Checks the numbers.
    ///
    /// # Errors
    /// [`TrainError::Zero`], or the augmentation's or the optimizer's errors.
    pub fn check(&self) -> Result<(), TrainError> {
        for (name, number) in [
            ("epochs", self.epochs as usize),
            ("batchSize", self.batch_size),
            ("stepsPerEpoch", self.steps_per_epoch.unwrap_or(1) as usize),
        ] {
            if number == 0 {
                return Err(TrainError::Zero(name));
            }
        }
        self.augmentation.as_ref().map_or(Ok(()), Augmentation::check)?;
        if self.class_weight.iter().flatten().any(|weight| !weight.is_finite() || *weight <= 0.0) {
            return Err(TrainError::ClassWeight);
        }
        Ok(self.optimizer.check()?)
    }
}

/// `"rmsprop"` is `{ name: "rmsprop" }`.
fn optimizer<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Optimizer, D::Error> {
    use serde::de::Error;
    let mut value = serde_json::Value::deserialize(deserializer)?;
    if value.is_string() {
        value = serde_json::json!({ "name": value });
    }
    serde_json::from_value(value).map_err(|error| D::Error::custom(format!("optimizer: {error}")))
}
