use serde::{Deserialize, Serialize};

/// How a window treats the border, as Keras' `padding`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Padding {
    /// No padding: only windows that lie inside the input.
    #[default]
    Valid,
    /// Zeros around the input so that the output is `ceil(input / stride)`; an odd zero goes to the
    /// bottom and to the right, as TensorFlow does it.
    Same,
}

/// A window sliding over an image: the shape rule of convolution and pooling. All `[height, width]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// The image.
    pub input: [usize; 2],
    /// The window.
    pub kernel: [usize; 2],
    /// How far the window moves.
    pub strides: [usize; 2],
    /// How far its taps lie apart: 1 where it is not dilated.
    pub dilation: [usize; 2],
    /// Rows above and columns to the left of the image that count as padding.
    pub before: [usize; 2],
    /// The number of places the window takes.
    pub output: [usize; 2],
}

impl Window {
    /// The window's places, or `None` where it does not fit into the input once.
    pub fn new(input: [usize; 2], kernel: [usize; 2], strides: [usize; 2], padding: Padding) -> Option<Self> {
        Self::dilated(input, kernel, strides, [1, 1], padding)
    }

    /// The same with taps that lie `dilation` apart, so that the window covers `(kernel - 1) * dilation + 1` pixels.
    pub fn dilated(
        input: [usize; 2],
        kernel: [usize; 2],
        strides: [usize; 2],
        dilation: [usize; 2],
        padding: Padding,
    ) -> Option<Self> {
        let place = |axis: usize| {
            let (size, stride) = (input[axis], strides[axis]);
            let kernel = kernel[axis].checked_sub(1)?.checked_mul(dilation[axis])?.checked_add(1)?;
            let (output, before) = match padding {
                Padding::Valid => (size.checked_sub(kernel)? / stride + 1, 0),
                Padding::Same => {
                    let output = size.div_ceil(stride);
                    let covered = (output.checked_sub(1)? * stride).saturating_add(kernel);
                    (output, covered.saturating_sub(size) / 2)
                }
            };
            (output > 0).then_some((output, before))
        };
        let ((high, above), (wide, left)) = (place(0)?, place(1)?);
        Some(Self { input, kernel, strides, dilation, before: [above, left], output: [high, wide] })
    }

    /// Whether any of its places reaches beyond the image.
    pub fn is_padded(&self) -> bool {
        (0..2).any(|axis| {
            let end = (self.output[axis] - 1) * self.strides[axis] + self.covered()[axis];
            self.before[axis] > 0 || end > self.input[axis]
        })
    }

    /// Pixels from a window's first tap to its last one, with both.
    pub fn covered(&self) -> [usize; 2] {
        [0, 1].map(|axis| (self.kernel[axis] - 1) * self.dilation[axis] + 1)
    }

    /// Pixels in the image.
    pub fn input_pixels(&self) -> usize {
        self.input[0] * self.input[1]
    }

    /// Places of the window.
    pub fn output_pixels(&self) -> usize {
        self.output[0] * self.output[1]
    }

    /// Pixels in the window.
    pub fn taps(&self) -> usize {
        self.kernel[0] * self.kernel[1]
    }

    /// The input coordinate under tap `tap` of place `place` along `axis`, if it is not padding.
    pub fn source(&self, axis: usize, place: usize, tap: usize) -> Option<usize> {
        (place * self.strides[axis] + tap * self.dilation[axis])
            .checked_sub(self.before[axis])
            .filter(|at| *at < self.input[axis])
    }
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn a_dilated_window_covers_what_lies_between_its_taps() {
        let window = |padding| Window::dilated([9, 12], [3, 3], [1, 2], [2, 2], padding).unwrap();
        let (valid, same) = (window(Padding::Valid), window(Padding::Same));
        assert_eq!((valid.covered(), valid.output, valid.before), ([5, 5], [5, 4], [0, 0]));
        assert_eq!((same.output, same.before), ([9, 6], [2, 1]));
        assert!(!valid.is_padded() && same.is_padded());
        assert_eq!([0, 1, 2].map(|tap| same.source(0, 1, tap)), [None, Some(1), Some(3)]);
        assert_eq!(valid.source(1, 3, 2), Some(10));
    }

    #[test]
    fn a_window_that_does_not_fit_is_none() {
        let window = |kernel, dilation, padding| Window::dilated([9, 9], kernel, [1, 1], dilation, padding);
        assert_eq!(window([3, 3], [5, 1], Padding::Valid), None);
        assert!(window([3, 3], [5, 1], Padding::Same).is_some());
        assert_eq!(window([3, 3], [1, usize::MAX], Padding::Same), None);
        assert_eq!(window([0, 3], [1, 1], Padding::Valid), None);
    }
}
