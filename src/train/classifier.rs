use super::TrainError;
use crate::data::{Dataset, ImageSize, Sizing};
use crate::device::{Device, Weights};
use crate::model::{ModelError, Network};

/// A network with its weights on a device, and the names of the classes that it tells apart.
#[derive(Debug, Clone)]
pub struct Classifier {
    /// What it is.
    pub network: Network,
    /// What it knows.
    pub weights: Weights,
    /// The classes' names, in the order of the outputs.
    pub classes: Vec<String>,
    /// How its training photos became images; nothing where that is not known.
    pub sizing: Option<Sizing>,
}

impl Classifier {
    /// A classifier that knows nothing yet.
    ///
    /// # Errors
    /// [`ModelError::OutputUnits`] where the outputs do not fit the classes, and the device's errors.
    pub fn untrained(
        device: &Device,
        network: Network,
        classes: Vec<String>,
        seed: u32,
    ) -> Result<Self, TrainError> {
        let parameters = network.initial_parameters(seed);
        Self::with_parameters(device, network, classes, &parameters)
    }

    /// A classifier with these parameters, laid out as [`Network::parameters`] says.
    ///
    /// # Errors
    /// [`ModelError::OutputUnits`] where the outputs do not fit the classes, and the device's errors.
    pub fn with_parameters(
        device: &Device,
        network: Network,
        classes: Vec<String>,
        parameters: &[f32],
    ) -> Result<Self, TrainError> {
        network.check_classes(classes.len())?;
        Ok(Self { weights: device.weights(parameters)?, network, classes, sizing: None })
    }

    /// How a photo becomes an image for this network: as the training photos did, or bilinear and stretched. `None`
    /// where images of its size cannot be made.
    pub fn sizing(&self) -> Option<Sizing> {
        let [height, width, _] = self.network.input_shape();
        let size = ImageSize::new(u32::try_from(height).ok()?, u32::try_from(width).ok()?).ok()?;
        Some(Sizing { image_size: size, ..self.sizing.unwrap_or_else(|| size.into()) })
    }

    /// Checks that a dataset's photos and classes are this network's.
    ///
    /// # Errors
    /// [`TrainError::Shapes`], [`TrainError::Classes`], or [`ModelError::OutputUnits`] as a [`TrainError::Model`].
    pub fn check(&self, dataset: &Dataset) -> Result<(), TrainError> {
        let (network, dataset_shape) = (self.network.input_shape(), dataset.image_shape);
        if network != dataset_shape {
            return Err(TrainError::Shapes { network, dataset: dataset_shape });
        }
        if self.classes.len() != dataset.classes.len() {
            let (units, classes) = (self.network.output_units(), dataset.classes.len());
            return Err(ModelError::OutputUnits { units, classes }.into());
        }
        if self.classes != dataset.classes {
            let (network, dataset) = (self.classes.join(", "), dataset.classes.join(", "));
            return Err(TrainError::Classes { network, dataset });
        }
        Ok(())
    }
}
