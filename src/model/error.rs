/// Why a network cannot be built or trained.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    /// The layer list is empty.
    #[error("the network has no layers; add at least a Dense layer")]
    Empty,
    /// The input shape has a zero in it, or more values than shaders can count.
    #[error("the input shape {0:?} is empty or too large; it must be height, width, channels")]
    Input([usize; 3]),
    /// A layer class that does not exist here.
    #[error("there is no layer \"{0}\"; there are {1}")]
    UnknownLayer(String, String),
    /// A name that no layer has.
    #[error("the network has no layer \"{0}\"")]
    NoSuchLayer(String),
    /// A network that is no base: no layer has an image's shape.
    #[error(
        "the network has no layer whose output is an image, so nothing can be put behind it; name the layer in `through`"
    )]
    NoBase,
    /// A base's weights that do not fit its new images.
    #[error(
        "{layer}: its weights are {found:?}, and for images of this size they would have to be {wanted:?}; put the \
         new layers behind an earlier one"
    )]
    BaseShape {
        /// The parameter's name.
        layer: String,
        /// Its shape in the base.
        found: Vec<usize>,
        /// Its shape for these images.
        wanted: Vec<usize>,
    },
    /// A layer that reads what is not there, or comes after it.
    #[error("{layer} reads \"{input}\", and no layer before it has that name")]
    UnknownInput {
        /// The layer's name.
        layer: String,
        /// What it reads.
        input: String,
    },
    /// A layer whose output goes nowhere.
    #[error("no layer reads the output of {0}; remove it, or let a later layer read it")]
    Unread(String),
    /// A layer's config has a wrong or an unknown field.
    #[error("{class_name}: {reason}")]
    Config {
        /// The layer's class.
        class_name: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A setting outside its range.
    #[error("{layer}: {reason}")]
    Setting {
        /// The layer's name.
        layer: String,
        /// Which setting, and what it may be.
        reason: String,
    },
    /// Two layers with one name.
    #[error("two layers are named \"{0}\"; give each its own name")]
    DuplicateName(String),
    /// A window that is larger than what it slides over.
    #[error(
        "{layer}: a window of {kernel:?} does not fit into its input of {input:?} with \"valid\" \
         padding; use larger images, fewer layers or padding \"same\""
    )]
    WindowTooLarge {
        /// The layer's name.
        layer: String,
        /// The window's height and width.
        kernel: [usize; 2],
        /// The input's height and width.
        input: [usize; 2],
    },
    /// A layer for images behind a `Flatten` or a `Dense`.
    #[error(
        "{layer}: needs an input of height, width and channels, but gets {shape:?}; put it before Flatten"
    )]
    NeedsImage {
        /// The layer's name.
        layer: String,
        /// The shape that it was given.
        shape: Vec<usize>,
    },
    /// The last layer still has an image's shape.
    #[error("the last layer's output is {0:?}; a classifier ends in Flatten and Dense")]
    OutputNotFlat(Vec<usize>),
    /// The last layer has the wrong number of units for the classes.
    #[error(
        "the last layer has {units} units for {classes} classes; it needs {classes} with softmax\
         {}", if *.classes == 2 { ", or 1 with sigmoid" } else { "" }
    )]
    OutputUnits {
        /// The units there are.
        units: usize,
        /// The classes to tell apart.
        classes: usize,
    },
    /// A last activation that does not go with the loss.
    #[error("{loss} wants \"{wanted}\" as the last layer's activation, not \"{found}\"")]
    LossActivation {
        /// The loss's name.
        loss: &'static str,
        /// The activation it goes with.
        wanted: &'static str,
        /// The activation the last layer has.
        found: &'static str,
    },
    /// A recipe that does not exist.
    #[error("there is no recipe \"{0}\"; there are {1}")]
    UnknownRecipe(String, String),
    /// A recipe without the base that it is put on top of.
    #[error("the recipe \"{0}\" is put on top of a trained network: give a base")]
    NeedsBase(&'static str),
    /// A base under a recipe that begins from scratch.
    #[error("the recipe \"{0}\" is trained from scratch: leave the base out")]
    NeedsNoBase(&'static str),
    /// An output with more values than shaders can count.
    #[error(
        "{layer}: its output {shape:?} has too many values; use smaller images, larger strides or fewer filters"
    )]
    OutputTooLarge {
        /// The layer's name.
        layer: String,
        /// The output's shape.
        shape: Vec<usize>,
    },
    /// More parameters than a browser can hold.
    #[error(
        "{layer}: {params} parameters are more than the {limit} that fit; use fewer units, or more \
         pooling before Flatten"
    )]
    TooManyParameters {
        /// The layer's name.
        layer: String,
        /// The parameters up to and with this layer.
        params: u64,
        /// The most there may be.
        limit: u64,
    },
}
