use super::{At, Lower, Lowered};
use crate::model::MaxPooling2D;
use crate::ops::max_pool2d;
use crate::plan::PlanError;
use crate::plan::builder::Builder;
use crate::plan::gradients::Gradient;

impl Lower for MaxPooling2D {
    fn lower<'a>(&'a self, builder: &mut Builder<'a>, at: At<'a>) -> Result<Lowered<'a>, PlanError> {
        let channels = at.channels();
        let geometry = max_pool2d::Geometry { batch: builder.batch, window: at.window()?, channels };
        let output = builder.short(geometry.output_len());
        let keeps = builder.keeps_the_way_back;
        let places = keeps.then(|| builder.short(geometry.output_len()));
        let outputs = [Some(output), places].into_iter().flatten().collect();
        let operation = max_pool2d::Forward { geometry, places: keeps };
        builder.step_of(operation, vec![at.input()?], outputs);
        Ok(Lowered::new(output, move |builder, gradient| {
            if let Some(places) = places.filter(|_| builder.wants(at.placed.inputs[0])) {
                let to = builder.short(geometry.input_len());
                builder.step(max_pool2d::Grad { geometry }, [gradient.value, places], [to]);
                builder.pass(at.placed.inputs[0], Gradient::own(to));
            }
        }))
    }
}
