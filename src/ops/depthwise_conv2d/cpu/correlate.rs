use crate::model::Window;
use crate::ops::lanes::{LANES, Lanes};

/// Pixels of the output that are done at a time: their sums are read and written once, and they stay in the
/// first-level cache.
const PIXELS: usize = 48;

/// Adds an image's part to the gradient of a kernel `[kh, kw, wide]`. `values` are the image, with padding and with rows of
/// `row` values, and the output's gradient.
pub(super) fn correlate(window: &Window, wide: usize, values: [&[f32]; 2], row: usize, sums: &mut [f32]) {
    let ([height, width], [kernel_height, kernel_width]) = (window.output, window.kernel);
    let rows = (PIXELS / width).clamp(1, height);
    for first in (0..height).step_by(rows) {
        let pixels = [first, rows.min(height - first)];
        let mut y = 0;
        while y < kernel_height {
            let down = if kernel_height - y >= 3 { 3 } else { 1 };
            let mut x = 0;
            while x < kernel_width {
                let across = if kernel_width - x >= 3 { 3 } else { 1 };
                let block = Block { window, wide, row, pixels, tap: [y, x] };
                match (down, across) {
                    (3, 3) => block.add::<3, 3>(values, sums),
                    (3, _) => block.add::<3, 1>(values, sums),
                    (_, 3) => block.add::<1, 3>(values, sums),
                    _ => block.add::<1, 1>(values, sums),
                }
                x += across;
            }
            y += down;
        }
    }
}

/// Taps from `tap` on, and rows of the output: the first one and how many.
struct Block<'a> {
    window: &'a Window,
    wide: usize,
    row: usize,
    pixels: [usize; 2],
    tap: [usize; 2],
}

impl Block<'_> {
    #[allow(unsafe_code)]
    #[inline(never)]
    fn add<const H: usize, const W: usize>(&self, [image, gradient]: [&[f32]; 2], sums: &mut [f32]) {
        let Self { window, wide, row, pixels: [first, rows], tap: [tap_y, tap_x] } = *self;
        let Window { strides, dilation, output, kernel, .. } = *window;
        let (tap_row, tap) = (dilation[0] * row, dilation[1] * wide);
        let (down, across) = (strides[0] * row, strides[1] * wide);
        let from = first * down + tap_y * tap_row + tap_x * tap;
        let last = (rows - 1) * down + (output[1] - 1) * across + (H - 1) * tap_row + (W - 1) * tap;
        let to = |y: usize, x: usize| ((tap_y + y) * kernel[1] + tap_x + x) * wide;
        assert!(wide.is_multiple_of(LANES) && from + last + wide <= image.len());
        assert!((first + rows) * output[1] * wide <= gradient.len() && to(H - 1, W - 1) + wide <= sums.len());
        for channel in (0..wide).step_by(LANES) {
            // SAFETY: the last places that are read and written lie in the slices, as was checked above.
            unsafe {
                let sums = sums.as_mut_ptr().add(channel);
                let mut all: [[Lanes; W]; H] =
                    std::array::from_fn(|y| std::array::from_fn(|x| Lanes::load(sums.add(to(y, x)))));
                let mut gradient = gradient.as_ptr().add(first * output[1] * wide + channel);
                for y in 0..rows {
                    let mut pixel = image.as_ptr().add(from + y * down + channel);
                    for _ in 0..output[1] {
                        let value = Lanes::load(gradient);
                        for (y, all) in all.iter_mut().enumerate() {
                            for (x, sum) in all.iter_mut().enumerate() {
                                *sum = sum.add(value.mul(Lanes::load(pixel.add(y * tap_row + x * tap))));
                            }
                        }
                        gradient = gradient.wrapping_add(wide);
                        pixel = pixel.wrapping_add(across);
                    }
                }
                for (y, all) in all.into_iter().enumerate() {
                    for (x, sum) in all.into_iter().enumerate() {
                        sum.store(sums.add(to(y, x)));
                    }
                }
            }
        }
    }
}
