//! `y = a b`, where an axis along which one factor has size 1 is as long as the other's, as numpy has it within each
//! sample; and the gradient of each factor, summed over the axes along which it was stretched.
//!
//! Axes that are alike lie side by side as one: `[h,w,c]` times `[1,1,c]` has the axes sample, pixel and channel.

mod cpu;
mod gpu;
#[cfg(test)]
mod tests;

use super::{Io, Kernels, Operation, StepParams};

/// Axes that are not joined, including the samples: as many as two images can have.
const AXES: usize = 4;

/// How many values lie between neighbours along each axis; 0 where an axis is stretched.
type Strides = [usize; AXES];

/// The sizes of a product over a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Geometry {
    /// Of the product, the last axis being the one whose values lie side by side.
    sizes: [usize; AXES],
    factors: [Strides; 2],
}

impl Geometry {
    /// For factors of these shapes, each of one sample. The shorter shape gets axes of size 1 in front. `None` where
    /// sizes differ of which neither is 1, and where more than four axes would be left.
    pub fn new(batch: usize, shapes: [&[usize]; 2]) -> Option<Self> {
        let rank = shapes[0].len().max(shapes[1].len());
        let size =
            |shape: &[usize], axis: usize| (axis + shape.len()).checked_sub(rank).map_or(1, |at| shape[at]);
        // Each axis, and whether the factors have it.
        let mut axes = vec![(batch, [true, true])];
        for axis in 0..rank {
            let [a, b] = shapes.map(|shape| size(shape, axis));
            if a != b && a != 1 && b != 1 {
                return None;
            }
            let (size, has) = (a.max(b), [a >= b, b >= a]);
            match axes.last_mut() {
                _ if size == 1 => {}
                Some(last) if last.1 == has => last.0 *= size,
                _ => axes.push((size, has)),
            }
        }
        if axes.len() > AXES {
            return None;
        }
        let mut geometry = Self { sizes: [1; AXES], factors: [[0; AXES]; 2] };
        let mut lens = [1; 2];
        for (axis, (size, has)) in (0..AXES).rev().zip(axes.into_iter().rev()) {
            geometry.sizes[axis] = size;
            for factor in 0..2 {
                if has[factor] {
                    geometry.factors[factor][axis] = lens[factor];
                    lens[factor] *= size;
                }
            }
        }
        Some(geometry)
    }

    /// Values of the product.
    pub fn output_len(&self) -> usize {
        self.sizes.iter().product()
    }

    /// Values of a factor, 0 or 1.
    pub fn factor_len(&self, factor: usize) -> usize {
        self.kept(factor).into_iter().product()
    }

    /// The sizes of a factor, 1 along the axes that are stretched.
    fn kept(&self, factor: usize) -> [usize; AXES] {
        std::array::from_fn(|axis| if self.factors[factor][axis] == 0 { 1 } else { self.sizes[axis] })
    }

    /// The strides of the product itself.
    fn whole(&self) -> Strides {
        std::array::from_fn(|axis| self.sizes[axis + 1..].iter().product())
    }

    /// The product of the output's gradient and the other factor, of which a factor's gradient is the sum.
    fn of_gradient(&self, of: usize) -> Self {
        Self { factors: [self.whole(), self.factors[1 - of]], ..*self }
    }
}

/// Inputs: the factors. Output: their product.
#[derive(Debug, Clone, Copy)]
pub struct Forward {
    /// The sizes.
    pub geometry: Geometry,
}

/// Inputs: the product's gradient, the other factor. Output: the gradient of a factor.
#[derive(Debug, Clone, Copy)]
pub struct Grad {
    /// The sizes.
    pub geometry: Geometry,
    /// Which factor's, 0 or 1.
    pub of: usize,
}

impl Grad {
    /// Whether the factor was as large as the product: then there is nothing to add up.
    fn is_whole(&self) -> bool {
        self.geometry.factor_len(self.of) == self.geometry.output_len()
    }
}

impl Operation for Forward {
    fn label(&self) -> String {
        "multiply forward".into()
    }

    fn cpu(&self, _: &StepParams, io: &mut Io<'_>) {
        cpu::product(&self.geometry, io);
    }

    fn gpu(&self) -> Kernels {
        gpu::product(&self.geometry, &self.label(), 1)
    }

    fn gpu_variants(&self) -> Vec<Kernels> {
        gpu::product_variants(&self.geometry, &self.label())
    }
}

impl Operation for Grad {
    fn label(&self) -> String {
        "multiply gradient".into()
    }

    fn cpu(&self, _: &StepParams, io: &mut Io<'_>) {
        if self.is_whole() {
            cpu::product(&self.geometry.of_gradient(self.of), io);
        } else {
            cpu::sums(&self.geometry, self.of, io);
        }
    }

    fn gpu(&self) -> Kernels {
        gpu::grad(self, 1)
    }

    fn gpu_variants(&self) -> Vec<Kernels> {
        gpu::grad_variants(self)
    }
}
