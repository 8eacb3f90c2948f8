use super::{AXES, Geometry, Grad, Strides};
use crate::ops::embedded::wgsl;
use crate::ops::partial_sums::PartialSums;
use crate::ops::wgsl::{Binding, Kernels, Source, in_fours};

/// The last axis, whose values lie side by side.
const LAST: usize = AXES - 1;

pub(super) fn product(geometry: &Geometry, label: &str, lanes: usize) -> Kernels {
    let mut sizes = geometry.sizes;
    sizes[LAST] /= lanes;
    factors(Source::new(label, wgsl!("product.wgsl")), geometry, lanes)
        .sizes(named(["SIZE_0", "SIZE_1", "SIZE_2", "SIZE_3"], sizes))
        .threads(geometry.output_len() / lanes, [Binding::Input(0), Binding::Input(1), Binding::Output(0)])
        .into()
}

pub(super) fn product_variants(geometry: &Geometry, label: &str) -> Vec<Kernels> {
    in_fours(geometry.sizes[LAST], |lanes| product(geometry, label, lanes))
}

pub(super) fn grad(op: &Grad, lanes: usize) -> Kernels {
    let (geometry, of) = (&op.geometry, op.of);
    let terms = geometry.of_gradient(of);
    let label = "multiply gradient";
    if op.is_whole() {
        return product(&terms, label, lanes);
    }
    let mut kept = geometry.kept(of);
    let summed: [usize; AXES] = std::array::from_fn(|axis| geometry.sizes[axis] / kept[axis]);
    let results: usize = kept.into_iter().product();
    kept[LAST] /= lanes;
    let sums = PartialSums::by_lanes(results, lanes, summed.into_iter().product());
    let parts = factors(Source::new(label, wgsl!("sums.wgsl")), &terms, lanes)
        .sizes(named(["KEPT_0", "KEPT_1", "KEPT_2", "KEPT_3"], kept))
        .sizes(named(["SUMMED_0", "SUMMED_1", "SUMMED_2", "SUMMED_3"], summed))
        .sizes([
            ("RESULTS", results / lanes),
            ("TERMS", summed.into_iter().product()),
            ("TERMS_A_PART", sums.terms_a_part),
        ])
        .threads(sums.threads() / lanes, [Binding::Input(0), Binding::Input(1), Binding::Scratch]);
    sums.followed_by_sum(parts)
}

/// Four sums per thread, where they lie side by side.
pub(super) fn grad_variants(op: &Grad) -> Vec<Kernels> {
    if op.geometry.factors[op.of][LAST] == 0 {
        return Vec::new();
    }
    in_fours(op.geometry.sizes[LAST], |lanes| grad(op, lanes))
}

/// The factors' strides in units of what they are arrays of: of `V`, but of single values where the last axis is stretched.
fn factors(source: Source, geometry: &Geometry, lanes: usize) -> Source {
    let of = |strides: Strides| -> Strides {
        let unit = if strides[LAST] == 0 { 1 } else { lanes };
        std::array::from_fn(|axis| if axis == LAST { strides[axis].min(1) } else { strides[axis] / unit })
    };
    let [a, b] = geometry.factors.map(of);
    source
        .lanes(lanes)
        .flag("SINGLE_A", a[LAST] == 0)
        .flag("SINGLE_B", b[LAST] == 0)
        .sizes(named(["A_0", "A_1", "A_2", "A_3"], a))
        .sizes(named(["B_0", "B_1", "B_2", "B_3"], b))
}

fn named(names: [&'static str; AXES], sizes: [usize; AXES]) -> [(&'static str, usize); AXES] {
    std::array::from_fn(|axis| (names[axis], sizes[axis]))
}
