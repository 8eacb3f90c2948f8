use super::{At, Lower, Lowered};
use crate::model::Concatenate;
use crate::ops::slice::{Columns, Copy};
use crate::plan::PlanError;
use crate::plan::builder::Builder;
use crate::plan::gradients::Gradient;

impl Lower for Concatenate {
    /// Each input is copied to its columns of the output, and each gets its columns of the gradient.
    fn lower<'a>(&'a self, builder: &mut Builder<'a>, at: At<'a>) -> Result<Lowered<'a>, PlanError> {
        let shape = &at.placed.output_shape;
        let axis = self.sample_axis(shape.len()).ok_or_else(|| at.lacks())?;
        let rows = builder.batch * shape[..axis].iter().product::<usize>();
        let stride = shape[axis..].iter().product();
        let output = builder.short(rows * stride);
        let mut copies = Vec::new();
        let mut offset = 0;
        for (input, shape) in at.inputs.iter().zip(&at.placed.input_shapes) {
            let width = shape[axis..].iter().product();
            let from = Columns { offset: 0, stride: width };
            let copy = Copy { rows, width, from, to: Columns { offset, stride } };
            builder.step(copy, [*input], [output]);
            copies.push(copy);
            offset += width;
        }
        Ok(Lowered::new(output, move |builder, gradient| {
            for (value, copy) in at.placed.inputs.iter().zip(copies) {
                if builder.wants(*value) {
                    let to = builder.short(rows * copy.width);
                    let back = Copy { from: copy.to, to: copy.from, ..copy };
                    builder.step(back, [gradient.value], [to]);
                    builder.pass(*value, Gradient::own(to));
                }
            }
        }))
    }
}
