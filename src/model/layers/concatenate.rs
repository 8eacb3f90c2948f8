use super::{Rule, Site, settings};
use crate::model::ModelError;

settings! {
    /// Several inputs side by side along an axis.
    Concatenate {
        /// The axis, counted as Keras does: 0 is the batch, -1 the last one.
        axis: isize = -1,
    }
}

impl Rule for Concatenate {
    fn place(&self, site: &mut Site<'_>) -> Result<Vec<usize>, ModelError> {
        let shapes = site.several()?;
        let axis = self.sample_axis(shapes[0].len()).ok_or_else(|| {
            site.wrong(format!(
                "axis is {}, and its inputs have {} besides the batch",
                self.axis,
                shapes[0].len()
            ))
        })?;
        let mut joined = shapes[0].clone();
        joined[axis] = 0;
        for shape in shapes {
            let fits = shape.len() == joined.len()
                && shape
                    .iter()
                    .zip(&shapes[0])
                    .enumerate()
                    .all(|(at, (size, first))| at == axis || size == first);
            if !fits {
                return Err(
                    site.wrong(format!("{shape:?} and {:?} differ beside axis {}", shapes[0], self.axis))
                );
            }
            joined[axis] = joined[axis].saturating_add(shape[axis]);
        }
        Ok(joined)
    }
}

impl Concatenate {
    /// The axis of one sample; none where there is no such axis, or it is the batch.
    pub(crate) fn sample_axis(&self, axes: usize) -> Option<usize> {
        let axes = isize::try_from(axes).ok()?;
        let axis = if self.axis < 0 { axes + self.axis } else { self.axis - 1 };
        usize::try_from(axis).ok().filter(|_| axis < axes)
    }
}
