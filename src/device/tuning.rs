use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// This crate's version: another one's kernels are others.
pub(super) const ENGINE: &str = env!("CARGO_PKG_VERSION");

/// Which kernels were the fastest on a GPU: what a later visit need not time again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct Tuning {
    /// The adapter, as the browser tells one from another.
    pub adapter: String,
    /// The version of this crate.
    pub engine: String,
    /// Fingerprints of the fastest kernels by those of the plain ones.
    pub winners: BTreeMap<String, String>,
}
