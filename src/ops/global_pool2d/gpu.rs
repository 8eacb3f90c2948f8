use super::{Geometry, Max};
use crate::ops::embedded::wgsl;
use crate::ops::partial_sums::PartialSums;
use crate::ops::wgsl::{Binding, Kernels, Source};

fn source(geometry: &Geometry, label: &str, body: &'static str) -> Source {
    Source::new(label, body).sizes([("PIXELS", geometry.pixels), ("CHANNELS", geometry.channels)])
}

fn in_parts(geometry: &Geometry) -> PartialSums {
    PartialSums::new(geometry.output_len(), geometry.pixels)
}

pub(super) fn average(geometry: &Geometry) -> Kernels {
    let sums = in_parts(geometry);
    let parts = source(geometry, "global average forward", wgsl!("average.wgsl"))
        .sizes([("RESULTS", sums.results), ("PIXELS_PER_PART", sums.terms_a_part)])
        .threads(sums.threads(), [Binding::Input(0), Binding::Scratch]);
    sums.followed_by_sum(parts)
}

pub(super) fn average_grad(geometry: &Geometry) -> Kernels {
    grad(geometry, "global average gradient", None)
}

pub(super) fn max(op: &Max) -> Kernels {
    let sums = in_parts(&op.geometry);
    let sized = |label: &str, body| {
        source(&op.geometry, label, body).sizes([
            ("RESULTS", sums.results),
            ("PARTS", sums.parts),
            ("PIXELS_PER_PART", sums.terms_a_part),
        ])
    };
    let places = ("PLACES", op.places.then_some(Binding::Output(1)));
    let maxima = ("MAXIMA", Some(Binding::Output(0)));
    let parts = sized("global max parts", wgsl!("max.wgsl"));
    if sums.parts == 1 {
        return parts.bound(sums.threads(), &[("X", Some(Binding::Input(0))), maxima, places]).into();
    }
    let parts =
        parts.bound(sums.threads(), &[("X", Some(Binding::Input(0))), ("SCRATCH", Some(Binding::Scratch))]);
    let merge = sized("global max forward", wgsl!("max_merge.wgsl"))
        .bound(sums.results, &[("SCRATCH", Some(Binding::ScratchInput)), maxima, places]);
    Kernels { kernels: vec![parts, merge], scratch: 2 * sums.threads() }
}

pub(super) fn max_grad(geometry: &Geometry) -> Kernels {
    grad(geometry, "global max gradient", Some(Binding::Input(1)))
}

fn grad(geometry: &Geometry, label: &str, places: Option<Binding>) -> Kernels {
    let values = [("DY", Some(Binding::Input(0))), ("PLACES", places), ("DX", Some(Binding::Output(0)))];
    source(geometry, label, wgsl!("grad.wgsl")).bound(geometry.input_len(), &values).into()
}
