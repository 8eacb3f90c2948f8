//! A line of a photo under its map on the CPU: four pixels' places at a time, then a pixel's channels at a time.

use super::{Augment, ROW};
use crate::model::FillMode;
use crate::ops::lanes::{LANES, Lanes};

/// Bytes behind a photo that are read with it, and count for nothing: two pixels side by side are read as eight.
pub(super) const BEYOND: usize = 8;

/// Values that [`Map::line`] needs room for: whole vectors of columns, each pixel written as a whole vector.
pub(super) fn line_len<const CHANNELS: usize>(width: usize) -> usize {
    width.next_multiple_of(LANES) * CHANNELS + LANES - CHANNELS
}

/// What is done to a photo's places.
#[derive(Debug, Clone, Copy)]
pub(super) struct Map<'a> {
    op: &'a Augment,
    row: &'a [f32; ROW],
}

impl<'a> Map<'a> {
    pub(super) fn new(op: &'a Augment, row: &'a [f32; ROW]) -> Self {
        Self { op, row }
    }

    /// Writes what is seen in line `r` of a photo of at least [`BEYOND`] bytes more, as bytes' sizes.
    #[allow(unsafe_code)]
    pub(super) fn line<const CHANNELS: usize>(&self, photo: &[u8], r: usize, to: &mut [f32]) {
        let [height, width, _] = self.op.shape;
        let wide = width * CHANNELS;
        assert!(photo.len() >= height * wide + BEYOND && to.len() >= line_len::<CHANNELS>(width));
        let [x_step, y_step] = [self.row[0], self.row[4]].map(Lanes::all);
        let x_start = Lanes::all(self.row[1] * r as f32 + self.row[2]);
        let y_start = Lanes::all(self.row[5] * r as f32 + self.row[6]);
        let mut columns = Lanes::of(&[0.0, 1.0, 2.0, 3.0]);
        for c in (0..width).step_by(LANES) {
            let (x, y) = (x_step.mul(columns).add(x_start), y_step.mul(columns).add(y_start));
            columns = columns.add(Lanes::all(LANES as f32));
            let (seen_x, seen_y) =
                (inside(self.op.fill_mode, x, width), inside(self.op.fill_mode, y, height));
            let (left, top) = (seen_x.floor(), seen_y.floor());
            let (across, down) = (seen_x.sub(left), seen_y.sub(top));
            let (left, top) = (left.whole(), top.whole());
            let pixel = |lane: usize, across: Lanes, down: Lanes| {
                let above = top[lane] * wide + left[lane] * CHANNELS;
                // Below the last row nothing is: it counts for nothing, as what is beyond the last column.
                let below = if top[lane] + 1 < height { above + wide } else { above };
                // SAFETY: places lie inside the photo, and so do bytes behind them by the assertion.
                let ([a, b], [c, d]) = unsafe {
                    let at = |place: usize| Lanes::two_pixels::<CHANNELS>(photo.as_ptr().add(place));
                    (at(above), at(below))
                };
                // In this form equal bytes give that very byte.
                let (above, below) = (a.add(across.mul(b.sub(a))), c.add(across.mul(d.sub(c))));
                above.add(down.mul(below.sub(above)))
            };
            let pixels = [
                pixel(0, across.each::<0>(), down.each::<0>()),
                pixel(1, across.each::<1>(), down.each::<1>()),
                pixel(2, across.each::<2>(), down.each::<2>()),
                pixel(3, across.each::<3>(), down.each::<3>()),
            ];
            for (lane, pixel) in pixels.into_iter().enumerate() {
                // SAFETY: there is room by the assertion; what is written beside a pixel is the next one's.
                unsafe { pixel.store(to.as_mut_ptr().add((c + lane) * CHANNELS)) };
            }
            if self.op.fill_mode == FillMode::Constant {
                let beyond = x.differing(seen_x) | y.differing(seen_y);
                for lane in (0..LANES).filter(|lane| beyond >> lane & 1 == 1) {
                    to[(c + lane) * CHANNELS..][..CHANNELS].fill(self.op.cval);
                }
            }
        }
    }
}

/// The places on a side of the photo that are seen at such places, from 0 to `side - 1`; what is no number becomes 0 or that.
#[inline(always)]
fn inside(fill_mode: FillMode, place: Lanes, side: usize) -> Lanes {
    let [zero, last] = [0.0, (side - 1) as f32].map(Lanes::all);
    let clamped = place.at_most(last).at_least(zero);
    let periodic = matches!(fill_mode, FillMode::Reflect | FillMode::Wrap);
    if !periodic || clamped.differing(place) == 0 {
        return clamped;
    }
    let outside = if fill_mode == FillMode::Reflect {
        let [half, period] = [0.5, 2.0 * side as f32].map(Lanes::all);
        let place = place.add(half);
        let place = place.sub(period.mul(place.div(period).floor()));
        place.at_most(period.sub(place)).sub(half)
    } else {
        // A photo of one pixel has no period: these are no numbers then.
        let before = place.add(last.mul(zero.sub(place).div(last).floor().add(Lanes::all(1.0))));
        let behind = place.sub(last.mul(place.div(last).floor()));
        behind.where_less(place, zero, before)
    };
    let place = place.where_less(place, zero, outside).where_less(last, place, outside);
    place.at_most(last).at_least(zero)
}
