use super::{Rule, Site, settings};
use crate::model::ModelError;

settings! {
    /// The product of several inputs. Their shapes are broadcast as numpy does it: an axis of 1 is repeated, so that
    /// `[h, w, c]` times `[1, 1, c]` scales whole channels.
    Multiply {}
}

impl Rule for Multiply {
    fn place(&self, site: &mut Site<'_>) -> Result<Vec<usize>, ModelError> {
        let shapes = site.several()?;
        let mut product = shapes[0].clone();
        for shape in shapes {
            if shape.len() != product.len() {
                return Err(site.wrong(format!("{shape:?} and {product:?} have different numbers of axes")));
            }
            for (size, other) in product.iter_mut().zip(shape) {
                if *size != *other && *size != 1 && *other != 1 {
                    return Err(site.wrong(format!("an axis of {size} does not go with one of {other}")));
                }
                *size = (*size).max(*other);
            }
        }
        Ok(product)
    }
}
