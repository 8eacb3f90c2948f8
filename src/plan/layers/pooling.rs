use super::{At, Lower, Lowered};
use crate::model::{AveragePooling2D, GlobalAveragePooling2D, GlobalMaxPooling2D};
use crate::ops::{average_pool2d, global_pool2d};
use crate::plan::PlanError;
use crate::plan::builder::Builder;
use crate::plan::gradients::Gradient;

impl Lower for AveragePooling2D {
    fn lower<'a>(&'a self, builder: &mut Builder<'a>, at: At<'a>) -> Result<Lowered<'a>, PlanError> {
        let (batch, channels) = (builder.batch, at.channels());
        let geometry = average_pool2d::Geometry { batch, window: at.window()?, channels };
        let output = builder.short(geometry.output_len());
        builder.step(average_pool2d::Forward { geometry }, [at.input()?], [output]);
        Ok(Lowered::new(output, move |builder, gradient| {
            if builder.wants(at.placed.inputs[0]) {
                let to = builder.short(geometry.input_len());
                builder.step(average_pool2d::Grad { geometry }, [gradient.value], [to]);
                builder.pass(at.placed.inputs[0], Gradient::own(to));
            }
        }))
    }
}

impl Lower for GlobalAveragePooling2D {
    fn lower<'a>(&'a self, builder: &mut Builder<'a>, at: At<'a>) -> Result<Lowered<'a>, PlanError> {
        let geometry = whole(builder, &at)?;
        let output = builder.short(geometry.output_len());
        builder.step(global_pool2d::Average { geometry }, [at.input()?], [output]);
        Ok(Lowered::new(output, move |builder, gradient| {
            if builder.wants(at.placed.inputs[0]) {
                let to = builder.short(geometry.input_len());
                builder.step(global_pool2d::AverageGrad { geometry }, [gradient.value], [to]);
                builder.pass(at.placed.inputs[0], Gradient::own(to));
            }
        }))
    }
}

impl Lower for GlobalMaxPooling2D {
    fn lower<'a>(&'a self, builder: &mut Builder<'a>, at: At<'a>) -> Result<Lowered<'a>, PlanError> {
        let geometry = whole(builder, &at)?;
        let output = builder.short(geometry.output_len());
        let keeps = builder.keeps_the_way_back;
        let places = keeps.then(|| builder.short(geometry.output_len()));
        let outputs = [Some(output), places].into_iter().flatten().collect();
        let operation = global_pool2d::Max { geometry, places: keeps };
        builder.step_of(operation, vec![at.input()?], outputs);
        Ok(Lowered::new(output, move |builder, gradient| {
            if let Some(places) = places.filter(|_| builder.wants(at.placed.inputs[0])) {
                let to = builder.short(geometry.input_len());
                builder.step(global_pool2d::MaxGrad { geometry }, [gradient.value, places], [to]);
                builder.pass(at.placed.inputs[0], Gradient::own(to));
            }
        }))
    }
}

/// The pooling of all pixels of each photo.
fn whole(builder: &Builder<'_>, at: &At<'_>) -> Result<global_pool2d::Geometry, PlanError> {
    let [height, width, channels] = *at.placed.input_shape() else { return Err(at.lacks()) };
    Ok(global_pool2d::Geometry { batch: builder.batch, pixels: height * width, channels })
}
