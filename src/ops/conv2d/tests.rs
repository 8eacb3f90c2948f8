#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::*;
use crate::model::Padding::{self, Same, Valid};
use crate::ops::max_pool2d;
use crate::ops::tests::{STEP, assert_close, clamped, on_both, on_cpu, random, words};

fn geometries() -> Vec<Geometry> {
    let of = |batch, input, kernel, strides, padding: Padding, channels, filters| Geometry {
        groups: 1,
        batch,
        window: Window::new(input, kernel, strides, padding).unwrap(),
        channels,
        filters,
    };
    let plain = vec![
        of(2, [7, 6], [3, 3], [1, 1], Valid, 3, 5),
        of(1, [9, 9], [3, 3], [1, 1], Same, 4, 8),
        of(2, [8, 7], [3, 3], [2, 2], Same, 2, 3),
        of(3, [10, 11], [5, 5], [2, 3], Same, 1, 4),
        of(1, [5, 9], [1, 1], [1, 1], Valid, 6, 7),
        of(2, [6, 6], [1, 1], [2, 2], Valid, 3, 2),
        of(1, [4, 12], [4, 2], [1, 3], Valid, 2, 2),
        of(1, [2, 2], [5, 5], [1, 1], Same, 2, 3),
        of(1, [3, 3], [3, 3], [4, 4], Valid, 2, 2),
        of(1, [1, 1], [1, 1], [1, 1], Valid, 1, 1),
        of(1, [5, 5], [3, 3], [1, 1], Same, 16, 64),
        of(2, [9, 12], [3, 3], [1, 1], Valid, 3, 32),
        of(2, [11, 12], [3, 3], [1, 1], Same, 32, 64),
        of(1, [12, 9], [3, 2], [2, 1], Valid, 64, 64),
        // Strips of the image's rows in workgroup memory: more than one a row, strides, padding, two blocks of filters.
        of(2, [5, 70], [3, 3], [1, 1], Valid, 3, 32),
        of(2, [9, 41], [5, 5], [2, 1], Same, 1, 64),
        of(1, [6, 68], [3, 3], [1, 2], Same, 3, 128),
        // Larger than a block of the CPU's windows, and a sum of many parts.
        of(2, [40, 41], [3, 3], [1, 1], Valid, 16, 32),
        // Windows of one pixel: more pixels than are done at a time, channels and filters that fill vectors and that do not.
        of(3, [7, 9], [1, 1], [1, 1], Same, 16, 24),
        of(2, [12, 11], [1, 1], [1, 1], Valid, 10, 13),
        // Winograd's tiles of 4x4 on the CPU, which do not come out even: blocks of them across images, one tile left over.
        of(3, [7, 12], [3, 3], [1, 1], Valid, 20, 24),
        of(17, [3, 3], [3, 3], [1, 1], Valid, 16, 8),
        // Its sizes, but for what it does not do.
        of(2, [9, 10], [3, 3], [2, 1], Same, 16, 8),
        of(2, [9, 10], [3, 3], [1, 1], Same, 18, 12),
    ];
    let grouped = |groups, dilation, strides, channels, filters| Geometry {
        batch: 2,
        window: Window::dilated([9, 11], [3, 2], strides, dilation, Same).unwrap(),
        channels,
        filters,
        groups,
    };
    let others = [
        grouped(2, [1, 1], [1, 1], 8, 4),
        grouped(3, [1, 1], [2, 1], 6, 9),
        grouped(4, [1, 1], [1, 1], 16, 64),
        grouped(5, [1, 1], [1, 1], 5, 5),
        grouped(1, [2, 2], [1, 1], 16, 32),
        grouped(1, [2, 3], [3, 2], 3, 5),
        grouped(2, [3, 2], [1, 1], 4, 8),
        // A single pixel is the same at any dilation, but not in groups.
        Geometry {
            window: Window::new([6, 5], [1, 1], [1, 1], Valid).unwrap(),
            ..grouped(4, [1, 1], [1, 1], 8, 12)
        },
        Geometry {
            window: Window::dilated([6, 5], [1, 1], [1, 1], [2, 2], Valid).unwrap(),
            ..grouped(1, [1, 1], [1, 1], 8, 12)
        },
    ];
    plain.into_iter().chain(others).collect()
}

/// Every product of the definition: `visit(input, kernel, output)` by their places in the tensors.
fn each_product(geometry: &Geometry, mut visit: impl FnMut(usize, usize, usize)) {
    let Geometry { batch, window, channels, filters, groups } = geometry;
    for b in 0..*batch {
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
                        let (deep, wide) = (channels / groups, filters / groups);
                        for (c, f) in (0..deep).flat_map(|c| (0..*filters).map(move |f| (c, f))) {
                            visit(
                                pixel * channels + f / wide * deep + c,
                                (tap * deep + c) * filters + f,
                                place * filters + f,
                            );
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn forward_is_the_definition() {
    for (number, geometry) in geometries().into_iter().enumerate() {
        let input = random(geometry.input_len(), 1);
        let kernel = random(geometry.kernel_len(), 2);
        let bias = random(geometry.filters, 3);
        // All of them on small ones, one in turn on those whose shaders take long to compile.
        let endings = [(false, Clamp::None), (true, Clamp::None), (true, Clamp::Relu)];
        let chosen = if number < 3 { &endings[..] } else { &endings[number % 3..][..1] };
        for (with_bias, clamp) in chosen.iter().copied() {
            let mut expected = vec![0.0; geometry.output_len()];
            each_product(&geometry, |i, k, o| expected[o] += input[i] * kernel[k]);
            for (at, value) in expected.iter_mut().enumerate() {
                *value += if with_bias { bias[at % geometry.filters] } else { 0.0 };
                *value = clamped(*value, clamp);
            }
            let mut inputs = vec![input.clone(), kernel.clone()];
            inputs.extend(with_bias.then(|| bias.clone()));
            let operation = Forward { geometry, bias: with_bias, clamp };
            let found = on_both(operation, &inputs, &[vec![f32::NAN; geometry.output_len()]]);
            assert_close(&found[0], &expected, 1e-5);
        }
    }
}

/// On what each kind of kernel can do: the plain ones, tiles of all sorts, Winograd's.
#[test]
fn relu6_keeps_values_between_0_and_6() {
    for (input, channels, filters, pooled) in
        [([6, 5], 3, 5, true), ([7, 6], 16, 64, false), ([8, 9], 16, 32, true), ([12, 9], 20, 24, true)]
    {
        let window = Window::new(input, [3, 3], [1, 1], Same).unwrap();
        let geometry = Geometry { batch: 2, window, channels, filters, groups: 1 };
        let image: Vec<f32> = random(geometry.input_len(), 1).into_iter().map(|value| value / 4.0).collect();
        let kernel = random(geometry.kernel_len(), 2);
        let bias: Vec<f32> = (0..filters).map(|filter| [-4.0, 3.0, 9.0][filter % 3]).collect();
        let mut expected: Vec<f32> = (0..geometry.output_len()).map(|at| bias[at % filters]).collect();
        each_product(&geometry, |i, k, o| expected[o] += image[i] * kernel[k]);
        assert!(expected.iter().any(|value| *value < -1.0) && expected.iter().any(|value| *value > 7.0));
        expected.iter_mut().for_each(|value| *value = clamped(*value, Clamp::Relu6));
        let inputs = [image, kernel, bias];
        let convolution = Forward { geometry, bias: true, clamp: Clamp::Relu6 };
        let found = on_both(convolution, &inputs, &[vec![f32::NAN; geometry.output_len()]]);
        assert_close(&found[0], &expected, 1e-5);
        if pooled {
            let pool = Window::new(window.output, [2, 2], [2, 2], Valid).unwrap();
            let pool = max_pool2d::Geometry { batch: 2, window: pool, channels: filters };
            let pool = max_pool2d::Forward { geometry: pool, places: true };
            let outputs = vec![vec![f32::NAN; pool.geometry.output_len()]; 2];
            let expected = on_cpu(&STEP, &pool, &[expected], &outputs);
            let found = on_both(ForwardPooled { convolution, pool }, &inputs, &outputs);
            assert_close(&found[0], &expected[0], 1e-5);
        }
    }
}

#[test]
fn the_input_gradient_is_the_definition() {
    for geometry in geometries() {
        let gradient = random(geometry.output_len(), 4);
        let kernel = random(geometry.kernel_len(), 5);
        let mut expected = vec![0.0; geometry.input_len()];
        each_product(&geometry, |i, k, o| expected[i] += gradient[o] * kernel[k]);
        let outputs = [vec![f32::NAN; geometry.input_len()]];
        let found = on_both(GradInput { geometry, pool: None }, &[gradient, kernel], &outputs);
        assert_close(&found[0], &expected, 1e-5);
    }
}

#[test]
fn the_kernel_gradient_is_the_definition() {
    for geometry in geometries() {
        let input = random(geometry.input_len(), 6);
        let gradient = random(geometry.output_len(), 7);
        let mut expected = vec![0.0; geometry.kernel_len()];
        each_product(&geometry, |i, k, o| expected[k] += input[i] * gradient[o]);
        let outputs = [vec![f32::NAN; geometry.kernel_len()]];
        let found = on_both(GradKernel { geometry, pool: None }, &[input, gradient], &outputs);
        assert_close(&found[0], &expected, 1e-5);
    }
}

/// Convolutions with the poolings above them: of windows that lie apart, that leave a rest, and that overlap.
fn pooled_geometries() -> Vec<(Geometry, max_pool2d::Geometry)> {
    let pools = [
        ([2, 2], [2, 2], Valid),
        ([2, 2], [2, 2], Valid),
        ([3, 2], [3, 2], Valid),
        ([3, 3], [2, 2], Same),
        ([2, 2], [2, 2], Valid),
        ([2, 2], [2, 2], Valid),
        ([3, 3], [3, 3], Valid),
        ([2, 2], [2, 2], Valid),
        ([2, 3], [2, 3], Valid),
    ];
    let convolutions = [
        (2, [9, 12], Valid, 3, 8),
        (1, [9, 7], Same, 8, 4),
        (2, [8, 10], Valid, 4, 16),
        (2, [9, 9], Valid, 2, 4),
        (2, [9, 8], Same, 64, 64),
        (5, [9, 13], Valid, 16, 24),
        (2, [11, 12], Valid, 16, 8),
        (2, [9, 37], Valid, 3, 32),
        (2, [12, 11], Same, 32, 64),
    ];
    let plain = convolutions.into_iter().zip(pools).map(
        |((batch, input, padding, channels, filters), (size, strides, pool_padding))| {
            let window = Window::new(input, [3, 3], [1, 1], padding).unwrap();
            let pool = Window::new(window.output, size, strides, pool_padding).unwrap();
            let geometry = Geometry { batch, window, channels, filters, groups: 1 };
            (geometry, max_pool2d::Geometry { batch, window: pool, channels: filters })
        },
    );
    let others = [(2, [1, 1]), (1, [2, 2])].map(|(groups, dilation)| {
        let window = Window::dilated([9, 12], [3, 3], [1, 1], dilation, Same).unwrap();
        let pool = Window::new(window.output, [2, 2], [2, 2], Valid).unwrap();
        let geometry = Geometry { batch: 2, window, channels: 4, filters: 8, groups };
        (geometry, max_pool2d::Geometry { batch: 2, window: pool, channels: 8 })
    });
    plain.chain(others).collect()
}

#[test]
fn a_pooled_convolution_is_the_one_after_the_other() {
    for (geometry, pool) in pooled_geometries() {
        let image = random(geometry.input_len(), 8);
        let kernel = random(geometry.kernel_len(), 9);
        let bias = random(geometry.filters, 10);
        for places in [false, true] {
            let convolution =
                Forward { geometry, bias: true, clamp: if places { Clamp::Relu } else { Clamp::None } };
            let pool = max_pool2d::Forward { geometry: pool, places };
            let inputs = [image.clone(), kernel.clone(), bias.clone()];
            let full = on_cpu(&STEP, &convolution, &inputs, &[vec![0.0; geometry.output_len()]]);
            let outputs = vec![vec![f32::NAN; pool.geometry.output_len()]; 1 + usize::from(places)];
            let expected = on_cpu(&STEP, &pool, &full, &outputs);
            let found = on_both(ForwardPooled { convolution, pool }, &inputs, &outputs);
            assert_close(&found[0], &expected[0], 1e-5);
            if places {
                assert_eq!(words_of(&found[1]), words_of(&expected[1]));
            }
        }
    }
}

#[test]
fn gradients_from_the_maxima_are_those_of_the_full_size() {
    for (geometry, pool) in pooled_geometries().into_iter().filter(|(_, pool)| pool.is_apart()) {
        let image = random(geometry.input_len(), 11);
        let kernel = random(geometry.kernel_len(), 12);
        let gradient = random(pool.output_len(), 13);
        let mut stream = crate::random::Stream::new(14, crate::random::Purpose::Shuffle, 0);
        let places: Vec<u32> =
            (0..pool.output_len()).map(|_| stream.word() % pool.window.taps() as u32).collect();
        let maxima = [gradient, words(&places)];
        let full =
            on_cpu(&STEP, &max_pool2d::Grad { geometry: pool }, &maxima, &[vec![0.0; pool.input_len()]]);

        let outputs = [vec![f32::NAN; geometry.kernel_len()]];
        let inputs = [image.clone(), full[0].clone()];
        let expected = on_cpu(&STEP, &GradKernel { geometry, pool: None }, &inputs, &outputs);
        let inputs = [image, maxima[0].clone(), maxima[1].clone()];
        let found = on_both(GradKernel { geometry, pool: Some(pool) }, &inputs, &outputs);
        assert_close(&found[0], &expected[0], 1e-6);

        let outputs = [vec![f32::NAN; geometry.input_len()]];
        let inputs = [full[0].clone(), kernel.clone()];
        let expected = on_cpu(&STEP, &GradInput { geometry, pool: None }, &inputs, &outputs);
        let inputs = [maxima[0].clone(), maxima[1].clone(), kernel];
        let found = on_both(GradInput { geometry, pool: Some(pool) }, &inputs, &outputs);
        assert_close(&found[0], &expected[0], 1e-6);
    }
}

fn words_of(values: &[f32]) -> Vec<u32> {
    values.iter().map(|value| value.to_bits()).collect()
}
