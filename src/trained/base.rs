//! A trained network as the base of another one.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::{Model, SeenPhotos, State, Training};
use crate::model::{GraphLayer, Layer, ModelError, Network};

impl Model {
    /// The same model, of which training changes the layers from the one called `name` on and leaves those before it as they
    /// are: fine-tuning, as in section 5.3.2 of the book. Batch norms that are frozen stay so, for their statistics are the
    /// base's, as Keras' guide to fine-tuning has it.
    ///
    /// # Errors
    /// [`ModelError::NoSuchLayer`].
    pub fn trained_from(&self, name: &str) -> Result<Self, ModelError> {
        let layers = self.network.layers();
        let first = layers.iter().position(|placed| placed.name == name);
        let first = first.ok_or_else(|| ModelError::NoSuchLayer(name.to_owned()))?;
        let mut trainable = BTreeMap::new();
        for (index, placed) in layers.iter().enumerate() {
            let stays = matches!(&placed.layer, Layer::BatchNormalization(norm) if !norm.trainable);
            if !stays && !placed.weights.is_empty() {
                trainable.insert(placed.name.clone(), index >= first);
            }
        }
        self.with_trainable(&trainable)
    }

    /// A model for other photos and classes on top of this one: its layers up to `through` with their weights, frozen, and new
    /// layers behind; see [`Network::base`]. The first new layer reads the base's output. Images may have another size than
    /// this model's: the weights of convolutions go with any.
    ///
    /// # Errors
    /// Those of [`Network::base`] and [`Network::graph`], [`ModelError::OutputUnits`], and [`ModelError::BaseShape`] for
    /// weights that do not fit images of this size.
    pub fn with_head(
        &self,
        through: Option<&str>,
        head: Vec<GraphLayer>,
        image: [usize; 3],
        classes: Vec<String>,
        seed: u32,
    ) -> Result<Self, ModelError> {
        let mut layers = self.network.base(through)?;
        let own_layers = layers.len();
        layers.extend(head);
        let network = Network::graph(self.network.name(), image, layers)?;
        network.check_classes(classes.len())?;
        let mut state = State::initial(network.initial_parameters(seed), seed);
        let mut frozen = network.initial_frozen(seed);
        // The new layers begin anew, also one that is called as a layer of this model behind `through`.
        let of_base = network.layers()[..own_layers].iter().flat_map(|placed| &placed.weights);
        for parameter in of_base.map(|(_, index)| &network.parameters()[*index]) {
            let own = self.network.parameters().iter().find(|own| own.name == parameter.name);
            let own = own.ok_or_else(|| ModelError::NoSuchLayer(parameter.name.clone()))?;
            if own.shape != parameter.shape {
                let (layer, found, wanted) = (own.name.clone(), own.shape.clone(), parameter.shape.clone());
                return Err(ModelError::BaseShape { layer, found, wanted });
            }
            frozen[parameter.range()].copy_from_slice(self.state.values(own));
        }
        state.frozen = Rc::new(frozen);
        // Fingerprints are of the pixels that a network was fed, so of images of its size.
        let same_size = self.network.input_shape() == image;
        let photos = if same_size { self.state.training.photos.clone() } else { SeenPhotos::default() };
        state.training = Training { photos, ..Training::initial(seed) };
        Ok(Self { network, classes, state, sizing: None, threshold: None })
    }
}
