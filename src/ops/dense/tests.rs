#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::*;
use crate::ops::tests::{assert_close, clamped, on_both, random};

const GEOMETRIES: [Geometry; 6] = [
    Geometry { rows: 1, inputs: 1, units: 1 },
    Geometry { rows: 5, inputs: 7, units: 3 },
    Geometry { rows: 20, inputs: 300, units: 1 },
    Geometry { rows: 33, inputs: 70, units: 130 },
    Geometry { rows: 21, inputs: 76, units: 64 },
    Geometry { rows: 3, inputs: 2052, units: 36 },
];

/// Every product of the definition: `visit(input, kernel, output)` by their places in the matrices.
fn each_product(geometry: &Geometry, mut visit: impl FnMut(usize, usize, usize)) {
    for r in 0..geometry.rows {
        for i in 0..geometry.inputs {
            for u in 0..geometry.units {
                visit(r * geometry.inputs + i, i * geometry.units + u, r * geometry.units + u);
            }
        }
    }
}

#[test]
fn forward_is_the_definition() {
    for geometry in GEOMETRIES {
        let Geometry { rows, inputs, units } = geometry;
        let x = random(rows * inputs, 1);
        let kernel = random(inputs * units, 2);
        let bias = random(units, 3);
        for (with_bias, clamp) in
            [(false, Clamp::None), (true, Clamp::None), (false, Clamp::Relu), (true, Clamp::Relu)]
        {
            let mut expected = vec![0.0; rows * units];
            each_product(&geometry, |i, k, o| expected[o] += x[i] * kernel[k]);
            for (at, value) in expected.iter_mut().enumerate() {
                *value += if with_bias { bias[at % units] } else { 0.0 };
                *value = clamped(*value, clamp);
            }
            let mut inputs = vec![x.clone(), kernel.clone()];
            inputs.extend(with_bias.then(|| bias.clone()));
            let operation = Forward { geometry, bias: with_bias, clamp };
            let found = on_both(operation, &inputs, &[vec![f32::NAN; rows * units]]);
            assert_close(&found[0], &expected, 1e-5);
        }
    }
}

#[test]
fn relu6_keeps_values_between_0_and_6() {
    for geometry in [GEOMETRIES[1], GEOMETRIES[4]] {
        let Geometry { rows, inputs, units } = geometry;
        let (x, kernel) = (random(rows * inputs, 1), random(inputs * units, 2));
        let bias: Vec<f32> = random(units, 3).into_iter().map(|value| 12.0 * value).collect();
        let mut expected: Vec<f32> = (0..rows * units).map(|at| bias[at % units]).collect();
        each_product(&geometry, |i, k, o| expected[o] += x[i] * kernel[k]);
        assert!(expected.iter().any(|value| *value < -1.0) && expected.iter().any(|value| *value > 7.0));
        expected.iter_mut().for_each(|value| *value = clamped(*value, Clamp::Relu6));
        let operation = Forward { geometry, bias: true, clamp: Clamp::Relu6 };
        let found = on_both(operation, &[x, kernel, bias], &[vec![f32::NAN; rows * units]]);
        assert_close(&found[0], &expected, 1e-5);
    }
}

#[test]
fn the_gradients_are_the_definition() {
    for geometry in GEOMETRIES {
        let Geometry { rows, inputs, units } = geometry;
        let x = random(rows * inputs, 4);
        let kernel = random(inputs * units, 5);
        let gradient = random(rows * units, 6);
        let mut of_input = vec![0.0; x.len()];
        let mut of_kernel = vec![0.0; kernel.len()];
        each_product(&geometry, |i, k, o| of_input[i] += gradient[o] * kernel[k]);
        each_product(&geometry, |i, k, o| of_kernel[k] += gradient[o] * x[i]);
        let outputs = [vec![f32::NAN; x.len()]];
        let found = on_both(GradInput { geometry }, &[gradient.clone(), kernel.clone()], &outputs);
        assert_close(&found[0], &of_input, 1e-5);
        let outputs = [vec![f32::NAN; kernel.len()]];
        let found = on_both(GradKernel { geometry }, &[x, gradient], &outputs);
        assert_close(&found[0], &of_kernel, 1e-5);
    }
}
