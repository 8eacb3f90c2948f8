use super::{At, Lower, Lowered};
use crate::model::Add;
use crate::plan::PlanError;
use crate::plan::builder::Builder;
use crate::plan::gradients::Gradient;

impl Lower for Add {
    /// Each input gets the sum's gradient as it is.
    fn lower<'a>(&'a self, builder: &mut Builder<'a>, at: At<'a>) -> Result<Lowered<'a>, PlanError> {
        let sum = builder.sum(&at.inputs);
        Ok(Lowered::new(sum, move |builder, gradient| {
            for value in &at.placed.inputs {
                builder.pass(*value, Gradient::shared(gradient.value));
            }
        }))
    }
}
