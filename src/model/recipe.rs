use std::str::FromStr;

use serde::Serialize;

use super::{
    Activation, Augmentation, Conv2D, Dense, Dropout, Flatten, Layer, Loss, MaxPooling2D, ModelError,
    Network, Optimizer,
};

/// A network of the book with what it is trained by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recipe {
    /// Section 5.1: the convnet for handwritten digits.
    Digits,
    /// Section 5.2: cats against dogs on a small set, from scratch.
    CatsAndDogsSmall,
    /// Section 5.2 once more: the same with dropout, for photos that are changed at random.
    CatsAndDogsSmall2,
}

/// What a recipe trains with where the user says nothing else.
#[derive(Debug, Clone, PartialEq, Serialize)]
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
    pub augmentation: Option<Augmentation>,
}

/// A recipe as the page lists it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RecipeInfo {
    /// The name that the API takes.
    pub name: &'static str,
    /// A title.
    pub title: &'static str,
    /// A sentence or two.
    pub description: &'static str,
}

impl Recipe {
    /// All recipes, in the book's order.
    pub const ALL: [Self; 3] = [Self::Digits, Self::CatsAndDogsSmall, Self::CatsAndDogsSmall2];

    /// Its name, title and description.
    pub fn info(self) -> RecipeInfo {
        match self {
            Self::Digits => RecipeInfo {
                name: "digits",
                title: "Digits",
                description: "Three small convolutions and a dense layer, for images of about 28 by 28 pixels.",
            },
            Self::CatsAndDogsSmall => RecipeInfo {
                name: "cats_and_dogs_small",
                title: "Cats and dogs, small",
                description: "Four pairs of convolution and pooling, then a dense layer of 512: a convnet from \
                              scratch for photos of about 150 by 150 pixels.",
            },
            Self::CatsAndDogsSmall2 => RecipeInfo {
                name: "cats_and_dogs_small_2",
                title: "Cats and dogs, small, with augmentation",
                description: "The same network with dropout; photos are turned, moved and mirrored at random, so that \
                              it sees none of them twice.",
            },
        }
    }

    /// The recipe's network for images of `input_shape` and `classes` classes: with a sigmoid for
    /// two classes of photos as in the book, with softmax otherwise.
    ///
    /// # Errors
    /// A [`ModelError`] where the images are too small for its windows.
    pub fn network(self, input_shape: [usize; 3], classes: usize) -> Result<Network, ModelError> {
        let layers = match self {
            Self::Digits => vec![
                conv(32),
                pool(),
                conv(64),
                pool(),
                conv(64),
                flatten(),
                dense(64, Activation::Relu),
                dense(classes, Activation::Softmax),
            ],
            Self::CatsAndDogsSmall | Self::CatsAndDogsSmall2 => {
                let mut layers: Vec<_> =
                    [32, 64, 128, 128].into_iter().flat_map(|n| [conv(n), pool()]).collect();
                layers.push(flatten());
                if self == Self::CatsAndDogsSmall2 {
                    layers.push(Layer::Dropout(Dropout::default()));
                }
                layers.extend([dense(512, Activation::Relu), classifier(classes)]);
                layers
            }
        };
        Network::new(self.info().name, input_shape, layers)
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
        }
    }
}

impl FromStr for Recipe {
    type Err = ModelError;

    fn from_str(name: &str) -> Result<Self, ModelError> {
        Self::ALL.into_iter().find(|recipe| recipe.info().name == name).ok_or_else(|| {
            let names: Vec<_> =
                Self::ALL.iter().map(|recipe| format!("\"{}\"", recipe.info().name)).collect();
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
