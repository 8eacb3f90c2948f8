use super::{At, Lower, Lowered};
use crate::model::Multiply;
use crate::ops::multiply;
use crate::plan::PlanError;
use crate::plan::builder::Builder;
use crate::plan::gradients::Gradient;
use crate::plan::value::Value;

/// One more factor of a product.
#[derive(Debug, Clone, Copy)]
struct Product {
    geometry: multiply::Geometry,
    /// The product of the inputs before this one, and this one.
    factors: [Value; 2],
}

impl Lower for Multiply {
    fn lower<'a>(&'a self, builder: &mut Builder<'a>, at: At<'a>) -> Result<Lowered<'a>, PlanError> {
        let mut product = at.input()?;
        let mut shape = at.placed.input_shape().to_vec();
        let mut products = Vec::new();
        for (input, other) in at.inputs.iter().zip(&at.placed.input_shapes).skip(1) {
            let shapes = [&shape[..], &other[..]];
            let geometry = multiply::Geometry::new(builder.batch, shapes).ok_or_else(|| {
                PlanError::Broadcast { layer: at.placed.name.clone(), shapes: shapes.map(<[usize]>::to_vec) }
            })?;
            let factors = [product, *input];
            product = builder.short(geometry.output_len());
            builder.step(multiply::Forward { geometry }, factors, [product]);
            products.push(Product { geometry, factors });
            shape = shape.iter().zip(other).map(|(size, other)| (*size).max(*other)).collect();
        }
        Ok(Lowered::new(product, move |builder, gradient| {
            let mut gradient = gradient.value;
            // The last factor first: the gradient of what was before it is the next one's.
            for (number, Product { geometry, factors }) in products.iter().enumerate().rev() {
                let of = |builder: &mut Builder<'a>, of: usize| {
                    let to = builder.short(geometry.factor_len(of));
                    let operation = multiply::Grad { geometry: *geometry, of };
                    builder.step(operation, [gradient, factors[1 - of]], [to]);
                    to
                };
                let input = at.placed.inputs[number + 1];
                if builder.wants(input) {
                    let to = of(builder, 1);
                    builder.pass(input, Gradient::own(to));
                }
                if at.placed.inputs[..=number].iter().any(|value| builder.wants(*value)) {
                    gradient = of(builder, 0);
                    if number == 0 {
                        builder.pass(at.placed.inputs[0], Gradient::own(gradient));
                    }
                }
            }
        }))
    }
}
