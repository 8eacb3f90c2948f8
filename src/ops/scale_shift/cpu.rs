use super::LEAST_DEVIATION;

/// Rows shorter than this are repeated, so that there is something to be done at a time.
const SHORT: usize = 64;

/// `to[i] = function(x[i], a[i], b[i])`, where `a` and `b` begin anew when they end; they have one length, or one of them
/// a single value.
#[inline(always)]
pub(super) fn by_channel([x, a, b]: [&[f32]; 3], to: &mut [f32], function: impl Fn(f32, f32, f32) -> f32) {
    let period = a.len().max(b.len());
    let len = period * SHORT.div_ceil(period);
    let [a, b] = [a, b].map(|values| values.iter().copied().cycle().take(len).collect::<Vec<f32>>());
    for (x, to) in x.chunks(len).zip(to.chunks_mut(len)) {
        for (((to, x), a), b) in to.iter_mut().zip(x).zip(&a).zip(&b) {
            *to = function(*x, *a, *b);
        }
    }
}

/// What values of these variances are multiplied by.
pub(super) fn factors(variances: &[f32]) -> Vec<f32> {
    variances.iter().map(|variance| 1.0 / variance.sqrt().max(LEAST_DEVIATION)).collect()
}
