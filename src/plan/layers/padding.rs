use super::{At, Lower, Lowered};
use crate::model::{Cropping2D, Margins, ZeroPadding2D};
use crate::ops::pad::Pad;
use crate::plan::PlanError;
use crate::plan::builder::Builder;
use crate::plan::gradients::Gradient;

impl Lower for ZeroPadding2D {
    fn lower<'a>(&'a self, builder: &mut Builder<'a>, at: At<'a>) -> Result<Lowered<'a>, PlanError> {
        lower(builder, at, self.padding, 1)
    }
}

impl Lower for Cropping2D {
    fn lower<'a>(&'a self, builder: &mut Builder<'a>, at: At<'a>) -> Result<Lowered<'a>, PlanError> {
        lower(builder, at, self.cropping, -1)
    }
}

fn lower<'a>(
    builder: &mut Builder<'a>,
    at: At<'a>,
    Margins(margins): Margins,
    sign: isize,
) -> Result<Lowered<'a>, PlanError> {
    let [height, width, channels] = *at.placed.input_shape() else { return Err(at.lacks()) };
    let signed = |end: usize| margins.map(|sizes| sign * sizes[end].cast_signed());
    let (batch, input) = (builder.batch, [height, width]);
    let pad = Pad { batch, input, channels, before: signed(0), after: signed(1) };
    let output = builder.short(batch * at.output_len());
    builder.step(pad, [at.input()?], [output]);
    Ok(Lowered::new(output, move |builder, gradient| {
        if builder.wants(at.placed.inputs[0]) {
            let to = builder.short(batch * height * width * channels);
            builder.step(pad.gradient(), [gradient.value], [to]);
            builder.pass(at.placed.inputs[0], Gradient::own(to));
        }
    }))
}
