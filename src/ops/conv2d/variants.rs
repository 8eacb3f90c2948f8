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
const DENSE_TRIED: usize = 4;

pub(super) fn forward(op: &Forward) -> Vec<Kernels> {
    if !op.geometry.is_plain() {
        return Vec::new();
    }
    let mut product = Vec::new();
    if let Some(geometry) = op.geometry.product() {
        product = dense::Forward { geometry, bias: op.bias, clamp: op.clamp }.gpu_variants();
    }
    convolutions(&Convolution::of(op), &[], product)
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
    let mut product = Vec::new();
    if let (Some(geometry), None) = (geometry.product(), op.pool) {
        product = dense::GradInput { geometry }.gpu_variants();
    }
    convolutions(&back, &[flip], product)
}

/// All ways to convolve, each after `first`, which fills a scratch like the kernel. A product's dense tiles need neither, and
/// come first: they read the least.
fn convolutions(convolution: &Convolution, first: &[Kernel], mut product: Vec<Kernels>) -> Vec<Kernels> {
    product.truncate(DENSE_TRIED);
    let mut kernels = window::forward(convolution, None);
    kernels.extend(tiled::forwards(convolution));
    kernels.extend(shared::forward(convolution));
    let scratch = first.len() * convolution.geometry.kernel_len();
    let mut variants = product;
    for kernel in kernels {
        let mut all = first.to_vec();
        all.push(kernel);
        variants.push(Kernels { kernels: all, scratch });
    }
    variants
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
