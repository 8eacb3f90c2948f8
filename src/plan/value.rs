//! What steps read and write before it has its place.

use super::View;
use crate::ops::Operation;

/// A value of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Value {
    /// A part of a buffer that has its place already.
    Fixed(View),
    /// A short-lived value by its number.
    Short(usize),
}

/// A step of a plan in the making.
#[derive(Debug)]
pub(super) struct DraftStep {
    pub(super) operation: Box<dyn Operation>,
    pub(super) inputs: Vec<Value>,
    pub(super) outputs: Vec<Value>,
}
