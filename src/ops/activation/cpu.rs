use super::{Function, Reads};
use crate::ops::lanes::{LANES, Lanes};

pub(super) fn forward(function: Function, units: usize, x: &[f32], y: &mut [f32]) {
    let [zero, one] = [0.0, 1.0].map(Lanes::all);
    match function {
        Function::Linear => y.copy_from_slice(x),
        Function::Relu { negative_slope, max_value, threshold } => {
            let most = Lanes::all(max_value.unwrap_or(f32::INFINITY));
            let [slope, threshold] = [negative_slope, threshold].map(Lanes::all);
            if negative_slope == 0.0 {
                each(x, y, |x, _| zero.where_less(threshold, x, most.at_most(x)));
            } else {
                each(x, y, |x, _| x.sub(threshold).mul(slope).where_less(threshold, x, most.at_most(x)));
            }
        }
        Function::Elu => each(x, y, |x, _| {
            // exp(x) - 1 loses the digits of small x; t = tanh(x / 2) does not.
            let t = tanh(below_zero(x).mul(Lanes::all(0.5)));
            t.add(t).div(one.sub(t)).where_less(zero, x, x)
        }),
        Function::Tanh => each(x, y, |x, _| tanh(x)),
        Function::Sigmoid => each(x, y, |x, _| sigmoid_of(x)),
        Function::HardSigmoid => each(x, y, |x, _| hard_sigmoid(x)),
        Function::Silu => each(x, y, |x, _| x.mul(sigmoid_of(x))),
        Function::HardSilu => each(x, y, |x, _| x.mul(hard_sigmoid(x))),
        Function::Gelu => each(x, y, |x, _| x.mul(normal(x)[0])),
        Function::Softmax => {
            x.chunks_exact(units).zip(y.chunks_exact_mut(units)).for_each(|(x, y)| softmax(x, y));
        }
    }
}

/// `values` are what [`Function::grad_reads`] says.
pub(super) fn grad(function: Function, units: usize, values: &[f32], gradient: &mut [f32]) {
    let [zero, one, three] = [0.0, 1.0, 3.0].map(Lanes::all);
    match function {
        Function::Linear => {}
        Function::RELU => {
            for (dy, y) in gradient.iter_mut().zip(values) {
                *dy = if *y > 0.0 { *dy } else { 0.0 };
            }
        }
        Function::Relu { negative_slope, max_value, threshold } => {
            let most = Lanes::all(max_value.unwrap_or(f32::INFINITY));
            let bound = if function.grad_reads() == Reads::Input { threshold } else { 0.0 };
            let [slope, bound] = [negative_slope, bound].map(Lanes::all);
            each(values, gradient, |v, dy| slope.mul(dy).where_less(bound, v, zero.where_less(v, most, dy)));
        }
        Function::Elu => each(values, gradient, |y, dy| dy.mul(below_zero(y).add(one))),
        Function::Tanh => each(values, gradient, |y, dy| dy.mul(one.sub(y.mul(y)))),
        Function::Sigmoid => each(values, gradient, |y, dy| dy.mul(y.mul(one.sub(y)))),
        Function::HardSigmoid => each(values, gradient, |y, dy| {
            let slope = zero.where_less(y, one, dy.mul(Lanes::all(1.0 / 6.0)));
            zero.where_less(zero, y, slope)
        }),
        Function::Silu => each(values, gradient, |x, dy| {
            let s = sigmoid_of(x);
            dy.mul(s.mul(one.add(x.mul(one.sub(s)))))
        }),
        Function::HardSilu => each(values, gradient, |x, dy| {
            let slope = x.div(three).add(Lanes::all(0.5)).where_less(three, x, one);
            dy.mul(zero.where_less(zero.sub(three), x, slope))
        }),
        Function::Gelu => each(values, gradient, |x, dy| {
            let [below, density] = normal(x);
            dy.mul(below.add(x.mul(density)))
        }),
        Function::Softmax => {
            for (dy, y) in gradient.chunks_exact_mut(units).zip(values.chunks_exact(units)) {
                let sum: f32 = dy.iter().zip(y).map(|(dy, y)| dy * y).sum();
                for (dy, y) in dy.iter_mut().zip(y) {
                    *dy = y * (*dy - sum);
                }
            }
        }
    }
}

/// Changes each value of `to`, which the function gets as its second argument.
#[inline(always)]
fn each(values: &[f32], to: &mut [f32], function: impl Fn(Lanes, Lanes) -> Lanes) {
    let (quads, rest) = values.as_chunks::<LANES>();
    let (to, to_rest) = to.as_chunks_mut::<LANES>();
    for (values, to) in quads.iter().zip(to) {
        function(Lanes::of(values), Lanes::of(to)).write(to);
    }
    if !rest.is_empty() {
        write_few(function(few(rest), few(to_rest)), to_rest);
    }
}

/// Less than four values, zeros behind them. Not inlined, as this is there for each function.
#[inline(never)]
fn few(values: &[f32]) -> Lanes {
    Lanes::of(&std::array::from_fn(|at| values.get(at).copied().unwrap_or(0.0)))
}

#[inline(never)]
fn write_few(lanes: Lanes, to: &mut [f32]) {
    to.iter_mut().zip(lanes.values()).for_each(|(to, value)| *to = value);
}

/// Within two units in the last place, between the smallest and the largest normal numbers; what is no number stays
/// one. Cephes' `expf`: a power of two times a polynomial.
#[inline(never)]
fn exp(x: Lanes) -> Lanes {
    let [log2_e, half, one] = [std::f32::consts::LOG2_E, 0.5, 1.0].map(Lanes::all);
    let x = Lanes::all(-87.0).at_least(Lanes::all(88.0).at_most(x));
    let n = x.mul(log2_e).add(half).floor();
    // ln 2 in two parts, of which the first is exact in a product with n.
    let r = x.sub(n.mul(Lanes::all(0.693_359_4))).add(n.mul(Lanes::all(2.121_944_4e-4)));
    let series =
        [1.398_199_9e-3, 8.333_452e-3, 4.166_579_6e-2, 0.166_666_66, 0.5].map(Lanes::all).into_iter();
    let series = series.fold(Lanes::all(1.987_569_1e-4), |sum, next| sum.mul(r).add(next));
    series.mul(r.mul(r)).add(r).add(one).mul(n.power_of_two())
}

/// Near 0 a series keeps the digits.
#[inline(never)]
fn tanh(x: Lanes) -> Lanes {
    let [zero, one] = [0.0, 1.0].map(Lanes::all);
    let e = exp(absolute(x).mul(Lanes::all(-2.0)));
    let far = one.sub(e).div(one.add(e));
    let s = x.mul(x);
    let series = [2.0 / 15.0, -1.0 / 3.0, 1.0].map(Lanes::all).into_iter();
    let near = series.fold(Lanes::all(-17.0 / 315.0), |sum, next| sum.mul(s).add(next)).mul(x);
    far.where_less(x, zero, zero.sub(far)).where_less(s, Lanes::all(0.04), near)
}

fn sigmoid_of(x: Lanes) -> Lanes {
    let one = Lanes::all(1.0);
    one.div(one.add(exp(Lanes::all(0.0).sub(x))))
}

fn hard_sigmoid(x: Lanes) -> Lanes {
    let [zero, half, one] = [0.0, 0.5, 1.0].map(Lanes::all);
    x.div(Lanes::all(6.0)).add(half).at_most(one).at_least(zero)
}

/// The normal distribution's cumulative function and its density: Abramowitz and Stegun 26.2.17, to 7.5e-8.
fn normal(x: Lanes) -> [Lanes; 2] {
    let [zero, one] = [0.0, 1.0].map(Lanes::all);
    let a = absolute(x);
    let t = one.div(a.mul(Lanes::all(0.231_641_9)).add(one));
    let series = [-1.821_256, 1.781_477_9, -0.356_563_78, 0.319_381_53, 0.0].map(Lanes::all).into_iter();
    let series = series.fold(Lanes::all(1.330_274_4), |sum, next| sum.mul(t).add(next));
    let density = exp(a.mul(a).mul(Lanes::all(-0.5))).mul(Lanes::all(0.398_942_3));
    let tail = series.mul(density);
    [tail.where_less(zero, x, one.sub(tail)), density]
}

/// `min(x, 0)`; what is no number stays none.
fn below_zero(x: Lanes) -> Lanes {
    Lanes::all(0.0).at_most(x)
}

fn absolute(x: Lanes) -> Lanes {
    Lanes::all(0.0).sub(x).at_least(x)
}

/// Never takes the exponential of a positive number, which could overflow.
pub(in crate::ops) fn sigmoid(x: f32) -> f32 {
    let e = (-x.abs()).exp();
    if x >= 0.0 { 1.0 / (1.0 + e) } else { e / (1.0 + e) }
}

fn softmax(x: &[f32], y: &mut [f32]) {
    let maximum = x.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let mut sum = 0.0;
    for (y, x) in y.iter_mut().zip(x) {
        *y = (x - maximum).exp();
        sum += *y;
    }
    for y in y {
        *y /= sum;
    }
}
