use super::{Forward, Geometry, GradInput, GradKernel};
use crate::ops::Clamp;
use crate::ops::embedded::wgsl;
use crate::ops::max_pool2d;
use crate::ops::partial_sums::PartialSums;
use crate::ops::wgsl::{Binding, Kernels, Source};

pub(super) fn forward(op: &Forward) -> Kernels {
    let source =
        plain(&op.geometry, "conv2d forward", wgsl!("forward.wgsl")).flag("BIAS", op.bias).clamp(op.clamp);
    let threads = op.geometry.output_len();
    if op.bias {
        let bindings = [Binding::Input(0), Binding::Input(1), Binding::Output(0), Binding::Input(2)];
        source.threads(threads, bindings).into()
    } else {
        source.threads(threads, [Binding::Input(0), Binding::Input(1), Binding::Output(0)]).into()
    }
}

pub(super) fn grad_input(op: &GradInput) -> Kernels {
    let (gradient, kernel) = op.gradient();
    let mut bindings = vec![gradient.values, kernel, Binding::Output(0)];
    bindings.extend(gradient.places());
    gradient
        .told_to(plain(&op.geometry, "conv2d input gradient", wgsl!("grad_input.wgsl")))
        .threads(op.geometry.input_len(), bindings)
        .into()
}

pub(super) fn grad_kernel(op: &GradKernel) -> Kernels {
    let geometry = &op.geometry;
    let gradient = op.gradient();
    let pixels = geometry.batch * geometry.window.output_pixels();
    let sums = PartialSums::new(geometry.kernel_len(), pixels);
    let mut bindings = vec![Binding::Input(0), gradient.values, Binding::Scratch];
    bindings.extend(gradient.places());
    let parts = gradient
        .told_to(plain(geometry, "conv2d kernel gradient", wgsl!("grad_kernel.wgsl")))
        .sizes([("RESULTS", sums.results), ("PIXELS", pixels), ("PIXELS_A_PART", sums.terms_a_part)])
        .threads(sums.threads(), bindings);
    sums.followed_by_sum(parts)
}

/// A convolution of whatever is bound: an image, or for the way back the gradient of one's output.
#[derive(Debug, Clone, Copy)]
pub(super) struct Convolution {
    pub(super) geometry: Geometry,
    pub(super) image: Pixels,
    pub(super) kernel: Binding,
    pub(super) bias: Option<Binding>,
    pub(super) clamp: Clamp,
}

impl Convolution {
    pub(super) fn of(op: &Forward) -> Self {
        Self {
            geometry: op.geometry,
            image: Pixels { values: Binding::Input(0), pool: None },
            kernel: Binding::Input(1),
            bias: op.bias.then_some(Binding::Input(2)),
            clamp: op.clamp,
        }
    }
}

/// Values of full size; or, where there is a `pool`, the gradient of the maxima of its windows, with the
/// maxima's places: a pixel's value is then that of its window, if it is the pixel that won.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pixels {
    pub(super) values: Binding,
    pub(super) pool: Option<(max_pool2d::Geometry, Binding)>,
}

impl Pixels {
    pub(super) fn places(&self) -> Option<Binding> {
        self.pool.map(|(_, places)| places)
    }

    /// Height and width of the pooling's windows, and how many there are; of single pixels without one.
    pub(super) fn cells(&self, full: [usize; 2]) -> [[usize; 2]; 2] {
        self.pool.map_or([[1, 1], full], |(pool, _)| [pool.window.kernel, pool.window.output])
    }

    /// Tells a kernel how it is to read.
    pub(super) fn told_to(&self, source: Source) -> Source {
        let Some((pool, _)) = self.pool else { return source };
        let [cell, cells] = [pool.window.kernel, pool.window.output];
        source.flag("FROM_MAXIMA", true).sizes([
            ("CELL_H", cell[0]),
            ("CELL_W", cell[1]),
            ("CELLS_H", cells[0]),
            ("CELLS_W", cells[1]),
        ])
    }
}

impl GradInput {
    /// Where the output's gradient and the kernel are.
    pub(super) fn gradient(&self) -> (Pixels, Binding) {
        let pool = self.pool.map(|pool| (pool, Binding::Input(1)));
        (Pixels { values: Binding::Input(0), pool }, Binding::Input(1 + usize::from(pool.is_some())))
    }
}

impl GradKernel {
    pub(super) fn gradient(&self) -> Pixels {
        Pixels { values: Binding::Input(1), pool: self.pool.map(|pool| (pool, Binding::Input(2))) }
    }
}

/// For the kernels that convolve in groups, too, and dilated.
fn plain(geometry: &Geometry, label: &str, body: &'static str) -> Source {
    source(geometry, label, body).sizes([
        ("DILATION_Y", geometry.window.dilation[0]),
        ("DILATION_X", geometry.window.dilation[1]),
        ("GROUP_CHANNELS", geometry.group_channels()),
        ("GROUP_FILTERS", geometry.group_filters()),
    ])
}

pub(super) fn source(geometry: &Geometry, label: &str, body: &'static str) -> Source {
    let Geometry { batch, window, channels, filters, .. } = *geometry;
    Source::new(label, body).sizes([
        ("BATCH", batch),
        ("IN_H", window.input[0]),
        ("IN_W", window.input[1]),
        ("CHANNELS", channels),
        ("OUT_H", window.output[0]),
        ("OUT_W", window.output[1]),
        ("FILTERS", filters),
        ("KERNEL_H", window.kernel[0]),
        ("KERNEL_W", window.kernel[1]),
        ("STRIDE_Y", window.strides[0]),
        ("STRIDE_X", window.strides[1]),
        ("BEFORE_Y", window.before[0]),
        ("BEFORE_X", window.before[1]),
    ])
}
