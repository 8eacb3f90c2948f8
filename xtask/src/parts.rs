//! A command of several parts: all are run, and the failed ones named at the end.

use std::time::Instant;

use crate::error::{Error, Result};

pub struct Parts {
    failed: Vec<String>,
    skipped: Vec<String>,
    start: Instant,
}

impl Parts {
    pub fn new() -> Self {
        Self { failed: Vec::new(), skipped: Vec::new(), start: Instant::now() }
    }

    /// Leaves a part out, and says why there and again at the end.
    pub fn skip(&mut self, name: &str, why: &Error) {
        eprintln!("\n== {name}: SKIPPED: {why}");
        self.skipped.push(name.to_owned());
    }

    pub fn run(&mut self, name: &str, part: impl FnOnce() -> Result<()>) {
        eprintln!("\n== {name}");
        let start = Instant::now();
        match part() {
            Ok(()) => eprintln!("== {name}: passed in {:.1} s", start.elapsed().as_secs_f32()),
            Err(error) => {
                eprintln!("== {name}: FAILED: {error}");
                self.failed.push(name.to_owned());
            }
        }
    }

    pub fn finish(self) -> Result<()> {
        if !self.failed.is_empty() {
            return Err(Error::Check(format!("failed: {}", self.failed.join(", "))));
        }
        eprintln!("\n{} in {:.1} s.", self.praise(), self.start.elapsed().as_secs_f32());
        Ok(())
    }

    fn praise(&self) -> String {
        let skipped = self.skipped.join(", ");
        if skipped.is_empty() { "All passed".into() } else { format!("All passed that ran (not: {skipped})") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_part_does_not_hide_the_next() {
        let mut parts = Parts::new();
        let mut reached = false;
        parts.run("first", || Err(Error::Check("broken".into())));
        parts.run("second", || {
            reached = true;
            Ok(())
        });
        let error = parts.finish().unwrap_err().to_string();
        assert!(reached);
        assert!(error.contains("first") && !error.contains("second"), "{error}");
    }

    #[test]
    fn a_skipped_part_is_no_failure_but_is_named() {
        let mut parts = Parts::new();
        parts.run("first", || Ok(()));
        assert_eq!(parts.praise(), "All passed");
        let missing = Error::Missing { what: "Firefox".into(), remedy: "Install it.".into() };
        parts.skip("second", &missing);
        assert_eq!(parts.praise(), "All passed that ran (not: second)");
        assert!(parts.finish().is_ok());
    }
}
