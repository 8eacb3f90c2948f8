use super::{At, Lower, Lowered};
use crate::model::{Activation, ActivationLayer, LeakyReLU, ReLU, Softmax};
use crate::ops::activation::Function;
use crate::plan::PlanError;
use crate::plan::builder::Builder;

impl Lower for ActivationLayer {
    fn lower<'a>(&'a self, builder: &mut Builder<'a>, at: At<'a>) -> Result<Lowered<'a>, PlanError> {
        let function = builder.activation(at.index, self.activation).into();
        lower(builder, at, function)
    }
}

impl Lower for Softmax {
    fn lower<'a>(&'a self, builder: &mut Builder<'a>, at: At<'a>) -> Result<Lowered<'a>, PlanError> {
        let function = builder.activation(at.index, Activation::Softmax).into();
        lower(builder, at, function)
    }
}

impl Lower for ReLU {
    fn lower<'a>(&'a self, builder: &mut Builder<'a>, at: At<'a>) -> Result<Lowered<'a>, PlanError> {
        lower(builder, at, self.function())
    }
}

impl ReLU {
    /// What it computes.
    pub(in crate::plan) fn function(&self) -> Function {
        let Self { negative_slope, max_value, threshold, .. } = *self;
        Function::Relu { negative_slope, max_value, threshold }
    }
}

impl Lower for LeakyReLU {
    fn lower<'a>(&'a self, builder: &mut Builder<'a>, at: At<'a>) -> Result<Lowered<'a>, PlanError> {
        lower(builder, at, Function::leaky(self.negative_slope))
    }
}

fn lower<'a>(builder: &mut Builder<'a>, at: At<'a>, function: Function) -> Result<Lowered<'a>, PlanError> {
    let activated = builder.activate(function, at.input()?, at.units());
    Ok(Lowered::new(activated.after, move |builder, gradient| {
        if builder.wants(at.placed.inputs[0]) {
            let gradient = builder.undo(&activated, gradient);
            builder.pass(at.placed.inputs[0], gradient);
        }
    }))
}
