//! How the operations of a plan are timed, one by one. `www/bench/worker/timing.js` times other libraries' in the same way.

use serde::Serialize;

use crate::ops::Operation;
use crate::sorting::sort_by;

/// What one operation of a plan takes on its own.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Timing {
    /// The operation's label.
    pub label: String,
    /// Its sizes; empty where the label says enough.
    pub sizes: String,
    /// The kernels that were chosen for it, in the order in which they run; none on the CPU.
    pub kernels: Vec<String>,
    /// Seconds: the median of the runs.
    pub seconds: f64,
}

/// What a run is to last at least, in seconds: much longer than the clock's step.
const LEAST_SECONDS: f64 = 0.04;
/// And so many times as long as the wait for the answer of a GPU that has nothing to do: Firefox' is 0.1 seconds.
const WAITS: f64 = 5.0;

/// What a run is to last at least on a device that lets one wait so long for nothing.
pub(super) fn least(wait: f64) -> f64 {
    LEAST_SECONDS.max(WAITS * wait)
}

/// How often an operation is to be repeated next, now that so many repeats took so many seconds together; `None` once
/// that is `least`, or `most` is reached.
pub(super) fn more(repeats: usize, seconds: f64, least: f64, most: usize) -> Option<usize> {
    if seconds >= least || repeats >= most {
        return None;
    }
    // Not too many at once: short times tell little.
    let wanted = (1.1 * least / seconds.max(1e-9)).clamp(2.0, 8.0) * repeats as f64;
    Some((wanted.ceil() as usize).min(most))
}

/// Whether the operation has this label, or this label and sizes with a space between them.
pub(super) fn is(operation: &dyn Operation, only: Option<&str>) -> bool {
    let Some(only) = only else { return true };
    let label = operation.label();
    only == label || only == format!("{label} {}", operation.sizes())
}

/// The middle one of the times; of an even number the mean of both in the middle.
pub(super) fn median(mut seconds: Vec<f64>) -> f64 {
    sort_by(&mut seconds, f64::total_cmp);
    let middle = seconds.len() / 2;
    match seconds.len() {
        0 => f64::NAN,
        len if len % 2 == 0 => (seconds[middle - 1] + seconds[middle]) / 2.0,
        _ => seconds[middle],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_operations_are_repeated_until_they_can_be_timed() {
        assert_eq!(more(1, 1.0, 0.5, 100), None);
        assert_eq!(more(1, 0.0, 0.5, 100), Some(8));
        assert_eq!(more(8, 0.0, 0.5, 20), Some(20));
        assert_eq!(more(20, 0.0, 0.5, 20), None);
        assert_eq!(more(10, 0.125, 0.5, 100), Some(44));
    }

    #[test]
    fn a_run_is_much_longer_than_the_wait_for_its_end() {
        assert_eq!(least(0.0001), LEAST_SECONDS);
        assert_eq!(least(0.1), 0.5);
    }

    #[test]
    fn the_median_is_in_the_middle() {
        assert_eq!(median(vec![3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(vec![4.0, 1.0, 2.0, 3.0]), 2.5);
    }
}
