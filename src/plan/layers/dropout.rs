use super::{At, Lower, Lowered};
use crate::model::Dropout;
use crate::ops::dropout;
use crate::plan::PlanError;
use crate::plan::builder::Builder;
use crate::plan::gradients::Gradient;

impl Lower for Dropout {
    /// Only in training; the mask is drawn again on the way back.
    fn lower<'a>(&'a self, builder: &mut Builder<'a>, at: At<'a>) -> Result<Lowered<'a>, PlanError> {
        let input = at.input()?;
        let layer = builder.next_dropout();
        if !builder.trains() || self.rate == 0.0 {
            let backward = move |builder: &mut Builder<'a>, gradient| {
                builder.pass(at.placed.inputs[0], gradient);
            };
            return Ok(Lowered::new(input, backward));
        }
        let (batch, sample_len) = (builder.batch, at.output_len());
        let operation = dropout::Dropout { batch, sample_len, rate: self.rate, layer };
        let samples = builder.samples();
        let output = builder.short(batch * sample_len);
        builder.step(operation, [input, samples], [output]);
        Ok(Lowered::new(output, move |builder, gradient| {
            if builder.wants(at.placed.inputs[0]) {
                let to = builder.short(batch * sample_len);
                builder.step(operation, [gradient.value, samples], [to]);
                builder.pass(at.placed.inputs[0], Gradient::own(to));
            }
        }))
    }
}
