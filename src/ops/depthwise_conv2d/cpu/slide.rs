use crate::model::Window;
use crate::ops::Clamp;
use crate::ops::lanes::{LANES, Lanes};

/// Which way a window's values go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pass {
    /// From the image to the output.
    Forward,
    /// From the output's gradient to the image's.
    Back,
}

/// A convolution of rows of `wide` channels, either way.
#[derive(Debug, Clone, Copy)]
pub(super) struct Slide<'a> {
    pub(super) pass: Pass,
    pub(super) window: Window,
    pub(super) wide: usize,
    /// `[kh, kw, wide]`.
    pub(super) kernel: &'a [f32],
    /// One a channel, or empty.
    pub(super) bias: &'a [f32],
    pub(super) clamp: Clamp,
}

/// The taps that reach a place along an axis: evenly spaced ones, in the order of what lies under them.
#[derive(Debug, Clone, Copy, Default)]
struct Taps {
    count: usize,
    first: usize,
    step: isize,
    /// What lies under the first one, and how far from there it is to the next one's.
    source: usize,
    source_step: usize,
}

impl Taps {
    /// Whether the taps are the same, and there are any.
    fn are(&self, other: &Self) -> bool {
        self.count > 0 && (self.count, self.first, self.step) == (other.count, other.first, other.step)
    }

    /// Whether these are three, beside each other.
    fn are_three(&self) -> bool {
        self.count == 3 && self.source_step == 1
    }

    /// What lies under the last one.
    fn last(&self) -> usize {
        self.source + (self.count - 1) * self.source_step
    }
}

impl Slide<'_> {
    /// Convolves one image.
    pub(super) fn run(&self, from: &[f32], to: &mut [f32]) {
        let [height, width] = match self.pass {
            Pass::Forward => self.window.output,
            Pass::Back => self.window.input,
        };
        let [phases, advance] = self.steps();
        for y in 0..height {
            let rows = self.taps(0, y);
            for phase in 0..phases.min(width) {
                let mut x = phase;
                while x < width {
                    let columns = self.taps(1, x);
                    let alike = |count: usize| {
                        let last = x + (count - 1) * phases;
                        last < width && columns.are(&self.taps(1, last))
                    };
                    let to = &mut to[(y * width + x) * self.wide..];
                    let count = match if columns.are_three() { advance } else { 0 } {
                        1 if alike(8) => self.pixels::<8, 1>(from, rows, columns, to),
                        1 if alike(4) => self.pixels::<4, 1>(from, rows, columns, to),
                        2 if alike(4) => self.pixels::<4, 2>(from, rows, columns, to),
                        _ if alike(4) => self.pixels::<4, 0>(from, rows, columns, to),
                        _ => self.pixels::<1, 0>(from, rows, columns, to),
                    };
                    x += count * phases;
                }
            }
        }
    }

    /// Places so many apart have the same taps, but for the border's; and so far apart is then what lies under them.
    fn steps(&self) -> [usize; 2] {
        match self.pass {
            Pass::Forward => [1, self.window.strides[1]],
            Pass::Back => [self.window.strides[1], 1],
        }
    }

    /// The taps of a window, or those of all windows that cover a pixel.
    fn taps(&self, axis: usize, place: usize) -> Taps {
        let window = &self.window;
        let mut taps = Taps::default();
        for number in 0..window.kernel[axis] {
            let (tap, source) = match self.pass {
                Pass::Forward => (number, window.source(axis, place, number)),
                Pass::Back => {
                    let tap = window.kernel[axis] - 1 - number;
                    let start = (place + window.before[axis]).checked_sub(tap * window.dilation[axis]);
                    let output = start.filter(|start| start.is_multiple_of(window.strides[axis]));
                    let output = output.map(|start| start / window.strides[axis]);
                    (tap, output.filter(|output| *output < window.output[axis]))
                }
            };
            let Some(source) = source else { continue };
            match taps.count {
                0 => (taps.first, taps.source) = (tap, source),
                1 => {
                    taps.step = tap as isize - taps.first as isize;
                    taps.source_step = source - taps.source;
                }
                _ => {}
            }
            taps.count += 1;
        }
        taps
    }

    /// `T` places of a row of those that have the same taps; gives `T`. With a `STEP` there are three taps beside each other,
    /// and what lies under them is `STEP` apart: it is read once.
    #[allow(unsafe_code)]
    #[inline(never)]
    fn pixels<const T: usize, const STEP: usize>(
        &self,
        from: &[f32],
        rows: Taps,
        columns: Taps,
        to: &mut [f32],
    ) -> usize {
        let wide = self.wide;
        let [height, width] = match self.pass {
            Pass::Forward => self.window.input,
            Pass::Back => self.window.output,
        };
        let [phases, advance] = self.steps();
        assert!(wide.is_multiple_of(LANES) && from.len() == height * width * wide);
        assert!(self.kernel.len() == self.window.taps() * wide);
        assert!(((T - 1) * phases + 1) * wide <= to.len());
        let any = rows.count > 0 && columns.count > 0;
        assert!(!any || rows.last() < height && columns.last() + (T - 1) * advance < width);
        assert!(STEP == 0 || columns.are_three() && advance == STEP);
        let taps = rows.first * self.window.kernel[1] + columns.first;
        let tap_step = columns.step * wide as isize;
        let row_step = rows.step * (self.window.kernel[1] * wide) as isize;
        for channel in (0..wide).step_by(LANES) {
            let bias = self.bias.get(channel..).and_then(|bias| bias.first_chunk());
            let mut sums = [bias.map_or(Lanes::all(0.0), Lanes::of); T];
            let mut tap_row = self.kernel.as_ptr().wrapping_add(taps * wide + channel);
            let first = (rows.source * width + columns.source) * wide + channel;
            let mut from_row = from.as_ptr().wrapping_add(first);
            for _ in 0..if any { rows.count } else { 0 } {
                let (mut tap, mut pixel) = (tap_row, from_row);
                // SAFETY: the places of the last taps lie in the slices, as was checked above.
                unsafe {
                    if STEP > 0 {
                        let weights = [0, 1, 2].map(|number| Lanes::load(tap.offset(number * tap_step)));
                        for place in 0..(T - 1) * STEP + weights.len() {
                            let value = Lanes::load(pixel);
                            pixel = pixel.wrapping_add(wide);
                            for (t, sum) in sums.iter_mut().enumerate() {
                                if let Some(number) = place.checked_sub(t * STEP).filter(|number| *number < 3)
                                {
                                    *sum = sum.add(value.mul(weights[number]));
                                }
                            }
                        }
                    } else {
                        for _ in 0..columns.count {
                            let weight = Lanes::load(tap);
                            for (t, sum) in sums.iter_mut().enumerate() {
                                *sum = sum.add(weight.mul(Lanes::load(pixel.add(t * advance * wide))));
                            }
                            tap = tap.wrapping_offset(tap_step);
                            pixel = pixel.wrapping_add(columns.source_step * wide);
                        }
                    }
                }
                tap_row = tap_row.wrapping_offset(row_step);
                from_row = from_row.wrapping_add(rows.source_step * width * wide);
            }
            for (t, sum) in sums.into_iter().enumerate() {
                // SAFETY: as above.
                unsafe { self.clamp.lanes(sum).store(to.as_mut_ptr().add(t * phases * wide + channel)) };
            }
        }
        T
    }
}
