use super::{At, Lower, Lowered};
use crate::model::{Normalization, PerChannel, Rescaling, Weight};
use crate::ops::scale_shift;
use crate::plan::PlanError;
use crate::plan::builder::{Builder, Value};
use crate::plan::gradients::Gradient;

/// The least standard deviation that Keras divides by.
const LEAST_DEVIATION: f32 = 1e-7;

impl Lower for Rescaling {
    fn lower<'a>(&'a self, builder: &mut Builder<'a>, at: At<'a>) -> Result<Lowered<'a>, PlanError> {
        rescaled(builder, at, self.scale.0.clone(), self.offset.0.clone())
    }
}

impl Lower for Normalization {
    fn lower<'a>(&'a self, builder: &mut Builder<'a>, at: At<'a>) -> Result<Lowered<'a>, PlanError> {
        if let (Some(PerChannel(means)), Some(PerChannel(variances))) = (&self.mean, &self.variance) {
            let scale: Vec<f32> =
                variances.iter().map(|variance| 1.0 / variance.sqrt().max(LEAST_DEVIATION)).collect();
            let count = means.len().max(scale.len());
            let offset = (0..count).map(|at| -means[at % means.len()] * scale[at % scale.len()]).collect();
            return rescaled(builder, at, scale, offset);
        }
        let channels = at.units();
        let rows = builder.batch * at.output_len() / channels;
        let statistics = [Weight::Mean, Weight::Variance].map(|weight| builder.weight(at.placed, weight));
        let [Some(mean), Some(variance)] = statistics else { return Err(at.lacks()) };
        let output = builder.short(rows * channels);
        let operation = scale_shift::Normalization { rows, channels };
        builder.step(operation, [at.input()?, mean, variance], [output]);
        Ok(Lowered::new(output, move |builder, gradient| {
            if builder.wants(at.placed.inputs[0]) {
                let to = builder.short(rows * channels);
                let operation = scale_shift::NormalizationGrad { rows, channels };
                builder.step(operation, [gradient.value, variance], [to]);
                builder.pass(at.placed.inputs[0], Gradient::own(to));
            }
        }))
    }
}

fn rescaled<'a>(
    builder: &mut Builder<'a>,
    at: At<'a>,
    scale: Vec<f32>,
    offset: Vec<f32>,
) -> Result<Lowered<'a>, PlanError> {
    let count = builder.batch * at.output_len();
    let operation = scale_shift::Rescaling { count, scale, offset };
    let back = operation.gradient();
    let output: Value = builder.short(count);
    builder.step(operation, [at.input()?], [output]);
    Ok(Lowered::new(output, move |builder, gradient| {
        if builder.wants(at.placed.inputs[0]) {
            let to = builder.short(count);
            builder.step(back, [gradient.value], [to]);
            builder.pass(at.placed.inputs[0], Gradient::own(to));
        }
    }))
}
