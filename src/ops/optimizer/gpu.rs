use super::Update;
use crate::model::Optimizer;
use crate::ops::embedded::wgsl;
use crate::ops::wgsl::{Binding, Kernels, STEP, Source};

pub(super) fn update(op: &Update) -> Kernels {
    let label = crate::ops::Operation::label(op);
    let source = match op.optimizer {
        Optimizer::RmsProp(config) => Source::new(label, wgsl!("rmsprop.wgsl"))
            .real("RHO", config.rho)
            .real("MOMENTUM", config.momentum)
            .real("EPSILON", config.epsilon),
        Optimizer::Sgd(config) => Source::new(label, wgsl!("sgd.wgsl"))
            .real("MOMENTUM", config.momentum)
            .flag("NESTEROV", config.nesterov),
        Optimizer::Adam(config) => Source::new(label, wgsl!("adam.wgsl"))
            .real("BETA_1", config.beta_1)
            .real("BETA_2", config.beta_2)
            .real("EPSILON", config.epsilon),
    };
    let momentum = match op.optimizer {
        Optimizer::RmsProp(config) => config.momentum != 0.0,
        Optimizer::Sgd(config) => config.momentum != 0.0,
        Optimizer::Adam(_) => true,
    };
    let source = source.before(STEP).flag("MOMENTUM", momentum);
    let [gradients, step] = [Binding::Input(0), Binding::Step];
    let [parameters, first, second] = [0, 1, 2].map(Binding::Output);
    match op.optimizer.slots() {
        0 => source.threads(op.count, [gradients, parameters, step]).into(),
        1 => source.threads(op.count, [gradients, parameters, first, step]).into(),
        _ => source.threads(op.count, [gradients, parameters, first, second, step]).into(),
    }
}
