//! Where a layer's values lie in a file.

/// Where a layer's values lie in a file.
#[derive(Debug, Clone, PartialEq)]
pub struct Place {
    /// Its path in a `.keras` archive: `layers/functional/layers/conv2d`.
    pub archive: String,
    /// The outermost model's layer that it is or is part of: its group in a `.h5` file.
    pub group: String,
    /// Its own name in the file.
    pub name: String,
    /// Whether it is part of a nested model.
    pub is_nested: bool,
}

impl Place {
    /// Those of a list of weights' names that are its layer's: `vgg16/block1_conv1/kernel:0` is block1_conv1's.
    pub fn own<'a>(&self, names: &'a [String]) -> Vec<&'a String> {
        let exact: Vec<_> = names.iter().filter(|path| is_of(path, &self.name)).collect();
        // TensorFlow numbers names that another model has already.
        if exact.is_empty() {
            names.iter().filter(|path| is_numbered(path, &self.name)).collect()
        } else {
            exact
        }
    }
}

/// The layer that a weight is of: `block1_conv1` in `vgg16/block1_conv1/kernel:0`.
fn owner(path: &str) -> &str {
    let mut parts = path.rsplit('/');
    parts.next();
    parts.next().unwrap_or_default()
}

/// Whether a weight is a layer's, whose name may hold a `/`.
fn is_of(path: &str, layer: &str) -> bool {
    let own = path.rsplit_once('/').and_then(|(own, _)| own.strip_suffix(layer));
    own.is_some_and(|before| before.is_empty() || before.ends_with('/'))
}

fn is_numbered(path: &str, layer: &str) -> bool {
    owner(path)
        .strip_prefix(layer)
        .and_then(|rest| rest.strip_prefix('_'))
        .is_some_and(|number| !number.is_empty() && number.chars().all(|digit| digit.is_ascii_digit()))
}
