use super::{At, Lower, Lowered, Weights};
use crate::model::{DepthwiseConv2D, Weight};
use crate::ops::{bias, depthwise_conv2d};
use crate::plan::PlanError;
use crate::plan::builder::Builder;
use crate::plan::gradients::Gradient;

impl Lower for DepthwiseConv2D {
    fn lower<'a>(&'a self, builder: &mut Builder<'a>, at: At<'a>) -> Result<Lowered<'a>, PlanError> {
        let tail = builder.tail(&at, self.activation, false);
        let (channels, units) = (at.channels(), at.units());
        let multiplier = self.depth_multiplier;
        let geometry =
            depthwise_conv2d::Geometry { batch: builder.batch, window: at.window()?, channels, multiplier };
        let input = at.input()?;
        let weights = Weights::of(builder, &at, Weight::Kernel, tail.norm)?;
        let output = builder.short(geometry.output_len());
        let operation =
            depthwise_conv2d::Forward { geometry, bias: weights.bias.is_some(), clamp: tail.clamp };
        builder.step_of(operation, weights.with(input), vec![output]);
        let activated = builder.finish_tail(&tail, output, units);
        let lowered = Lowered::new(activated.after, move |builder, gradient| {
            let gradient = builder.undo(&activated, gradient).value;
            weights.gradients(
                builder,
                |builder, to| {
                    builder.step(depthwise_conv2d::GradKernel { geometry }, [input, gradient], [to]);
                },
                |builder, to| {
                    let rows = geometry.output_len() / units;
                    builder.step(bias::Grad { rows, units }, [gradient], [to]);
                },
            );
            if builder.wants(at.placed.inputs[0]) {
                let to = builder.short(geometry.input_len());
                let inputs = [gradient, weights.kernel];
                builder.step(depthwise_conv2d::GradInput { geometry }, inputs, [to]);
                builder.pass(at.placed.inputs[0], Gradient::own(to));
            }
        });
        Ok(lowered.up_to(tail.last))
    }
}
