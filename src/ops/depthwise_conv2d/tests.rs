#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::*;
use crate::model::Padding::{self, Same, Valid};
use crate::ops::tests::{assert_close, clamped, on_both, random};

fn geometries() -> Vec<Geometry> {
    let of = |batch, input, kernel, strides, dilation, padding: Padding, channels, multiplier| Geometry {
        batch,
        window: Window::dilated(input, kernel, strides, dilation, padding).unwrap(),
        channels,
        multiplier,
    };
    vec![
        of(1, [1, 1], [1, 1], [1, 1], [1, 1], Valid, 1, 1),
        of(2, [7, 6], [3, 3], [1, 1], [1, 1], Same, 8, 1),
        of(2, [9, 21], [3, 3], [1, 1], [1, 1], Same, 4, 1),
        of(1, [9, 12], [3, 3], [1, 1], [1, 1], Valid, 12, 1),
        of(2, [11, 14], [3, 3], [2, 2], [1, 1], Same, 16, 1),
        of(1, [10, 23], [3, 3], [2, 2], [1, 1], Valid, 4, 1),
        of(1, [14, 13], [5, 5], [1, 1], [1, 1], Same, 8, 1),
        of(2, [13, 12], [5, 5], [2, 2], [1, 1], Same, 4, 1),
        of(1, [8, 31], [4, 7], [1, 3], [1, 1], Same, 4, 1),
        // Channels that are no whole vectors, and several kernels for each.
        of(2, [8, 9], [3, 3], [1, 1], [1, 1], Same, 3, 1),
        of(1, [9, 8], [3, 3], [2, 1], [1, 1], Same, 7, 1),
        of(2, [7, 8], [3, 3], [1, 1], [1, 1], Same, 3, 2),
        of(1, [7, 8], [3, 2], [2, 2], [1, 1], Valid, 4, 2),
        of(1, [6, 6], [2, 2], [1, 1], [1, 1], Same, 5, 3),
        // Strides beyond the window, windows beyond the image.
        of(1, [9, 10], [2, 2], [3, 4], [1, 1], Valid, 4, 1),
        of(1, [2, 2], [5, 5], [1, 1], [1, 1], Same, 4, 1),
        // Dilated, with strides that share a factor with it and that do not.
        of(2, [9, 17], [3, 3], [1, 1], [2, 2], Same, 4, 1),
        of(1, [12, 11], [3, 3], [1, 1], [2, 3], Valid, 3, 2),
        of(1, [12, 19], [3, 3], [2, 2], [2, 3], Same, 4, 1),
    ]
}

/// Every product of the definition: `visit(input, kernel, output)` by their places in the tensors.
fn each_product(geometry: &Geometry, mut visit: impl FnMut(usize, usize, usize)) {
    let Geometry { batch, window, channels, multiplier } = *geometry;
    for b in 0..batch {
        for oy in 0..window.output[0] {
            for ox in 0..window.output[1] {
                for ky in 0..window.kernel[0] {
                    for kx in 0..window.kernel[1] {
                        let at = |axis: usize, place: usize, tap: usize| {
                            let at = place * window.strides[axis] + tap * window.dilation[axis];
                            at as isize - window.before[axis] as isize
                        };
                        let (iy, ix) = (at(0, oy, ky), at(1, ox, kx));
                        let inside = 0..window.input[0] as isize;
                        if !inside.contains(&iy) || !(0..window.input[1] as isize).contains(&ix) {
                            continue;
                        }
                        let pixel = (b * window.input[0] + iy as usize) * window.input[1] + ix as usize;
                        let place = (b * window.output[0] + oy) * window.output[1] + ox;
                        let tap = ky * window.kernel[1] + kx;
                        for c in 0..channels {
                            for m in 0..multiplier {
                                visit(
                                    pixel * channels + c,
                                    (tap * channels + c) * multiplier + m,
                                    (place * channels + c) * multiplier + m,
                                );
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The sums of the definition, in double precision.
fn sums(
    len: usize,
    geometry: &Geometry,
    mut term: impl FnMut(usize, usize, usize) -> (usize, f32, f32),
) -> Vec<f32> {
    let mut sums = vec![0.0_f64; len];
    each_product(geometry, |i, k, o| {
        let (at, one, other) = term(i, k, o);
        sums[at] += f64::from(one) * f64::from(other);
    });
    sums.into_iter().map(|sum| sum as f32).collect()
}

#[test]
fn forward_is_the_definition() {
    let clamps = [(false, Clamp::None), (true, Clamp::None), (true, Clamp::Relu), (true, Clamp::Relu6)];
    for (number, geometry) in geometries().into_iter().enumerate() {
        let filters = geometry.filters();
        let input = random(geometry.input_len(), 1);
        let kernel = random(geometry.kernel_len(), 2);
        let bias: Vec<f32> = (0..filters).map(|filter| [6.0, 0.5, -0.25][filter % 3]).collect();
        for (with_bias, clamp) in [clamps[number % 4], clamps[(number + 2) % 4]] {
            let mut expected = sums(geometry.output_len(), &geometry, |i, k, o| (o, input[i], kernel[k]));
            for (at, value) in expected.iter_mut().enumerate() {
                *value = clamped(*value + if with_bias { bias[at % filters] } else { 0.0 }, clamp);
            }
            let mut inputs = vec![input.clone(), kernel.clone()];
            inputs.extend(with_bias.then(|| bias.clone()));
            let operation = Forward { geometry, bias: with_bias, clamp };
            let found = on_both(operation, &inputs, &[vec![f32::NAN; geometry.output_len()]]);
            assert_close(&found[0], &expected, 1e-5);
        }
    }
}

#[test]
fn the_input_gradient_is_the_definition() {
    for geometry in geometries() {
        let gradient = random(geometry.output_len(), 4);
        let kernel = random(geometry.kernel_len(), 5);
        let expected = sums(geometry.input_len(), &geometry, |i, k, o| (i, gradient[o], kernel[k]));
        let outputs = [vec![f32::NAN; geometry.input_len()]];
        let found = on_both(GradInput { geometry }, &[gradient, kernel], &outputs);
        assert_close(&found[0], &expected, 1e-5);
    }
}

#[test]
fn the_kernel_gradient_is_the_definition() {
    for geometry in geometries() {
        let input = random(geometry.input_len(), 6);
        let gradient = random(geometry.output_len(), 7);
        let expected = sums(geometry.kernel_len(), &geometry, |i, k, o| (k, input[i], gradient[o]));
        let outputs = [vec![f32::NAN; geometry.kernel_len()]];
        let found = on_both(GradKernel { geometry }, &[input, gradient], &outputs);
        assert_close(&found[0], &expected, 1e-5);
    }
}

/// `<dy, conv(x, k)>` is linear in both: it is `<x, input gradient>` and `<k, kernel gradient>`.
#[test]
fn the_gradients_are_the_adjoints_of_forward() {
    for geometry in geometries() {
        let input = random(geometry.input_len(), 8);
        let kernel = random(geometry.kernel_len(), 9);
        let gradient = random(geometry.output_len(), 10);
        let run = |operation: &dyn Operation, inputs: &[&Vec<f32>], len: usize| {
            let inputs: Vec<Vec<f32>> = inputs.iter().map(|values| values.to_vec()).collect();
            crate::ops::tests::on_cpu(&crate::ops::tests::STEP, operation, &inputs, &[vec![f32::NAN; len]])
                .remove(0)
        };
        let dot = |a: &[f32], b: &[f32]| -> f64 {
            a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum()
        };
        let forward = Forward { geometry, bias: false, clamp: Clamp::None };
        let output = run(&forward, &[&input, &kernel], gradient.len());
        let of_input = run(&GradInput { geometry }, &[&gradient, &kernel], input.len());
        let of_kernel = run(&GradKernel { geometry }, &[&input, &gradient], kernel.len());
        let size = dot(&output, &output).sqrt() * dot(&gradient, &gradient).sqrt();
        let expected = dot(&gradient, &output);
        assert!((dot(&input, &of_input) - expected).abs() <= 1e-6 * size, "{geometry}");
        assert!((dot(&kernel, &of_kernel) - expected).abs() <= 1e-6 * size, "{geometry}");
    }
}
