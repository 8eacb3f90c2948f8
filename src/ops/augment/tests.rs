#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::*;
use crate::model::{Amount, Transform};
use crate::ops::tests::{STEP, on_cpu, random};
use crate::random::{Purpose, Stream};

const FILL_MODES: [FillMode; 4] = [FillMode::Nearest, FillMode::Reflect, FillMode::Wrap, FillMode::Constant];

fn noise(len: usize, seed: u32) -> Vec<u8> {
    let mut stream = Stream::new(seed, Purpose::Shuffle, 0);
    (0..len).map(|_| stream.word() as u8).collect()
}

/// Bytes as a buffer holds them.
fn packed(bytes: &[u8]) -> Vec<f32> {
    let mut bytes = bytes.to_vec();
    bytes.resize(bytes.len().next_multiple_of(4), 99);
    bytemuck::pod_collect_to_vec(&bytes)
}

/// What the CPU makes of photos, and natively the GPU beside it.
fn augmented(op: Augment, photos: &[u8], rows: &[[f32; ROW]]) -> Vec<Vec<f32>> {
    let inputs = [packed(photos), rows.as_flattened().to_vec()];
    let outputs = [vec![f32::NAN; photos.len()]];
    #[allow(unused_mut)]
    let mut made = on_cpu(&STEP, &op, &inputs, &outputs);
    #[cfg(not(target_arch = "wasm32"))]
    made.extend(
        pollster::block_on(crate::ops::tests::gpu().once(&op.gpu(), &STEP, &inputs, &outputs)).unwrap(),
    );
    made
}

/// Asserts that values are alike. Where a place is on the very edge of the photo, or a value on that of two bytes,
/// roundings decide: a few may be others.
#[track_caller]
fn assert_alike(found: &[f32], expected: &[f32], what: &str) {
    assert_eq!(found.len(), expected.len());
    let errors: Vec<f32> =
        found.iter().zip(expected).map(|(found, expected)| (found - expected).abs()).collect();
    let mean = errors.iter().sum::<f32>() / errors.len() as f32;
    let far = errors.iter().filter(|error| **error > 1e-4).count();
    assert!(
        mean < 2e-5 && far * 500 <= errors.len(),
        "{what}: {mean} in the mean, {far} of {}",
        errors.len()
    );
}

/// A photo under a map, place by place and in double precision, by the words of scipy's documentation.
fn naive(op: &Augment, photo: &[u8], transform: &Transform) -> Vec<f32> {
    let [height, width, channels] = op.shape;
    let row = row(transform, height, width).map(f64::from);
    let pixel = |r: i64, c: i64, k: usize| {
        let wide = |place: i64, side: usize| place.clamp(0, side as i64 - 1) as usize;
        let reflected = |place: i64, side: usize| {
            let place = place.rem_euclid(2 * side as i64) as usize;
            if place < side { place } else { 2 * side - 1 - place }
        };
        let (r, c) = match op.fill_mode {
            FillMode::Reflect => (reflected(r, height), reflected(c, width)),
            _ => (wide(r, height), wide(c, width)),
        };
        f64::from(photo[(r * width + c) * channels + k])
    };
    let mut values = Vec::new();
    for (r, c, k) in places(op.shape) {
        let (mut x, mut y) =
            (row[0] * c as f64 + row[1] * r as f64 + row[2], row[4] * c as f64 + row[5] * r as f64 + row[6]);
        let sides = [(&mut x, width as f64 - 1.0), (&mut y, height as f64 - 1.0)];
        let beyond = sides.iter().any(|(place, last)| !(0.0..=*last).contains(&**place));
        if op.fill_mode == FillMode::Wrap {
            for (place, last) in sides {
                if !(0.0..=last).contains(place) {
                    *place = if last > 0.0 { place.rem_euclid(last) } else { 0.0 };
                }
            }
        }
        if beyond && op.fill_mode == FillMode::Constant {
            values.push(f64::from(op.cval));
            continue;
        }
        let (left, top) = (x.floor() as i64, y.floor() as i64);
        let mut sum = 0.0;
        for (r, c) in [(top, left), (top, left + 1), (top + 1, left), (top + 1, left + 1)] {
            sum += (1.0 - (x - c as f64).abs()) * (1.0 - (y - r as f64).abs()) * pixel(r, c, k);
        }
        values.push(sum);
    }
    let least = values.iter().copied().fold(255.0, f64::min);
    let largest = values.iter().copied().fold(0.0, f64::max);
    let finished = values.iter().map(|value| {
        let mut value = *value;
        if op.channel_shift {
            value = (value + transform.channel_shift_intensity).clamp(least, largest);
        }
        if op.brightness {
            value = ((value + 1e-9).floor() * transform.brightness).min(255.0).floor();
        }
        (value / 255.0) as f32
    });
    finished.collect()
}

/// A transform that changes nothing.
fn idle() -> Transform {
    Augmentation::default().draw([1, 1], 0, 0, 0)
}

/// Where the pixel in column `x` and row `y` is read from, step by step as the settings' names say.
fn place(drawn: &Transform, [height, width]: [usize; 2], [mut x, mut y]: [f64; 2]) -> [f64; 2] {
    let (last_column, last_row) = (width as f64 - 1.0, height as f64 - 1.0);
    if drawn.flip_horizontal {
        x = last_column - x;
    }
    if drawn.flip_vertical {
        y = last_row - y;
    }
    // All else is about the photo's middle.
    let (x, y) = (drawn.zx * (x - last_column / 2.0), drawn.zy * (y - last_row / 2.0));
    let lean = drawn.shear.to_radians();
    let (x, y) = (x - lean.sin() * y, lean.cos() * y);
    let (x, y) = (x + drawn.tx, y + drawn.ty);
    let (sin, cos) = drawn.theta.to_radians().sin_cos();
    [cos * x - sin * y + last_column / 2.0, sin * x + cos * y + last_row / 2.0]
}

#[test]
fn maps_are_about_the_middle_of_photos_of_any_shape() {
    let asked = Augmentation { rotation_range: 180.0, height_shift_range: Amount::One(0.6), ..everything() };
    for sides in [[15, 15], [11, 17], [40, 8], [1, 9]] {
        let [height, width] = sides;
        for sample in 0..20 {
            let drawn = asked.draw(sides, 2, 1, sample);
            let row = row(&drawn, height, width).map(f64::from);
            for (r, c, _) in places([height, width, 1]) {
                let (column, line) = (c as f64, r as f64);
                let expected = place(&drawn, sides, [column, line]);
                for (axis, expected) in expected.into_iter().enumerate() {
                    let &[by_column, by_row, offset, _] = row[4 * axis..].first_chunk().unwrap();
                    let found = by_column * column + by_row * line + offset;
                    assert!((found - expected).abs() < 1e-4, "{sides:?} {drawn:?}: {found} {expected}");
                }
            }
        }
    }
}

#[test]
fn the_width_moves_sideways_and_a_wide_photo_turns_about_its_middle() {
    let shape @ [height, width, channels] = [6, 10, 3];
    let op = Augment::new(1, shape, &Augmentation::default());
    let photo = noise(op.image_len(), 4);
    let seen = |from: &dyn Fn(usize, usize) -> (usize, usize)| -> Vec<f32> {
        let value = |(r, c, k)| {
            let (r, c) = from(r, c);
            f32::from(photo[(r * width + c) * channels + k]) / 255.0
        };
        places(shape).map(value).collect()
    };
    let [last_row, last_column] = [height - 1, width - 1];
    for (drawn, expected) in [
        (Transform { tx: 3.0, ..idle() }, seen(&|r, c| (r, (c + 3).min(last_column)))),
        (Transform { ty: 2.0, ..idle() }, seen(&|r, c| ((r + 2).min(last_row), c))),
        (Transform { theta: 180.0, ..idle() }, seen(&|r, c| (last_row - r, last_column - c))),
        // Three times as far from the middle, along one axis.
        (Transform { zx: 3.0, ..idle() }, seen(&|r, c| (r, (3 * c).saturating_sub(9).min(last_column)))),
        (Transform { zy: 3.0, ..idle() }, seen(&|r, c| ((3 * r).saturating_sub(5).min(last_row), c))),
    ] {
        for made in augmented(op, &photo, &[row(&drawn, height, width)]) {
            assert_alike(&made, &expected, &format!("{drawn:?}"));
        }
    }
}

fn places([height, width, channels]: [usize; 3]) -> impl Iterator<Item = (usize, usize, usize)> {
    (0..height).flat_map(move |r| (0..width).flat_map(move |c| (0..channels).map(move |k| (r, c, k))))
}

fn everything() -> Augmentation {
    Augmentation {
        zoom_range: Amount::two([0.4, 4.0]),
        shear_range: 30.0,
        vertical_flip: true,
        brightness_range: Some([0.3, 1.7]),
        channel_shift_range: 70.0,
        cval: 37.0,
        ..Augmentation::cats_and_dogs()
    }
}

#[test]
fn each_pixel_is_what_the_words_say() {
    for fill_mode in FILL_MODES {
        for (shape, plain) in
            [([9, 13, 3], true), ([16, 16, 3], false), ([13, 7, 1], false), ([1, 1, 3], true)]
        {
            let everything = Augmentation { fill_mode, ..everything() };
            let only_moved = Augmentation { brightness_range: None, channel_shift_range: 0.0, ..everything };
            let augmentation = if plain { only_moved } else { everything };
            let op = Augment::new(5, shape, &augmentation);
            let photos = noise(5 * op.image_len(), 3);
            let [height, width, _] = shape;
            let drawn: Vec<Transform> =
                (0..5).map(|sample| augmentation.draw([height, width], 1, 1, sample)).collect();
            let rows: Vec<_> = drawn.iter().map(|transform| row(transform, height, width)).collect();
            let expected: Vec<f32> = photos
                .chunks(op.image_len())
                .zip(&drawn)
                .flat_map(|(photo, transform)| naive(&op, photo, transform))
                .collect();
            for made in augmented(op, &photos, &rows) {
                assert_alike(&made, &expected, &format!("{op:?}"));
            }
        }
    }
}

#[test]
fn what_draws_nothing_is_the_rescaling() {
    let idle = Augmentation::default();
    assert!(idle.is_idle());
    let op = Augment::new(3, [6, 5, 3], &idle);
    let photos = noise(3 * op.image_len(), 8);
    let rows = [row(&idle.draw([6, 5], 1, 1, 1), 6, 5); 3];
    assert_eq!(rows[0], [1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 1.0]);
    let expected: Vec<f32> = photos.iter().map(|byte| f32::from(*byte) * (1.0 / 255.0)).collect();
    for made in augmented(op, &photos, &rows) {
        assert_eq!(made, expected);
    }
}

#[test]
fn a_map_without_sense_reads_no_other_memory() {
    // Numbers that no draw gives, and those of photos that are not there.
    for fill_mode in FILL_MODES {
        let op = Augment::new(4, [8, 8, 3], &Augmentation { fill_mode, ..Augmentation::default() });
        let photos = noise(4 * op.image_len(), 5);
        let drawn = random(ROW, 3);
        let far_away = std::array::from_fn(|at| 1e9 * drawn[at]);
        let rows = [[0.0; ROW], [f32::NAN; ROW], [f32::INFINITY; ROW], far_away];
        for made in augmented(op, &photos, &rows) {
            assert!(made.iter().all(|value| (0.0..=1.0).contains(value)), "{op:?}");
        }
    }
}

/// A case of `tests/parity/augmentation.py`.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    augmentation: Augmentation,
    shape: [usize; 3],
    seed: u32,
    epoch: u32,
    samples: Vec<u32>,
}

#[test]
fn photos_are_changed_as_keras_changes_them() {
    let cases = include_bytes!("../../../tests/parity/fixtures/augmentation.json");
    let cases: Vec<Case> = serde_json::from_slice(cases).unwrap();
    let (values, _) = include_bytes!("../../../tests/parity/fixtures/augmentation.u16").as_chunks();
    let mut values = values.iter().map(|two| f32::from(u16::from_le_bytes(*two)) / (256.0 * 255.0));
    assert!(cases.len() > 20);
    for Case { augmentation, shape, seed, epoch, samples } in cases {
        augmentation.check().unwrap();
        let op = Augment::new(samples.len(), shape, &augmentation);
        let photos: Vec<u8> = samples.iter().flat_map(|sample| noise(op.image_len(), *sample)).collect();
        let [height, width, _] = shape;
        let rows: Vec<_> = samples
            .iter()
            .map(|sample| row(&augmentation.draw([height, width], seed, epoch, *sample), height, width))
            .collect();
        let expected: Vec<f32> = values.by_ref().take(photos.len()).collect();
        for made in augmented(op, &photos, &rows) {
            assert_alike(&made, &expected, &format!("{augmentation:?}"));
        }
    }
    assert_eq!(values.next(), None);
}
