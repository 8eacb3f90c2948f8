use super::Update;
use crate::model::{Adam, Optimizer, RmsProp, Sgd};
use crate::ops::{Io, StepParams};

pub(super) fn update(op: &Update, step: &StepParams, io: &mut Io<'_>) {
    let gradients = &io.inputs[0][..op.count];
    let rate = step.rate;
    match (op.optimizer, io.outputs.as_mut_slice()) {
        (Optimizer::RmsProp(config), [parameters, v]) => {
            for ((p, v), g) in parameters.iter_mut().zip(v.iter_mut()).zip(gradients) {
                *p -= rmsprop(&config, rate, v, *g);
            }
        }
        (Optimizer::RmsProp(config), [parameters, v, m]) => {
            for (((p, v), m), g) in parameters.iter_mut().zip(v.iter_mut()).zip(m.iter_mut()).zip(gradients) {
                *m = config.momentum * *m + rmsprop(&config, rate, v, *g);
                *p -= *m;
            }
        }
        (Optimizer::Sgd(_), [parameters]) => {
            for (p, g) in parameters.iter_mut().zip(gradients) {
                *p -= rate * g;
            }
        }
        (Optimizer::Sgd(Sgd { momentum, nesterov, .. }), [parameters, m]) => {
            for ((p, m), g) in parameters.iter_mut().zip(m.iter_mut()).zip(gradients) {
                *m = momentum * *m - rate * g;
                *p += if nesterov { momentum * *m - rate * g } else { *m };
            }
        }
        (Optimizer::Adam(config), [parameters, m, v]) => {
            let Adam { beta_1, beta_2, epsilon, .. } = config;
            for (((p, m), v), g) in parameters.iter_mut().zip(m.iter_mut()).zip(v.iter_mut()).zip(gradients) {
                *m += (1.0 - beta_1) * (g - *m);
                *v += (1.0 - beta_2) * (g * g - *v);
                *p -= rate * *m / (v.sqrt() + epsilon);
            }
        }
        (optimizer, outputs) => debug_assert!(false, "{optimizer:?} with {} outputs", outputs.len()),
    }
}

fn rmsprop(config: &RmsProp, rate: f32, v: &mut f32, g: f32) -> f32 {
    *v = config.rho * *v + (1.0 - config.rho) * g * g;
    rate * g / (*v + config.epsilon).sqrt()
}
