use super::Update;
use crate::model::{Adam, Optimizer, RmsProp, Sgd};
use crate::ops::{Io, StepParams};

pub(super) fn update(op: &Update, step: &StepParams, io: &mut Io<'_>) {
    let gradients = &io.inputs[0][..op.count];
    let (rate, outputs) = (step.rate, io.outputs.as_mut_slice());
    match op.optimizer {
        Optimizer::RmsProp(config) if config.momentum == 0.0 => {
            let [parameters, v] = sized(op, outputs);
            for ((p, v), g) in parameters.iter_mut().zip(v.iter_mut()).zip(gradients) {
                *p -= rmsprop(&config, rate, v, *g);
            }
        }
        Optimizer::RmsProp(config) => {
            let [parameters, v, m] = sized(op, outputs);
            for (((p, v), m), g) in parameters.iter_mut().zip(v.iter_mut()).zip(m.iter_mut()).zip(gradients) {
                *m = config.momentum * *m + rmsprop(&config, rate, v, *g);
                *p -= *m;
            }
        }
        Optimizer::Sgd(Sgd { momentum: 0.0, .. }) => {
            let [parameters] = sized(op, outputs);
            for (p, g) in parameters.iter_mut().zip(gradients) {
                *p -= rate * g;
            }
        }
        Optimizer::Sgd(Sgd { momentum, nesterov, .. }) => {
            let [parameters, m] = sized(op, outputs);
            for ((p, m), g) in parameters.iter_mut().zip(m.iter_mut()).zip(gradients) {
                *m = momentum * *m - rate * g;
                *p += if nesterov { momentum * *m - rate * g } else { *m };
            }
        }
        Optimizer::Adam(Adam { beta_1, beta_2, epsilon, .. }) => {
            let [parameters, m, v] = sized(op, outputs);
            for (((p, m), v), g) in parameters.iter_mut().zip(m.iter_mut()).zip(v.iter_mut()).zip(gradients) {
                *m += (1.0 - beta_1) * (g - *m);
                *v += (1.0 - beta_2) * (g * g - *v);
                *p -= rate * *m / (v.sqrt() + epsilon);
            }
        }
    }
}

/// The parameters and the slots. Where they are not as many as the optimizer has, or one is not as long as the gradients, it
/// ends here: an update that leaves values out would pass unnoticed.
fn sized<'a, const N: usize>(op: &Update, outputs: &'a mut [&mut [f32]]) -> [&'a mut [f32]; N] {
    let lens: Vec<usize> = outputs.iter().map(|output| output.len()).collect();
    match <&mut [&mut [f32]; N]>::try_from(outputs) {
        Ok(outputs) if lens.iter().all(|len| *len == op.count) => {
            outputs.each_mut().map(|output| &mut **output)
        }
        _ => panic!("{:?} of {} values got parameters and slots of {lens:?}", op.optimizer, op.count),
    }
}

fn rmsprop(config: &RmsProp, rate: f32, v: &mut f32, g: f32) -> f32 {
    *v = config.rho * *v + (1.0 - config.rho) * g * g;
    rate * g / (*v + config.epsilon).sqrt()
}
