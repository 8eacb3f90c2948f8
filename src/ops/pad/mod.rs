//! `y[b,oy,ox,c] = x[b,oy-before_y,ox-before_x,c]`, and 0 outside the image: ZeroPadding2D where before and after are
//! positive, Cropping2D where they are negative. Each is the other's gradient.

#[cfg(test)]
mod tests;

use super::wgsl::{Binding, Kernels, Source, in_fours};
use super::{Io, Operation, StepParams};
use crate::ops::embedded::wgsl;

/// Input: images, `[batch, h, w, channels]`. Output: with borders added or cut off, `[batch, h', w', channels]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pad {
    /// Images in the batch.
    pub batch: usize,
    /// Their height and width.
    pub input: [usize; 2],
    /// Channels.
    pub channels: usize,
    /// Rows above and columns on the left: so many more, or less where it is negative.
    pub before: [isize; 2],
    /// Rows below and columns on the right.
    pub after: [isize; 2],
}

impl Pad {
    /// The output's height and width; 0 where more is cut off than there is.
    pub fn output(&self) -> [usize; 2] {
        [0, 1].map(|axis| {
            self.input[axis].saturating_add_signed(self.before[axis].saturating_add(self.after[axis]))
        })
    }

    /// From the output's gradient to the input's.
    pub fn gradient(&self) -> Self {
        let [before, after] = [self.before, self.after].map(|sizes| sizes.map(|size| -size));
        Self { input: self.output(), before, after, ..*self }
    }

    fn gpu_by(&self, lanes: usize) -> Kernels {
        let ([in_h, in_w], [out_h, out_w]) = (self.input, self.output());
        // Shaders count in u32, which wraps around.
        let [before_y, before_x] = self.before.map(|before| before as u32 as usize);
        Source::new(self.label(), wgsl!("pad.wgsl"))
            .vectors(self.channels, lanes)
            .sizes([
                ("IN_H", in_h),
                ("IN_W", in_w),
                ("OUT_H", out_h),
                ("OUT_W", out_w),
                ("BEFORE_Y", before_y),
                ("BEFORE_X", before_x),
            ])
            .threads(
                self.batch * out_h * out_w * self.channels / lanes,
                [Binding::Input(0), Binding::Output(0)],
            )
            .into()
    }
}

impl Operation for Pad {
    fn label(&self) -> String {
        "pad".into()
    }

    fn cpu(&self, _: &StepParams, io: &mut Io<'_>) {
        let ([in_h, in_w], [out_h, out_w]) = (self.input, self.output());
        // The columns of the output that come from the image, and where in it they begin.
        let left = out_w.min(self.before[1].max(0) as usize);
        let from = in_w.min(self.before[1].min(0).unsigned_abs());
        let width = (in_w - from).min(out_w - left) * self.channels;
        let (left, from) = (left * self.channels, from * self.channels);
        let mut rows = io.outputs[0].chunks_exact_mut(out_w * self.channels);
        for image in io.inputs[0].chunks_exact(in_h * in_w * self.channels).take(self.batch) {
            for (place, row) in rows.by_ref().take(out_h).enumerate() {
                let place = usize::try_from(place as isize - self.before[0]).ok();
                let Some(place) = place.filter(|place| *place < in_h) else {
                    row.fill(0.0);
                    continue;
                };
                let inside = left..left + width;
                row[..inside.start].fill(0.0);
                row[inside.end..].fill(0.0);
                row[inside].copy_from_slice(&image[place * in_w * self.channels + from..][..width]);
            }
        }
    }

    fn gpu(&self) -> Kernels {
        self.gpu_by(1)
    }

    fn gpu_variants(&self) -> Vec<Kernels> {
        in_fours(self.channels, |lanes| self.gpu_by(lanes))
    }
}
