//! From a WGSL file and the sizes of one call to a shader.

use std::fmt::Write;

/// Threads in a workgroup of a kernel with one thread an output.
const WORKGROUP: usize = 64;
/// Workgroups that WebGPU promises along one dimension.
const MOST_WORKGROUPS: usize = 65_535;

/// The dispatches of an operation.
#[derive(Debug, Clone, Default)]
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

/// A WGSL file on its way to a shader: sizes come in front as constants, and lines between
/// `#if NAME` (or `#if !NAME`) and `#endif` stay only where that flag is set (or not set).
#[derive(Debug)]
pub(super) struct Source {
    label: String,
    body: &'static str,
    constants: String,
    flags: Vec<&'static str>,
}

impl Source {
    pub(super) fn new(label: impl Into<String>, body: &'static str) -> Self {
        Self { label: label.into(), body, constants: String::new(), flags: Vec::new() }
    }

    /// Sizes and strides.
    pub(super) fn sizes<const N: usize>(mut self, sizes: [(&str, usize); N]) -> Self {
        for (name, size) in sizes {
            let _ = writeln!(self.constants, "const {name} = {size}u;");
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
            self.flags.push(name);
        }
        self
    }

    /// The code that comes before this kernel's own.
    pub(super) fn before(mut self, code: &str) -> Self {
        self.constants.push_str(code);
        self
    }

    /// A kernel of one thread for each of `threads` results, `index` being the thread's number: the
    /// constants `THREADS` and `ROW` fold the numbers into two dimensions.
    pub(super) fn threads<const N: usize>(self, threads: usize, bindings: [Binding; N]) -> Kernel {
        let groups = threads.div_ceil(WORKGROUP).max(1);
        let rows = groups.div_ceil(MOST_WORKGROUPS);
        let columns = groups.div_ceil(rows);
        let source = self.sizes([("THREADS", threads), ("ROW", columns * WORKGROUP)]);
        Kernel {
            source: format!("{}\n{}", source.constants, source.selected()),
            label: source.label,
            workgroups: [columns as u32, rows as u32, 1],
            bindings: bindings.to_vec(),
        }
    }

    fn selected(&self) -> String {
        let mut open = Vec::new();
        let mut selected = String::with_capacity(self.body.len());
        for line in self.body.lines() {
            match line.trim().split_once(' ').unwrap_or((line.trim(), "")) {
                ("#if", condition) => open.push(match condition.strip_prefix('!') {
                    Some(flag) => !self.flags.contains(&flag),
                    None => self.flags.contains(&condition),
                }),
                ("#endif", _) => {
                    open.pop();
                }
                _ if open.iter().all(|stays| *stays) => {
                    selected.push_str(line);
                    selected.push('\n');
                }
                _ => {}
            }
        }
        selected
    }
}

/// The uniform `step`, to be bound by each kernel that reads it.
pub(super) const STEP: &str = include_str!("step.wgsl");
