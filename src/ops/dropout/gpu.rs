use super::Dropout;
use crate::ops::embedded::wgsl;
use crate::ops::wgsl::{Binding, Kernels, STEP, Source};
use crate::random::{Purpose, WGSL};

pub(super) fn dropout(op: &Dropout) -> Kernels {
    let blocks = op.sample_len.div_ceil(4);
    Source::new("dropout", wgsl!("dropout.wgsl"))
        .before(WGSL)
        .before(STEP)
        .real("RATE", op.rate)
        .sizes([
            ("SAMPLE_LEN", op.sample_len),
            ("BLOCKS", blocks),
            ("PURPOSE", Purpose::Dropout(op.layer).word() as usize),
        ])
        .threads(op.batch * blocks, [Binding::Input(0), Binding::Input(1), Binding::Output(0), Binding::Step])
        .into()
}
