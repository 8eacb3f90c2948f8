use super::{At, Lower, Lowered, Weights};
use crate::model::{Padding, SeparableConv2D, Weight, Window};
use crate::ops::{Clamp, bias, conv2d, depthwise_conv2d};
use crate::plan::PlanError;
use crate::plan::builder::Builder;
use crate::plan::gradients::Gradient;

impl Lower for SeparableConv2D {
    /// A depthwise convolution without bias, then one of single pixels.
    fn lower<'a>(&'a self, builder: &mut Builder<'a>, at: At<'a>) -> Result<Lowered<'a>, PlanError> {
        let tail = builder.tail(&at, self.activation, false);
        let (batch, channels, units) = (builder.batch, at.channels(), at.units());
        let (window, multiplier) = (at.window()?, self.depth_multiplier);
        let deep = depthwise_conv2d::Geometry { batch, window, channels, multiplier };
        let pixels = Window::new(window.output, [1, 1], [1, 1], Padding::Valid).ok_or_else(|| at.lacks())?;
        let (between, filters) = (channels * multiplier, units);
        let point = conv2d::Geometry { batch, window: pixels, channels: between, filters, groups: 1 };
        let input = at.input()?;
        let depthwise = builder.weight(at.placed, Weight::DepthwiseKernel).ok_or_else(|| at.lacks())?;
        let between = builder.short(deep.output_len());
        let operation = depthwise_conv2d::Forward { geometry: deep, bias: false, clamp: Clamp::None };
        builder.step(operation, [input, depthwise], [between]);
        let weights = Weights::of(builder, &at, Weight::PointwiseKernel, tail.norm)?;
        let output = builder.short(point.output_len());
        let operation = conv2d::Forward { geometry: point, bias: weights.bias.is_some(), clamp: tail.clamp };
        builder.step_of(operation, weights.with(between), vec![output]);
        let activated = builder.finish_tail(&tail, output, units);
        let lowered = Lowered::new(activated.after, move |builder, gradient| {
            let gradient = builder.undo(&activated, gradient).value;
            weights.gradients(
                builder,
                |builder, to| {
                    let operation = conv2d::GradKernel { geometry: point, pool: None };
                    builder.step(operation, [between, gradient], [to]);
                },
                |builder, to| {
                    let rows = point.output_len() / units;
                    builder.step(bias::Grad { rows, units }, [gradient], [to]);
                },
            );
            let of_depthwise = builder.weight_gradient(at.placed, Weight::DepthwiseKernel);
            let wanted = builder.wants(at.placed.inputs[0]);
            if of_depthwise.is_none() && !wanted {
                return;
            }
            let of_between = builder.short(deep.output_len());
            let operation = conv2d::GradInput { geometry: point, pool: None };
            builder.step(operation, [gradient, weights.kernel], [of_between]);
            if let Some(to) = of_depthwise {
                let operation = depthwise_conv2d::GradKernel { geometry: deep };
                builder.step(operation, [input, of_between], [to]);
            }
            if wanted {
                let to = builder.short(deep.input_len());
                builder.step(depthwise_conv2d::GradInput { geometry: deep }, [of_between, depthwise], [to]);
                builder.pass(at.placed.inputs[0], Gradient::own(to));
            }
        });
        Ok(lowered.up_to(tail.last))
    }
}
