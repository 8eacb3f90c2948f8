use super::{At, Lower, Lowered, Weights};
use crate::model::{Dense, Weight};
use crate::ops::{bias, dense};
use crate::plan::PlanError;
use crate::plan::builder::Builder;
use crate::plan::gradients::Gradient;

impl Lower for Dense {
    fn lower<'a>(&'a self, builder: &mut Builder<'a>, at: At<'a>) -> Result<Lowered<'a>, PlanError> {
        let tail = builder.tail(&at, self.activation, false);
        let (inputs, units) = (at.channels(), at.units());
        let rows = builder.batch * at.output_len() / units;
        let geometry = dense::Geometry { rows, inputs, units };
        let input = at.input()?;
        let weights = Weights::of(builder, &at, Weight::Kernel, tail.norm)?;
        let operation = dense::Forward { geometry, bias: weights.bias.is_some(), clamp: tail.clamp };
        let output = builder.short(rows * units);
        builder.step_of(operation, weights.with(input), vec![output]);
        let activated = builder.finish_tail(&tail, output, units);
        let backward = move |builder: &mut Builder<'a>, gradient| {
            let gradient = builder.undo(&activated, gradient).value;
            weights.gradients(
                builder,
                |builder, to| builder.step(dense::GradKernel { geometry }, [input, gradient], [to]),
                |builder, to| builder.step(bias::Grad { rows, units }, [gradient], [to]),
            );
            if builder.wants(at.placed.inputs[0]) {
                let to = builder.short(rows * inputs);
                builder.step(dense::GradInput { geometry }, [gradient, weights.kernel], [to]);
                builder.pass(at.placed.inputs[0], Gradient::own(to));
            }
        };
        Ok(Lowered::new(activated.after, backward).up_to(tail.last))
    }
}
