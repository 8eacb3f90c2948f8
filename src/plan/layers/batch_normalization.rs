use super::{At, Lower, Lowered};
use crate::model::{BatchNormalization, Weight};
use crate::ops::batch_norm::{Grad, GradInfer, Infer, Share, Train};
use crate::plan::builder::Builder;
use crate::plan::gradients::Gradient;
use crate::plan::value::Value;
use crate::plan::{PlanError, Role};

impl Lower for BatchNormalization {
    /// With the statistics of the photos at hand where it is trained, else with the moving averages.
    fn lower<'a>(&'a self, builder: &mut Builder<'a>, at: At<'a>) -> Result<Lowered<'a>, PlanError> {
        let channels = at.units();
        let rows_per_photo = at.output_len() / channels;
        let (photos, rows) = (builder.batch, builder.batch * rows_per_photo);
        let [gamma, beta] = [Weight::Gamma, Weight::Beta].map(|weight| builder.weight(at.placed, weight));
        let (epsilon, scale, center) = (self.epsilon, gamma.is_some(), beta.is_some());
        let input = at.input()?;
        let output = builder.short(rows * channels);
        if !builder.trains() || !self.trainable {
            let statistics = [Weight::MovingMean, Weight::MovingVariance];
            let statistics = statistics.map(|weight| builder.weight(at.placed, weight));
            let [Some(mean), Some(variance)] = statistics else { return Err(at.lacks()) };
            let inputs = with([input, mean, variance], [gamma, beta]);
            builder.step_of(Infer { rows, channels, epsilon, scale, center }, inputs, vec![output]);
            return Ok(Lowered::new(output, move |builder, gradient| {
                if builder.wants(at.placed.inputs[0]) {
                    let to = builder.short(rows * channels);
                    let operation = GradInfer { rows, channels, epsilon, scale };
                    builder.step_of(operation, with([gradient.value, variance], [gamma]), vec![to]);
                    builder.pass(at.placed.inputs[0], Gradient::own(to));
                }
            }));
        }
        let operation = Train { photos, rows_per_photo, channels, epsilon, scale, center };
        let [mean, variance] = [builder.short(channels), builder.short(channels)];
        builder.step_of(operation, with([input], [gamma, beta]), vec![output, mean, variance]);
        for (statistic, moving) in [(mean, Weight::MovingMean), (variance, Weight::MovingVariance)] {
            let index = at.placed.weight(moving).ok_or_else(|| at.lacks())?;
            let to = builder.parameter(Role::Gradients, index);
            builder.step(Share { count: channels }, [statistic], [to]);
        }
        Ok(Lowered::new(output, move |builder, gradient| {
            let inputs = with([input, gradient.value, mean, variance], [gamma]);
            let of_input = builder.short(rows * channels);
            let of_weights = [Weight::Gamma, Weight::Beta];
            let of_weights = of_weights.map(|weight| builder.weight_gradient(at.placed, weight));
            builder.step_of(Grad(operation), inputs, with([of_input], of_weights));
            builder.pass(at.placed.inputs[0], Gradient::own(of_input));
        }))
    }
}

fn with<const A: usize, const B: usize>(values: [Value; A], others: [Option<Value>; B]) -> Vec<Value> {
    values.into_iter().chain(others.into_iter().flatten()).collect()
}
