//! Register tiles: each thread keeps a block of results and reads each weight for many rows at once.

use super::{Forward, Geometry};
use crate::ops::embedded::wgsl;
use crate::ops::partial_sums::PartialSums;
use crate::ops::wgsl::{Binding, Kernels, Source};

/// Rows that a thread keeps.
const ROW_TILES: [usize; 3] = [20, 8, 4];
/// Quads of inputs that a thread keeps of a row's gradient.
const INPUT_QUADS: [usize; 2] = [2, 1];
/// Quads of units that a thread keeps of a kernel's gradient.
const QUADS: [usize; 3] = [4, 2, 1];

pub(super) fn forward_variants(op: &Forward) -> Vec<Kernels> {
    let Geometry { rows, inputs, units } = op.geometry;
    if !units.is_multiple_of(4) {
        return Vec::new();
    }
    let quads = units / 4;
    row_tiles(rows)
        .map(|tile| {
            let blocks = rows.div_ceil(tile);
            let sums = PartialSums::of_tiles(rows * units, quads * blocks, inputs);
            let parts = source("dense forward", tile, wgsl!("forward_tiled.wgsl"))
                .sizes([
                    ("ROWS", rows),
                    ("ROW_BLOCKS", blocks),
                    ("INPUTS", inputs),
                    ("INPUTS_A_PART", sums.terms_a_part),
                    ("UNIT_QUADS", quads),
                ])
                .threads(
                    quads * blocks * sums.parts,
                    [Binding::Input(0), Binding::Input(1), Binding::Scratch],
                );
            let finish = Source::new("dense forward sum", wgsl!("finish.wgsl"))
                .flag("BIAS", op.bias)
                .clamp(op.clamp)
                .sizes([("PARTS", sums.parts), ("UNIT_QUADS", quads)]);
            let finish = if op.bias {
                finish.threads(rows * quads, [Binding::ScratchInput, Binding::Output(0), Binding::Input(2)])
            } else {
                finish.threads(rows * quads, [Binding::ScratchInput, Binding::Output(0)])
            };
            Kernels { kernels: vec![parts, finish], scratch: sums.results * sums.parts }
        })
        .collect()
}

pub(super) fn grad_input_variants(geometry: &Geometry) -> Vec<Kernels> {
    let Geometry { rows, inputs, units } = *geometry;
    if !units.is_multiple_of(4) || !inputs.is_multiple_of(4) {
        return Vec::new();
    }
    let fitting = INPUT_QUADS.into_iter().filter(|quads| (inputs / 4).is_multiple_of(*quads));
    fitting
        .flat_map(|quads| row_tiles(rows).map(move |tile| (quads, tile)))
        .map(|(quads, tile)| {
            let label = format!("dense input gradient {tile}x{}", 4 * quads);
            let blocks = inputs / 4 / quads;
            Source::new(label, wgsl!("grad_input_tiled.wgsl"))
                .count("ROW_TILE", tile)
                .count("LANES", 4)
                .count("QUADS", quads)
                .sizes([("ROWS", rows), ("INPUT_BLOCKS", blocks), ("UNIT_QUADS", units / 4)])
                .threads(
                    blocks * rows.div_ceil(tile),
                    [Binding::Input(0), Binding::Input(1), Binding::Output(0)],
                )
                .into()
        })
        .collect()
}

pub(super) fn grad_kernel_variants(geometry: &Geometry) -> Vec<Kernels> {
    let Geometry { rows, inputs, units } = *geometry;
    if !units.is_multiple_of(4) || !inputs.is_multiple_of(4) {
        return Vec::new();
    }
    let (input_quads, unit_quads) = (inputs / 4, units / 4);
    let fitting = QUADS.into_iter().filter(|quads| unit_quads.is_multiple_of(*quads));
    fitting
        .map(|quads| {
            let label = format!("dense kernel gradient 4x{}", 4 * quads);
            Source::new(label, wgsl!("grad_kernel_tiled.wgsl"))
                .count("LANES", 4)
                .count("QUADS", quads)
                .sizes([
                    ("ROWS", rows),
                    ("INPUT_QUADS", input_quads),
                    ("UNIT_QUADS", unit_quads),
                    ("UNIT_BLOCKS", unit_quads / quads),
                ])
                .threads(
                    input_quads * unit_quads / quads,
                    [Binding::Input(0), Binding::Input(1), Binding::Output(0)],
                )
                .into()
        })
        .collect()
}

/// The tiles that are not mostly beyond the last row.
fn row_tiles(rows: usize) -> impl Iterator<Item = usize> {
    ROW_TILES.into_iter().filter(move |tile| *tile == 4 || *tile <= rows.next_multiple_of(4))
}

fn source(label: &str, tile: usize, body: &'static str) -> Source {
    Source::new(format!("{label} {tile}x4"), body).count("ROW_TILE", tile)
}
