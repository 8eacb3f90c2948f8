use super::{At, Lower, Lowered, Weights};
use crate::model::{Conv2D, Weight};
use crate::ops::{bias, conv2d, max_pool2d};
use crate::plan::PlanError;
use crate::plan::builder::Builder;
use crate::plan::gradients::Gradient;
use crate::plan::tail::Tail;
use crate::plan::value::Value;

impl Lower for Conv2D {
    fn lower<'a>(&'a self, builder: &mut Builder<'a>, at: At<'a>) -> Result<Lowered<'a>, PlanError> {
        let tail = builder.tail(&at, self.activation, true);
        let (channels, filters) = (at.channels(), at.units());
        let (batch, window, groups) = (builder.batch, at.window()?, self.groups);
        let geometry = conv2d::Geometry { batch, window, channels, filters, groups };
        let input = at.input()?;
        let weights = Weights::of(builder, &at, Weight::Kernel, tail.norm)?;
        let operation = conv2d::Forward { geometry, bias: weights.bias.is_some(), clamp: tail.clamp };
        let convolution = Convolution { at, geometry, input, weights };
        if let Some(pool) = tail.pool {
            return Ok(pooled(builder, convolution, operation, pool, tail));
        }
        let output = builder.short(geometry.output_len());
        builder.step_of(operation, weights.with(input), vec![output]);
        let activated = builder.finish_tail(&tail, output, filters);
        let backward = move |builder: &mut Builder<'a>, gradient| {
            let gradient = builder.undo(&activated, gradient);
            convolution.gradients(builder, gradient, None);
        };
        Ok(Lowered::new(activated.after, backward).up_to(tail.last))
    }
}

/// A convolution and the pooling above it as one step: nobody else wants the convolution's own output, not even the way
/// back.
fn pooled<'a>(
    builder: &mut Builder<'a>,
    convolution: Convolution<'a>,
    operation: conv2d::Forward,
    pool: max_pool2d::Geometry,
    tail: Tail<'a>,
) -> Lowered<'a> {
    let geometry = convolution.geometry;
    builder.spare(geometry.output_len());
    let output = builder.short(pool.output_len());
    let keeps = builder.keeps_the_way_back;
    let places = keeps.then(|| builder.short(pool.output_len()));
    let outputs = [Some(output), places].into_iter().flatten().collect();
    let pooling = max_pool2d::Forward { geometry: pool, places: keeps };
    let inputs = convolution.weights.with(convolution.input);
    builder.step_of(conv2d::ForwardPooled { convolution: operation, pool: pooling }, inputs, outputs);
    let activated = builder.finish_tail(&tail, output, geometry.filters);
    let backward = move |builder: &mut Builder<'a>, gradient: Gradient| {
        let Some(places) = places else { return };
        // A pooled value above zero is one that relu let through. So relu is undone here, on fewer values.
        let gradient = builder.undo(&activated, gradient);
        if pool.is_apart() {
            // The convolution's gradients read the maxima's gradient themselves.
            builder.spare(pool.input_len());
            convolution.gradients(builder, gradient, Some((pool, places)));
        } else {
            let whole = builder.short(pool.input_len());
            builder.step(max_pool2d::Grad { geometry: pool }, [gradient.value, places], [whole]);
            convolution.gradients(builder, Gradient::own(whole), None);
        }
    };
    Lowered::new(output, backward).up_to(tail.last)
}

/// What the way back needs to know.
#[derive(Debug)]
struct Convolution<'a> {
    at: At<'a>,
    geometry: conv2d::Geometry,
    input: Value,
    weights: Weights<'a>,
}

impl<'a> Convolution<'a> {
    /// The gradients of kernel, bias and input from that of the output before its activation; where it was pooled by
    /// windows that lie apart, from the maxima's gradient and their places.
    fn gradients(
        self,
        builder: &mut Builder<'a>,
        gradient: Gradient,
        pooled: Option<(max_pool2d::Geometry, Value)>,
    ) {
        let Self { at, geometry, input, weights } = self;
        let (pool, places) = pooled.unzip();
        let with_places = |before: Option<Value>, after: Option<Value>| {
            [before, Some(gradient.value), places, after].into_iter().flatten().collect()
        };
        weights.gradients(
            builder,
            |builder, to| {
                let inputs = with_places(Some(input), None);
                builder.step_of(conv2d::GradKernel { geometry, pool }, inputs, vec![to]);
            },
            |builder, to| {
                // Each maximum's gradient belongs to one output: their sum is the same.
                let len = pool.map_or(geometry.output_len(), |pool| pool.output_len());
                let units = geometry.filters;
                builder.step(bias::Grad { rows: len / units, units }, [gradient.value], [to]);
            },
        );
        if builder.wants(at.placed.inputs[0]) {
            let to = builder.short(geometry.input_len());
            let inputs = with_places(None, Some(weights.kernel));
            builder.step_of(conv2d::GradInput { geometry, pool }, inputs, vec![to]);
            builder.pass(at.placed.inputs[0], Gradient::own(to));
        }
    }
}
