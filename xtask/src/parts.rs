//! A command of several parts: all are run, and the failed ones named at the end.

use std::time::Instant;

use crate::error::{Error, Result};

pub struct Parts {
    failed: Vec<String>,
    start: Instant,
}

impl Parts {
    pub fn new() -> Self {
        Self { failed: Vec::new(), start: Instant::now() }
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
        if self.failed.is_empty() {
            eprintln!("\nAll passed in {:.1} s.", self.start.elapsed().as_secs_f32());
            return Ok(());
        }
        Err(Error::Check(format!("failed: {}", self.failed.join(", "))))
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
}
