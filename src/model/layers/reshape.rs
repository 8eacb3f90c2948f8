use super::{Rule, Site, settings};
use crate::model::ModelError;

settings! {
    /// The same values under another shape.
    Reshape {
        /// The shape of one sample; one of its sizes may be -1, which is worked out.
        target_shape: Vec<isize> = Vec::new(),
    }
}

impl Rule for Reshape {
    fn place(&self, site: &mut Site<'_>) -> Result<Vec<usize>, ModelError> {
        let values: usize = site.input()?.iter().product();
        let wrong =
            || site.wrong(format!("target_shape {:?} does not hold {values} values", self.target_shape));
        let known =
            self.target_shape.iter().filter(|size| **size != -1).try_fold(1_usize, |product, size| {
                product.checked_mul(usize::try_from(*size).ok().filter(|size| *size > 0)?)
            });
        let known = known.ok_or_else(wrong)?;
        let open = self.target_shape.iter().filter(|size| **size == -1).count();
        let fits = match open {
            0 => known == values,
            1 => values.is_multiple_of(known),
            _ => false,
        };
        if !fits || self.target_shape.is_empty() {
            return Err(wrong());
        }
        let size = |size: &isize| usize::try_from(*size).unwrap_or(values / known);
        Ok(self.target_shape.iter().map(size).collect())
    }
}
