use super::{At, Lower, Lowered};
use crate::model::{Normalization, PerChannel, Rescaling, Weight};
use crate::ops::scale_shift;
use crate::plan::PlanError;
use crate::plan::builder::Builder;
use crate::plan::gradients::Gradient;

impl Lower for Rescaling {
    fn lower<'a>(&'a self, builder: &mut Builder<'a>, at: At<'a>) -> Result<Lowered<'a>, PlanError> {
        let count = builder.batch * at.output_len();
        let (scale, offset) = (self.scale.0.clone(), self.offset.0.clone());
        rescaled(builder, at, scale_shift::Rescaling { count, scale, offset })
    }
}

impl Lower for Normalization {
    fn lower<'a>(&'a self, builder: &mut Builder<'a>, at: At<'a>) -> Result<Lowered<'a>, PlanError> {
        if let (Some(PerChannel(means)), Some(PerChannel(variances))) = (&self.mean, &self.variance) {
            let count = builder.batch * at.output_len();
            return rescaled(builder, at, scale_shift::Rescaling::normalizing(count, means, variances));
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
    operation: scale_shift::Rescaling,
) -> Result<Lowered<'a>, PlanError> {
    let (count, back) = (operation.count, operation.gradient());
    let output = builder.short(count);
    builder.step(operation, [at.input()?], [output]);
    Ok(Lowered::new(output, move |builder, gradient| {
        if builder.wants(at.placed.inputs[0]) {
            let to = builder.short(count);
            builder.step(back, [gradient.value], [to]);
            builder.pass(at.placed.inputs[0], Gradient::own(to));
        }
    }))
}
