//! What layers with a kernel have in common: a bias, a batch norm that is folded into both, and what is fused behind them.

use super::At;
use crate::model::{PlacedLayer, Weight};
use crate::ops::batch_norm::{Fold, FoldGrad};
use crate::plan::PlanError;
use crate::plan::builder::Builder;
use crate::plan::tail::Norm;
use crate::plan::value::Value;

/// A kernel and a bias as an operation reads them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Weights<'a> {
    placed: &'a PlacedLayer,
    which: Weight,
    pub(super) kernel: Value,
    pub(super) bias: Option<Value>,
    folded: Option<Folded>,
}

/// A batch norm that became part of kernel and bias.
#[derive(Debug, Clone, Copy)]
struct Folded {
    fold: Fold,
    variance: Value,
    gamma: Option<Value>,
}

impl<'a> Weights<'a> {
    /// The layer's own kernel of this name and its bias, with a batch norm folded into them if there is one.
    pub(super) fn of(
        builder: &mut Builder<'a>,
        at: &At<'a>,
        which: Weight,
        norm: Option<Norm<'a>>,
    ) -> Result<Self, PlanError> {
        let placed = at.placed;
        let kernel = builder.weight(placed, which).ok_or_else(|| at.lacks())?;
        let bias = builder.weight(placed, Weight::Bias);
        let Some(Norm { placed: norm, epsilon }) = norm else {
            return Ok(Self { placed, which, kernel, bias, folded: None });
        };
        let lacks = || PlanError::Sizes(norm.name.clone());
        let [mean, variance, gamma, beta] =
            [Weight::MovingMean, Weight::MovingVariance, Weight::Gamma, Weight::Beta]
                .map(|weight| builder.weight(norm, weight));
        let (mean, variance) = mean.zip(variance).ok_or_else(lacks)?;
        let (len, channels) = (builder.len(kernel), at.units());
        let (scale, center) = (gamma.is_some(), beta.is_some());
        let fold = Fold { rows: len / channels, channels, epsilon, bias: bias.is_some(), scale, center };
        let inputs = [Some(kernel), bias, Some(mean), Some(variance), gamma, beta];
        let outputs = [builder.short(len), builder.short(channels)];
        builder.step_of(fold, inputs.into_iter().flatten().collect(), outputs.to_vec());
        let [kernel, bias] = outputs;
        let folded = Some(Folded { fold, variance, gamma });
        Ok(Self { placed, which, kernel, bias: Some(bias), folded })
    }

    /// What a forward step reads.
    pub(super) fn with(&self, input: Value) -> Vec<Value> {
        [Some(input), Some(self.kernel), self.bias].into_iter().flatten().collect()
    }

    /// Adds the steps to the gradients of the layer's own kernel and bias, where these are trained: `kernel` and `bias` add
    /// the steps that write those of the kernel and the bias that the operation reads.
    pub(super) fn gradients(
        &self,
        builder: &mut Builder<'a>,
        kernel: impl FnOnce(&mut Builder<'a>, Value),
        bias: impl FnOnce(&mut Builder<'a>, Value),
    ) {
        let of_kernel = builder.weight_gradient(self.placed, self.which);
        let of_bias = builder.weight_gradient(self.placed, Weight::Bias);
        let Some(Folded { fold, variance, gamma }) = self.folded else {
            if let Some(to) = of_kernel {
                kernel(builder, to);
            }
            if let Some(to) = of_bias {
                bias(builder, to);
            }
            return;
        };
        let Some(of_kernel) = of_kernel else { return };
        let read_kernel = builder.short(fold.rows * fold.channels);
        kernel(builder, read_kernel);
        let read_bias = of_bias.map(|_| builder.short(fold.channels));
        if let Some(to) = read_bias {
            bias(builder, to);
        }
        let inputs = [Some(read_kernel), read_bias, Some(variance), gamma];
        let outputs = [Some(of_kernel), of_bias];
        let [inputs, outputs] = [&inputs[..], &outputs[..]]
            .map(|values| values.iter().copied().flatten().collect::<Vec<Value>>());
        builder.step_of(FoldGrad(fold), inputs, outputs);
    }
}
