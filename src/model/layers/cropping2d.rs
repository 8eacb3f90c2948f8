use super::{Rule, Site, settings};
use crate::model::{Margins, ModelError};

settings! {
    /// An image without its borders.
    Cropping2D {
        /// How many pixels are cut off, on each side.
        cropping: Margins = Margins([[0, 0], [0, 0]]),
    }
}

impl Rule for Cropping2D {
    fn place(&self, site: &mut Site<'_>) -> Result<Vec<usize>, ModelError> {
        let [height, width, channels] = site.image()?;
        let [rows, columns] = self.cropping.0.map(|[before, after]| before.saturating_add(after));
        match (height.checked_sub(rows), width.checked_sub(columns)) {
            (Some(height), Some(width)) if height > 0 && width > 0 => Ok(vec![height, width, channels]),
            _ => Err(site
                .wrong(format!("cropping {:?} leaves nothing of {height}x{width} pixels", self.cropping.0))),
        }
    }
}
