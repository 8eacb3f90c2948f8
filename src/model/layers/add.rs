use super::{Rule, Site, settings};
use crate::model::ModelError;

settings! {
    /// The sum of several inputs of one shape.
    Add {}
}

impl Rule for Add {
    fn place(&self, site: &mut Site<'_>) -> Result<Vec<usize>, ModelError> {
        site.alike()
    }
}
