use super::{At, Lower, Lowered};
use crate::model::{Flatten, Reshape};
use crate::plan::PlanError;
use crate::plan::builder::Builder;

impl Lower for Flatten {
    fn lower<'a>(&'a self, _: &mut Builder<'a>, at: At<'a>) -> Result<Lowered<'a>, PlanError> {
        lower(at)
    }
}

impl Lower for Reshape {
    fn lower<'a>(&'a self, _: &mut Builder<'a>, at: At<'a>) -> Result<Lowered<'a>, PlanError> {
        lower(at)
    }
}

/// The same values under another shape.
fn lower<'a>(at: At<'a>) -> Result<Lowered<'a>, PlanError> {
    Ok(Lowered::new(at.input()?, move |builder, gradient| builder.pass(at.placed.inputs[0], gradient)))
}
