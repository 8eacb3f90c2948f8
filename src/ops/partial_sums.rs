//! Long sums on the GPU: many threads each sum a part, and one thread a result adds the parts up, in
//! an order that is always the same, so that results repeat bit for bit.

use super::wgsl::{Binding, Kernel, Kernels, Source};
use crate::ops::embedded::wgsl;

/// Threads that keep a GPU busy.
const BUSY: usize = 16_384;
/// Threads with a tile each that do.
const BUSY_TILES: usize = 2_048;
/// The shortest sum that is worth a thread.
const SHORTEST: usize = 64;
/// The most scratch that the parts may take, in values (64 MiB).
const MOST_SCRATCH: usize = 16 << 20;

/// How a sum of `terms` for each of `results` is cut into parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PartialSums {
    pub(super) results: usize,
    pub(super) parts: usize,
    pub(super) terms_a_part: usize,
}

impl PartialSums {
    pub(super) fn new(results: usize, terms: usize) -> Self {
        Self::by_lanes(results, 1, terms)
    }

    /// The same for threads that each sum `lanes` results that lie side by side.
    pub(super) fn by_lanes(results: usize, lanes: usize, terms: usize) -> Self {
        Self::in_parts(results, terms, BUSY.div_ceil(results / lanes).min(terms.div_ceil(SHORTEST)))
    }

    /// The same in about this many parts.
    pub(super) fn in_parts(results: usize, terms: usize, parts: usize) -> Self {
        let terms_a_part = terms.div_ceil(parts.min(MOST_SCRATCH / results).max(1));
        Self { results, parts: terms.div_ceil(terms_a_part), terms_a_part }
    }

    /// The same for threads that each sum a tile of `results / tiles` results.
    pub(super) fn of_tiles(results: usize, tiles: usize, terms: usize) -> Self {
        Self::in_parts(results, terms, BUSY_TILES.div_ceil(tiles).min(terms))
    }

    /// The threads that sum the parts.
    pub(super) fn threads(&self) -> usize {
        self.results * self.parts
    }

    /// The kernel `parts` that writes `parts * results` values of scratch, then the one that adds
    /// them up into output 0.
    pub(super) fn followed_by_sum(&self, parts: Kernel) -> Kernels {
        if self.parts == 1 {
            // Nothing to add up: the one part is the sum.
            return parts.rebound(Binding::Scratch, Binding::Output(0)).into();
        }
        let sum = Source::new(format!("{} sum", parts.label), wgsl!("partial_sums.wgsl"))
            .sizes([("PARTS", self.parts)])
            .threads(self.results, [Binding::ScratchInput, Binding::Output(0)]);
        Kernels { kernels: vec![parts, sum], scratch: self.results * self.parts }
    }
}
