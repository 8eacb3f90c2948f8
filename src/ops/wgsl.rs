//! From a WGSL file and the sizes of one call to a shader.

use crate::ops::embedded::wgsl;
use std::fmt::Write;

use super::Clamp;
use super::template::{Names, expand};

/// Threads in a workgroup of a kernel with one thread an output.
const WORKGROUP: usize = 64;
/// Workgroups that WebGPU promises along one dimension.
const MOST_WORKGROUPS: usize = 65_535;

/// The dispatches of an operation.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Kernels {
    /// In the order in which they run.
    pub kernels: Vec<Kernel>,
    /// How many values of scratch they need between them.
    pub scratch: usize,
}

impl From<Kernel> for Kernels {
    fn from(kernel: Kernel) -> Self {
        Self { kernels: vec![kernel], scratch: 0 }
    }
}

/// One dispatch of a compute shader whose entry point is `main`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Kernel {
    /// A name for profiles and errors.
    pub label: String,
    /// WGSL.
    pub source: String,
    /// How many workgroups run.
    pub workgroups: [u32; 3],
    /// What is bound at binding 0, 1, ... of group 0.
    pub bindings: Vec<Binding>,
}

impl Kernel {
    /// The same with `to` in the place of the binding `from`.
    pub(super) fn rebound(mut self, from: Binding, to: Binding) -> Self {
        for binding in self.bindings.iter_mut().filter(|binding| **binding == from) {
            *binding = to;
        }
        self
    }
}

/// What a binding of a kernel is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Binding {
    /// The operation's input with this index, read-only storage.
    Input(usize),
    /// The operation's output with this index, storage.
    Output(usize),
    /// The scratch, written.
    Scratch,
    /// The scratch, read.
    ScratchInput,
    /// [`super::StepParams`], a uniform.
    Step,
}

/// A name in a WGSL file, and what is bound there, if anything is.
pub(super) type Bound = (&'static str, Option<Binding>);

/// Four values that lie side by side per thread, if their number allows it.
pub(super) fn in_fours(values: usize, kernels: impl Fn(usize) -> Kernels) -> Vec<Kernels> {
    if values.is_multiple_of(4) { vec![kernels(4)] } else { Vec::new() }
}

/// A WGSL file on its way to a shader: sizes come in front as constants, and its `#` lines are those of
/// [`super::template`].
#[derive(Debug)]
pub(super) struct Source {
    label: String,
    body: &'static str,
    constants: String,
    names: Names,
}

impl Source {
    pub(super) fn new(label: impl Into<String>, body: &'static str) -> Self {
        Self { label: label.into(), body, constants: String::new(), names: Names::default() }
    }

    /// Sizes and strides; the template knows them, too.
    pub(super) fn sizes<const N: usize>(mut self, sizes: [(&'static str, usize); N]) -> Self {
        for (name, size) in sizes {
            let _ = writeln!(self.constants, "const {name} = {size}u;");
            self.names.counts.push((name, size));
        }
        self
    }

    /// A real number, in the shortest form that reads back as the same one.
    pub(super) fn real(mut self, name: &str, value: f32) -> Self {
        let _ = writeln!(self.constants, "const {name} = {value:e}f;");
        self
    }

    pub(super) fn flag(mut self, name: &'static str, set: bool) -> Self {
        if set {
            self.names.flags.push(name);
        }
        self
    }

    /// The flags of a clamp that follows.
    pub(super) fn clamp(self, clamp: Clamp) -> Self {
        self.flag("RELU", clamp == Clamp::Relu).flag("RELU6", clamp == Clamp::Relu6)
    }

    /// The code that comes before this kernel's own.
    pub(super) fn before(mut self, code: &str) -> Self {
        self.constants.push_str(code);
        self
    }

    /// How often an `#each` block comes.
    pub(super) fn count(self, name: &'static str, count: usize) -> Self {
        self.sizes([(name, count)])
    }

    /// Values one by one, or by four: the type `V` is so many that lie side by side.
    pub(super) fn lanes(mut self, lanes: usize) -> Self {
        if lanes > 1 {
            self.label.push_str(" x4");
        }
        self.before(if lanes == 1 { "alias V = f32;\n" } else { "alias V = vec4<f32>;\n" })
    }

    /// The same for channels: `CHANNELS` counts the `V` of a pixel.
    pub(super) fn vectors(self, channels: usize, lanes: usize) -> Self {
        self.lanes(lanes).sizes([("CHANNELS", channels / lanes)])
    }

    /// A kernel of so many threads. What is bound is a flag in its file, and a number: its place.
    pub(super) fn bound(mut self, threads: usize, values: &[Bound]) -> Kernel {
        let mut bindings = Vec::new();
        for (name, binding) in values {
            if let Some(binding) = binding {
                if *binding == Binding::Step {
                    self = self.before(STEP);
                }
                self = self.flag(name, true).sizes([(name, bindings.len())]);
                bindings.push(*binding);
            }
        }
        self.threads(threads, bindings)
    }

    /// A kernel of one thread for each of `threads` results, `index` being the thread's number: the
    /// constants `THREADS` and `ROW` fold the numbers into two dimensions.
    pub(super) fn threads(self, threads: usize, bindings: impl AsRef<[Binding]>) -> Kernel {
        self.threads_by(WORKGROUP, threads, bindings.as_ref())
    }

    /// The same with `group` threads in a workgroup, the constant `GROUP`.
    pub(super) fn threads_by(self, group: usize, threads: usize, bindings: &[Binding]) -> Kernel {
        let groups = threads.div_ceil(group).max(1);
        let rows = groups.div_ceil(MOST_WORKGROUPS);
        let columns = groups.div_ceil(rows);
        self.sizes([("THREADS", threads), ("ROW", columns * group), ("GROUP", group)])
            .dispatch([columns, rows, 1], bindings)
    }

    /// A kernel of this many workgroups.
    pub(super) fn dispatch(self, workgroups: [usize; 3], bindings: &[Binding]) -> Kernel {
        Kernel {
            source: format!("{}\n{}", self.constants, expand(self.body, &self.names)),
            label: self.label,
            workgroups: workgroups.map(|count| count as u32),
            bindings: bindings.to_vec(),
        }
    }
}

/// The uniform `step`, to be bound by each kernel that reads it.
pub(super) const STEP: &str = wgsl!("step.wgsl");
