use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{
    Activation, Augmentation, Conv2D, Dense, Dropout, Flatten, GlobalAveragePooling2D, GraphLayer, Layer,
    Loss, MaxPooling2D, ModelError, Network, Optimizer,
};

/// An image of 2^30 pixels is a handful after so many pairs.
const MOST_PAIRS: usize = 14;

/// A network of the book with what it is trained by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recipe {
    /// Section 5.1: the convnet for handwritten digits.
    Digits,
    /// Section 5.2: cats against dogs on a small set, from scratch.
    CatsAndDogsSmall,
    /// Section 5.2 once more: the same with dropout, for photos that are changed at random.
    CatsAndDogsSmall2,
    /// Section 5.3.1: new layers on top of a frozen base, which sees each photo once.
    FeatureExtraction,
    /// The same on photos that are changed at random, so that the base sees them in every epoch.
    FeatureExtractionAugmented,
    /// Section 5.3.2: the base's last layers are trained, too.
    FineTuning,
}

/// What stands between a base and the dense layers behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum Pooling {
    /// The means of the base's output over the image: few weights to learn, and any size of photos.
    #[default]
    Average,
    /// All values of the base's output, as in the book.
    Flatten,
}

/// What a recipe trains with where the user says nothing else.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct RecipeDefaults {
    /// Passes over the training photos.
    pub epochs: u32,
    /// Photos a step.
    pub batch_size: usize,
    /// The optimizer.
    pub optimizer: Optimizer,
    /// The loss.
    pub loss: Loss,
    /// How training photos are changed at random.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub augmentation: Option<Augmentation>,
}

/// A recipe as the page lists it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct RecipeInfo {
    /// The name that the API takes.
    pub name: &'static str,
    /// A title.
    pub title: &'static str,
    /// A sentence or two.
    pub description: &'static str,
    /// Whether it is put on top of a base, a trained network.
    pub base: bool,
}

impl Recipe {
    /// All recipes, in the book's order.
    pub const ALL: [Self; 6] = [
        Self::Digits,
        Self::CatsAndDogsSmall,
        Self::CatsAndDogsSmall2,
        Self::FeatureExtraction,
        Self::FeatureExtractionAugmented,
        Self::FineTuning,
    ];

    /// Whether it is put on top of a base.
    pub fn needs_base(self) -> bool {
        matches!(self, Self::FeatureExtraction | Self::FeatureExtractionAugmented | Self::FineTuning)
    }

    /// The name that the API takes.
    pub fn name(self) -> &'static str {
        match self {
            Self::Digits => "digits",
            Self::CatsAndDogsSmall => "cats_and_dogs_small",
            Self::CatsAndDogsSmall2 => "cats_and_dogs_small_2",
            Self::FeatureExtraction => "feature_extraction",
            Self::FeatureExtractionAugmented => "feature_extraction_augmented",
            Self::FineTuning => "fine_tuning",
        }
    }

    /// Its name, title and description.
    pub fn info(self) -> RecipeInfo {
        let (title, description) = match self {
            Self::Digits => (
                "Digits",
                "Three small convolutions and a dense layer, for images of about 28 by 28 pixels. Other sizes get fewer or \
                 more.",
            ),
            Self::CatsAndDogsSmall => (
                "Cats and dogs, small",
                "Four pairs of convolution and pooling, then a dense layer of 512: a convnet from scratch for photos of \
                 about 150 by 150 pixels. Photos below 46 pixels get fewer pairs, those above 397 more.",
            ),
            Self::CatsAndDogsSmall2 => (
                "Cats and dogs, small, with augmentation",
                "The same network with dropout; photos are turned, moved and mirrored at random, so that it sees none of \
                 them twice.",
            ),
            Self::FeatureExtraction => (
                "Feature extraction",
                "New layers on top of a network that was trained on other photos and stays as it is. It looks at each photo \
                 once, and then the new layers train in seconds.",
            ),
            Self::FeatureExtractionAugmented => (
                "Feature extraction with augmentation",
                "The same on photos that are turned, moved and mirrored at random. The trained network looks at them in \
                 every epoch, which takes longer.",
            ),
            Self::FineTuning => (
                "Fine-tuning",
                "The last layers of the trained network are trained further, too, in very small steps. It is the second half \
                 of feature extraction: train new layers first.",
            ),
        };
        RecipeInfo { name: self.name(), title, description, base: self.needs_base() }
    }

    /// The recipe's network for images of `input_shape` and `classes` classes: with a sigmoid for
    /// two classes of photos as in the book, with softmax otherwise.
    ///
    /// It is the book's wherever that can be made. Images that are too small for its windows get fewer pairs of
    /// convolution and pooling; those that would give it too many parameters get more.
    ///
    /// # Errors
    /// A [`ModelError`] where the images have no pixel or too many, or the classes alone are too many, and
    /// [`ModelError::NeedsBase`].
    pub fn network(self, input_shape: [usize; 3], classes: usize) -> Result<Network, ModelError> {
        if self.needs_base() {
            return Err(ModelError::NeedsBase(self.name()));
        }
        let make = |pairs| Network::new(self.name(), input_shape, self.layers(pairs, classes));
        let book = self.pairs();
        let mut made = make(book);
        for pairs in (0..book).rev() {
            if !matches!(made, Err(ModelError::WindowTooLarge { .. })) {
                break;
            }
            made = make(pairs);
        }
        for pairs in book + 1..=MOST_PAIRS {
            if !matches!(made, Err(ModelError::TooManyParameters { .. })) {
                break;
            }
            match make(pairs) {
                // There are no more pixels to put together: what was too much before is what is wrong.
                Err(ModelError::WindowTooLarge { .. }) => break,
                with_more => made = with_more,
            }
        }
        made
    }

    /// How many pairs of convolution and pooling the book's network has; a base has its own.
    fn pairs(self) -> usize {
        match self {
            Self::Digits => 2,
            Self::CatsAndDogsSmall | Self::CatsAndDogsSmall2 => 4,
            Self::FeatureExtraction | Self::FeatureExtractionAugmented | Self::FineTuning => 0,
        }
    }

    /// The layers behind a base: the book's, of which `pooling` is the first.
    ///
    /// # Errors
    /// [`ModelError::NeedsNoBase`] of a recipe that is not put on top of one.
    pub fn head(self, pooling: Pooling, classes: usize) -> Result<Vec<GraphLayer>, ModelError> {
        if !self.needs_base() {
            return Err(ModelError::NeedsNoBase(self.name()));
        }
        let pooling = match pooling {
            Pooling::Average => Layer::GlobalAveragePooling2D(GlobalAveragePooling2D::default()),
            Pooling::Flatten => flatten(),
        };
        let dropout = Layer::Dropout(Dropout::default());
        let layers = [pooling, dense(256, Activation::Relu), dropout, classifier(classes)];
        Ok(layers.map(GraphLayer::from).into())
    }

    fn layers(self, pairs: usize, classes: usize) -> Vec<Layer> {
        let most = if self == Self::Digits { 64 } else { 128 };
        let filters = [32, 64].into_iter().chain(std::iter::repeat(most));
        let mut layers: Vec<_> = filters.take(pairs).flat_map(|n| [conv(n), pool()]).collect();
        if self == Self::Digits {
            // Without a pair before it the images are too small for it, too.
            if pairs > 0 {
                layers.push(conv(64));
            }
            layers.extend([flatten(), dense(64, Activation::Relu), dense(classes, Activation::Softmax)]);
            return layers;
        }
        layers.push(flatten());
        if self == Self::CatsAndDogsSmall2 {
            layers.push(Layer::Dropout(Dropout::default()));
        }
        layers.extend([dense(512, Activation::Relu), classifier(classes)]);
        layers
    }

    /// What it trains with for this many classes.
    pub fn defaults(self, classes: usize) -> RecipeDefaults {
        let small = RecipeDefaults {
            epochs: 30,
            batch_size: 20,
            optimizer: Optimizer::rmsprop(1e-4),
            loss: if classes == 2 { Loss::BinaryCrossentropy } else { Loss::CategoricalCrossentropy },
            augmentation: None,
        };
        match self {
            Self::Digits => RecipeDefaults {
                epochs: 5,
                batch_size: 32,
                optimizer: Optimizer::rmsprop(1e-3),
                loss: Loss::CategoricalCrossentropy,
                augmentation: None,
            },
            Self::CatsAndDogsSmall => small,
            Self::CatsAndDogsSmall2 => RecipeDefaults {
                epochs: 100,
                batch_size: 32,
                augmentation: Some(Augmentation::cats_and_dogs()),
                ..small
            },
            Self::FeatureExtraction => small,
            Self::FeatureExtractionAugmented => {
                RecipeDefaults { epochs: 10, augmentation: Some(Augmentation::cats_and_dogs()), ..small }
            }
            Self::FineTuning => RecipeDefaults {
                epochs: 10,
                optimizer: Optimizer::rmsprop(1e-5),
                augmentation: Some(Augmentation::cats_and_dogs()),
                ..small
            },
        }
    }
}

impl FromStr for Recipe {
    type Err = ModelError;

    fn from_str(name: &str) -> Result<Self, ModelError> {
        Self::ALL.into_iter().find(|recipe| recipe.name() == name).ok_or_else(|| {
            let names: Vec<_> = Self::ALL.iter().map(|recipe| format!("\"{}\"", recipe.name())).collect();
            ModelError::UnknownRecipe(name.to_owned(), names.join(", "))
        })
    }
}

fn conv(filters: usize) -> Layer {
    Layer::Conv2D(Conv2D { filters, activation: Activation::Relu, ..Conv2D::default() })
}

fn pool() -> Layer {
    Layer::MaxPooling2D(MaxPooling2D::default())
}

fn flatten() -> Layer {
    Layer::Flatten(Flatten::default())
}

fn dense(units: usize, activation: Activation) -> Layer {
    Layer::Dense(Dense { units, activation, ..Dense::default() })
}

fn classifier(classes: usize) -> Layer {
    if classes == 2 { dense(1, Activation::Sigmoid) } else { dense(classes, Activation::Softmax) }
}
