use super::{Forward, Geometry};
use crate::model::Window;
use crate::ops::Clamp;
use crate::ops::embedded::wgsl;
use crate::ops::partial_sums::PartialSums;
use crate::ops::wgsl::{Binding, Kernels, Source};

/// Neighbours of a row that a thread keeps.
const PIXELS: [usize; 3] = [4, 2, 1];
/// The widest kernel whose rows are written out.
const WIDEST: usize = 7;

pub(super) fn forward(op: &Forward) -> Kernels {
    convolve(&op.geometry, Pass::Forward(op), Tile { lanes: 1, pixels: 1, unrolled: false })
}

pub(super) fn forward_variants(op: &Forward) -> Vec<Kernels> {
    tiles(&op.geometry).map(|tile| convolve(&op.geometry, Pass::Forward(op), tile)).collect()
}

pub(super) fn grad_input(geometry: &Geometry) -> Kernels {
    gather(geometry, 1)
}

/// For stride 1, as a convolution of the output's gradient with the kernel turned around.
pub(super) fn grad_input_variants(geometry: &Geometry) -> Vec<Kernels> {
    let Geometry { batch, window, channels, multiplier } = *geometry;
    if !is_in_quads(geometry) {
        return Vec::new();
    }
    let mut variants = Vec::new();
    if window.strides == [1, 1] {
        let back = Window {
            input: window.output,
            before: [0, 1].map(|axis| window.covered()[axis] - 1 - window.before[axis]),
            output: window.input,
            ..window
        };
        let back = Geometry { batch, window: back, channels, multiplier };
        variants.extend(tiles(&back).map(|tile| convolve(&back, Pass::Back, tile)));
    }
    variants.push(gather(geometry, 4));
    variants
}

pub(super) fn grad_kernel(geometry: &Geometry) -> Kernels {
    correlate(geometry, 1, 1)
}

pub(super) fn grad_kernel_variants(geometry: &Geometry) -> Vec<Kernels> {
    if !is_in_quads(geometry) {
        return Vec::new();
    }
    let width = geometry.window.kernel[1];
    let taps = [width, 1].into_iter().filter(|taps| *taps == 1 || (2..=WIDEST).contains(taps));
    taps.map(|taps| correlate(geometry, 4, taps)).collect()
}

/// Whether four channels at a time are the same four of the input and of the output.
fn is_in_quads(geometry: &Geometry) -> bool {
    geometry.multiplier == 1 && geometry.channels.is_multiple_of(4)
}

/// What a thread does: channels, and neighbours of a row, whose windows' rows may be written out.
#[derive(Debug, Clone, Copy)]
struct Tile {
    lanes: usize,
    pixels: usize,
    unrolled: bool,
}

fn tiles(geometry: &Geometry) -> impl Iterator<Item = Tile> {
    let window = geometry.window;
    let fits = is_in_quads(geometry)
        && window.kernel[1] <= WIDEST
        && window.strides[1] <= WIDEST
        && window.dilation[1] == 1;
    let tiles = PIXELS.into_iter().filter(move |pixels| fits && *pixels <= window.output[1]);
    tiles.map(|pixels| Tile { lanes: 4, pixels, unrolled: true })
}

/// What is convolved.
#[derive(Debug, Clone, Copy)]
enum Pass<'a> {
    Forward(&'a Forward),
    /// The output's gradient, with the kernel turned around.
    Back,
}

fn convolve(geometry: &Geometry, pass: Pass<'_>, tile: Tile) -> Kernels {
    let Geometry { batch, window, .. } = *geometry;
    let Tile { lanes, pixels, unrolled } = tile;
    let (label, bias, clamp) = match pass {
        Pass::Forward(op) => ("depthwise_conv2d forward", op.bias, op.clamp),
        Pass::Back => ("depthwise_conv2d input gradient", false, Clamp::None),
    };
    let strips = window.output[1].div_ceil(pixels);
    let mut bindings = vec![Binding::Input(0), Binding::Input(1), Binding::Output(0)];
    bindings.extend(bias.then_some(Binding::Input(2)));
    source(geometry, label, lanes, pixels, wgsl!("forward.wgsl"))
        .flag("BACK", matches!(pass, Pass::Back))
        .flag("UNROLLED", unrolled)
        .flag("BIAS", bias)
        .clamp(clamp)
        .sizes([
            ("PIXELS", pixels),
            ("STRIPS", strips),
            ("PATCH_W", (pixels - 1) * window.strides[1] + window.kernel[1]),
        ])
        .threads(batch * window.output[0] * strips * geometry.filters() / lanes, bindings)
        .into()
}

fn gather(geometry: &Geometry, lanes: usize) -> Kernels {
    source(geometry, "depthwise_conv2d input gradient", lanes, 1, wgsl!("grad_input.wgsl"))
        .threads(geometry.input_len() / lanes, [Binding::Input(0), Binding::Input(1), Binding::Output(0)])
        .into()
}

fn correlate(geometry: &Geometry, lanes: usize, taps: usize) -> Kernels {
    let rows = geometry.batch * geometry.window.output[0];
    let tiles = geometry.kernel_len() / lanes / taps;
    let sums = PartialSums::of_tiles(geometry.kernel_len(), tiles, rows);
    let parts = source(geometry, "depthwise_conv2d kernel gradient", lanes, taps, wgsl!("grad_kernel.wgsl"))
        .sizes([("TAPS", taps), ("ROWS", rows), ("ROWS_A_PART", sums.terms_a_part)])
        .threads(tiles * sums.parts, [Binding::Input(0), Binding::Input(1), Binding::Scratch]);
    sums.followed_by_sum(parts)
}

fn source(geometry: &Geometry, label: &str, lanes: usize, tile: usize, body: &'static str) -> Source {
    let Geometry { window, multiplier, .. } = *geometry;
    let (label, value) = match lanes {
        1 => (label.to_owned(), "alias Value = f32;\n"),
        _ => (format!("{label} {tile}x4"), "alias Value = vec4<f32>;\n"),
    };
    Source::new(label, body).before(value).sizes([
        ("IN_H", window.input[0]),
        ("IN_W", window.input[1]),
        ("FILTERS", geometry.filters() / lanes),
        ("MULTIPLIER", multiplier),
        ("OUT_H", window.output[0]),
        ("OUT_W", window.output[1]),
        ("KERNEL_H", window.kernel[0]),
        ("KERNEL_W", window.kernel[1]),
        ("STRIDE_Y", window.strides[0]),
        ("STRIDE_X", window.strides[1]),
        ("DILATION_Y", window.dilation[0]),
        ("DILATION_X", window.dilation[1]),
        ("BEFORE_Y", window.before[0]),
        ("BEFORE_X", window.before[1]),
    ])
}
