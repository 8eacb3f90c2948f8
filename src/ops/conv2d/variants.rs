//! Which kernels there are for each of a convolution's operations, beside the plain ones: those for software
//! adapters first, those for GPUs last.

use super::gpu::{Convolution, source};
use super::{Forward, Geometry, GradInput, GradKernel, shared, tiled, window};
use crate::model::Window;
use crate::ops::Clamp;
use crate::ops::embedded::wgsl;
use crate::ops::wgsl::{Binding, Kernel, Kernels};
use crate::ops::{Operation, dense};

/// How many dense tiles are tried for windows of one pixel.
const DENSE_TRIED: usize = 2;

pub(super) fn forward(op: &Forward) -> Vec<Kernels> {
    if !op.geometry.is_plain() {
        return Vec::new();
    }
    let product = op
        .geometry
        .product()
        .map(|geometry| dense::Forward { geometry, bias: op.bias, clamp: op.clamp }.gpu_variants());
    with_product(convolutions(&Convolution::of(op)).map(Kernels::from), product)
}

/// Dense tiles stand between those for software adapters and those for GPUs.
fn with_product(variants: impl Iterator<Item = Kernels>, product: Option<Vec<Kernels>>) -> Vec<Kernels> {
    let mut variants: Vec<Kernels> = variants.collect();
    let before = variants.len().min(window::TRIED);
    variants.splice(before..before, product.into_iter().flatten().take(DENSE_TRIED));
    variants
}

/// For stride 1, as a convolution of the output's gradient with the kernel turned around.
pub(super) fn grad_input(op: &GradInput) -> Vec<Kernels> {
    let geometry = &op.geometry;
    let Geometry { batch, window, channels, filters, groups } = *geometry;
    let Window { input, kernel, strides, dilation, before, output } = window;
    if strides != [1, 1] || !geometry.is_plain() {
        return Vec::new();
    }
    let back = Window {
        input: output,
        kernel,
        strides,
        dilation,
        before: [kernel[0] - 1 - before[0], kernel[1] - 1 - before[1]],
        output: input,
    };
    let back = Geometry { batch, window: back, channels: filters, filters: channels, groups };
    let (image, kernel) = op.gradient();
    let flip = source(geometry, "conv2d kernel flip", wgsl!("flip.wgsl"))
        .threads(geometry.kernel_len(), [kernel, Binding::Scratch]);
    let back =
        Convolution { geometry: back, image, kernel: Binding::ScratchInput, bias: None, clamp: Clamp::None };
    let variants = convolutions(&back)
        .map(|kernel| Kernels { kernels: vec![flip.clone(), kernel], scratch: geometry.kernel_len() });
    let product = geometry.product().filter(|_| op.pool.is_none());
    with_product(variants, product.map(|geometry| dense::GradInput { geometry }.gpu_variants()))
}

/// All ways to convolve.
fn convolutions(convolution: &Convolution) -> impl Iterator<Item = Kernel> {
    let windows = window::forward(convolution, None).into_iter();
    windows.chain(tiled::forwards(convolution)).chain(shared::forward(convolution))
}

pub(super) fn grad_kernel(op: &GradKernel) -> Vec<Kernels> {
    if !op.geometry.is_plain() {
        return Vec::new();
    }
    let mut variants = window::grad_kernel(op);
    if op.pool.is_none() {
        variants.extend(tiled::grad_kernels(&op.geometry));
    }
    variants.extend(shared::grad_kernel(op));
    variants.extend(shared::grad_kernel_rows(op));
    variants
}
