use super::{Rule, Site, settings};
use crate::model::{Margins, ModelError};

settings! {
    /// Zeros around an image.
    ZeroPadding2D {
        /// How many, on each side.
        padding: Margins = Margins([[1, 1], [1, 1]]),
    }
}

impl Rule for ZeroPadding2D {
    fn place(&self, site: &mut Site<'_>) -> Result<Vec<usize>, ModelError> {
        let [height, width, channels] = site.image()?;
        let [rows, columns] = self.padding.0.map(|[before, after]| before.saturating_add(after));
        Ok(vec![height.saturating_add(rows), width.saturating_add(columns), channels])
    }
}
