use super::{Fold, GradInfer, Infer, Share, Train, UpdateMoving};
use crate::ops::embedded::wgsl;
use crate::ops::partial_sums::PartialSums;
use crate::ops::wgsl::{Binding, Bound, Kernel, Kernels, Source};

const STEP_BOUND: Bound = ("STEP", Some(Binding::Step));

fn kernel(
    label: &str,
    body: &'static str,
    channels: usize,
    lanes: usize,
    threads: usize,
    set: impl FnOnce(Source) -> Source,
    values: &[Bound],
) -> Kernel {
    set(Source::new(format!("batch_norm {label}"), body)).vectors(channels, lanes).bound(threads, values)
}

/// The one of a norm's inputs that has this number, if it is there.
fn input(is_there: bool, number: usize) -> Option<Binding> {
    is_there.then_some(Binding::Input(number))
}

pub(super) fn infer(op: &Infer, lanes: usize) -> Kernels {
    let values = [
        ("X", input(true, 0)),
        ("MEAN", input(true, 1)),
        ("VARIANCE", input(true, 2)),
        ("GAMMA", input(op.scale, 3)),
        ("BETA", input(op.center, 3 + usize::from(op.scale))),
        ("Y", Some(Binding::Output(0))),
    ];
    normalize("inference", op.channels, lanes, op.rows, op.epsilon, &values).into()
}

pub(super) fn grad_infer(op: &GradInfer, lanes: usize) -> Kernels {
    let values = [
        ("X", input(true, 0)),
        ("VARIANCE", input(true, 1)),
        ("GAMMA", input(op.scale, 2)),
        ("Y", Some(Binding::Output(0))),
    ];
    normalize("inference gradient", op.channels, lanes, op.rows, op.epsilon, &values).into()
}

fn normalize(
    label: &str,
    channels: usize,
    lanes: usize,
    rows: usize,
    epsilon: f32,
    values: &[Bound],
) -> Kernel {
    let set = |source: Source| source.real("EPSILON", epsilon);
    kernel(label, wgsl!("normalize.wgsl"), channels, lanes, rows * channels / lanes, set, values)
}

pub(super) fn fold(op: &Fold) -> Kernels {
    let behind = 1 + usize::from(op.bias);
    let (variance, gamma) = (input(true, behind + 1), input(op.scale, behind + 2));
    let beta = input(op.center, behind + 2 + usize::from(op.scale));
    let of_kernel =
        [("X", input(true, 0)), ("VARIANCE", variance), ("GAMMA", gamma), ("Y", Some(Binding::Output(0)))];
    let of_bias = [
        ("X", input(op.bias, 1)),
        ("MEAN", input(true, behind)),
        ("VARIANCE", variance),
        ("GAMMA", gamma),
        ("BETA", beta),
        ("Y", Some(Binding::Output(1))),
    ];
    let kernels = vec![
        normalize("fold kernel", op.channels, 1, op.rows, op.epsilon, &of_kernel),
        normalize("fold bias", op.channels, 1, 1, op.epsilon, &of_bias),
    ];
    Kernels { kernels, scratch: 0 }
}

pub(super) fn fold_grad(op: &Fold) -> Kernels {
    let behind = 1 + usize::from(op.bias);
    let of = |number: usize, rows| {
        let values = [
            ("X", input(true, number)),
            ("VARIANCE", input(true, behind)),
            ("GAMMA", input(op.scale, behind + 1)),
            ("Y", Some(Binding::Output(number))),
        ];
        normalize("fold gradient", op.channels, 1, rows, op.epsilon, &values)
    };
    let kernels = [op.rows, 1][..behind].iter().enumerate().map(|(number, rows)| of(number, *rows)).collect();
    Kernels { kernels, scratch: 0 }
}

/// How the rows are cut into parts, and a kernel's sizes by that.
fn parts_of(op: &Train, lanes: usize) -> (PartialSums, impl Fn(Source) -> Source) {
    let &Train { photos, rows_per_photo, channels, epsilon, .. } = op;
    // No more parts for four channels per thread: one thread goes through all of them.
    let sums =
        PartialSums { results: channels / lanes, ..PartialSums::new(channels, photos * rows_per_photo) };
    let set = move |source: Source| {
        source.real("EPSILON", epsilon).sizes([
            ("PHOTOS", photos),
            ("ROWS_PER_PHOTO", rows_per_photo),
            ("PARTS", sums.parts),
            ("ROWS_PER_PART", sums.terms_a_part),
        ])
    };
    (sums, set)
}

pub(super) fn train(op: &Train, lanes: usize) -> Kernels {
    let (sums, set) = parts_of(op, lanes);
    let channels = op.channels;
    let values = op.photos * op.rows_per_photo * channels;
    let moments = [("X", input(true, 0)), ("TO", Some(Binding::Scratch)), STEP_BOUND];
    let merge = [
        ("FROM", Some(Binding::ScratchInput)),
        ("MEAN", Some(Binding::Output(1))),
        ("VARIANCE", Some(Binding::Output(2))),
        STEP_BOUND,
    ];
    let last = [
        ("X", input(true, 0)),
        ("MEAN", Some(Binding::Output(1))),
        ("VARIANCE", Some(Binding::Output(2))),
        ("GAMMA", input(op.scale, 1)),
        ("BETA", input(op.center, 1 + usize::from(op.scale))),
        ("Y", Some(Binding::Output(0))),
        STEP_BOUND,
    ];
    let kernels = vec![
        kernel("moments", wgsl!("moments.wgsl"), channels, lanes, sums.threads(), &set, &moments),
        kernel("merge", wgsl!("merge.wgsl"), channels, lanes, sums.results, &set, &merge),
        kernel("forward", wgsl!("normalize.wgsl"), channels, lanes, values / lanes, &set, &last),
    ];
    Kernels { kernels, scratch: 2 * sums.parts * channels }
}

pub(super) fn grad(op: &Train, lanes: usize) -> Kernels {
    let (sums, set) = parts_of(op, lanes);
    let channels = op.channels;
    let values = op.photos * op.rows_per_photo * channels;
    let (x, dy, mean) = (("X", input(true, 0)), ("DY", input(true, 1)), ("MEAN", input(true, 2)));
    let parts = [x, dy, mean, ("TO", Some(Binding::Scratch)), STEP_BOUND];
    let finish = [
        ("VARIANCE", input(true, 3)),
        ("GAMMA", input(op.scale, 4)),
        ("DGAMMA", op.scale.then_some(Binding::Output(1))),
        ("DBETA", op.center.then_some(Binding::Output(1 + usize::from(op.scale)))),
        ("PARTIAL", Some(Binding::Scratch)),
        STEP_BOUND,
    ];
    let last =
        [x, dy, mean, ("DX", Some(Binding::Output(0))), ("FACTORS", Some(Binding::ScratchInput)), STEP_BOUND];
    let kernels = vec![
        kernel("gradient sums", wgsl!("grad_sums.wgsl"), channels, lanes, sums.threads(), &set, &parts),
        kernel(
            "gradient of gamma and beta",
            wgsl!("grad_finish.wgsl"),
            channels,
            lanes,
            sums.results,
            &set,
            &finish,
        ),
        kernel("gradient", wgsl!("grad.wgsl"), channels, lanes, values / lanes, &set, &last),
    ];
    Kernels { kernels, scratch: (2 * sums.parts + 3) * channels }
}

pub(super) fn share(op: &Share) -> Kernels {
    statistics("share", op.count, |source| source, &[STEP_BOUND])
}

pub(super) fn update_moving(op: &UpdateMoving) -> Kernels {
    statistics("moving average", op.count, |source| source.real("MOMENTUM", op.momentum), &[])
}

fn statistics(label: &str, count: usize, set: impl FnOnce(Source) -> Source, last: &[Bound]) -> Kernels {
    let values = [&[("X", input(true, 0)), ("Y", Some(Binding::Output(0)))], last].concat();
    kernel(label, wgsl!("statistics.wgsl"), count, 1, count, set, &values).into()
}
