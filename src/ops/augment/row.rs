use super::ROW;
use crate::model::Transform;

/// A linear map of (x, y) and what is added to it.
type Affine = [[f64; 3]; 2];

/// The numbers by which the operation makes what was drawn for a photo of `height` and `width`.
///
/// Maps are put together in Keras' order: rotation, shift, shear, zoom, around the photo's middle. x is the column and
/// y the row, for shifts and sides alike; Keras 3 takes the height for the side and the shift of x.
pub fn row(transform: &Transform, height: usize, width: usize) -> [f32; ROW] {
    let ((sin, cos), (lean, height_left)) = (sin_cos(transform.theta), sin_cos(transform.shear));
    let steps = [
        [[cos, -sin, 0.0], [sin, cos, 0.0]],
        [[1.0, 0.0, transform.tx], [0.0, 1.0, transform.ty]],
        [[1.0, -lean, 0.0], [0.0, height_left, 0.0]],
        [[transform.zx, 0.0, 0.0], [0.0, transform.zy, 0.0]],
    ];
    let middle = [width, height].map(|side| side as f64 / 2.0 - 0.5);
    let around = |sign: f64| [[1.0, 0.0, sign * middle[0]], [0.0, 1.0, sign * middle[1]]];
    let map = steps.into_iter().chain([around(-1.0)]).fold(around(1.0), then);
    let flip = |flipped: bool, side: usize| if flipped { (-1.0, side as f64 - 1.0) } else { (1.0, 0.0) };
    let (across, last_column) = flip(transform.flip_horizontal, width);
    let (down, last_row) = flip(transform.flip_vertical, height);
    let [[xx, xy, x0], [yx, yy, y0]] = then(map, [[across, 0.0, last_column], [0.0, down, last_row]]);
    [xx, xy, x0, transform.channel_shift_intensity, yx, yy, y0, transform.brightness]
        .map(|number| number as f32)
}

/// `a` of what `b` gives.
fn then(a: Affine, b: Affine) -> Affine {
    a.map(|[x, y, offset]| {
        let at = |column: usize| x * b[0][column] + y * b[1][column];
        [at(0), at(1), at(2) + offset]
    })
}

/// Sine and cosine of an angle in degrees, within 1e-13. The standard library's are another library's on each machine,
/// and in wasm half as large as the rest of this operation.
fn sin_cos(degrees: f64) -> (f64, f64) {
    let quarters = (degrees / 90.0).round();
    let x = (degrees - 90.0 * quarters).to_radians();
    // Taylor's series, the innermost term first.
    let series = |first: f64| {
        let term = |sum: f64, n: f64| 1.0 - sum * x * x / (n * (n + 1.0));
        (0..7).rev().map(|nth| first + 2.0 * f64::from(nth)).fold(1.0, term)
    };
    let (sin, cos) = (x * series(2.0), series(1.0));
    match (quarters as i64).rem_euclid(4) {
        0 => (sin, cos),
        1 => (cos, -sin),
        2 => (-sin, -cos),
        _ => (-cos, sin),
    }
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn sine_and_cosine_are_those_of_the_standard_library() {
        for tenth in -4000..=4000 {
            let degrees = f64::from(tenth) / 10.0;
            let (sin, cos) = sin_cos(degrees);
            let (expected_sin, expected_cos) = degrees.to_radians().sin_cos();
            assert!((sin - expected_sin).abs() < 1e-13 && (cos - expected_cos).abs() < 1e-13, "{degrees}");
        }
        assert_eq!(sin_cos(0.0), (0.0, 1.0));
        assert_eq!(sin_cos(90.0), (1.0, 0.0));
    }
}
