//! What can go wrong around building, told so that the reader knows what to do next.

use std::path::PathBuf;

pub type Result<T> = std::result::Result<T, Error>;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("{0}")]
    Usage(String),

    #[error("could not start `{command}`: {source}. {advice}")]
    Start { command: String, source: std::io::Error, advice: &'static str },

    #[error("`{command}` failed ({status}); its own output above says why")]
    Failed { command: String, status: std::process::ExitStatus },

    #[error("`{command}` did not end within {seconds} s")]
    TimedOut { command: String, seconds: u64 },

    #[error("{path}: {source}", path = path.display())]
    File { path: PathBuf, source: std::io::Error },

    #[error("{path}: {problem}", path = path.display())]
    Content { path: PathBuf, problem: String },

    #[error("{what} is missing. {remedy}")]
    Missing { what: String, remedy: String },

    #[error("{0}")]
    Check(String),
}

/// Names the file in an I/O error.
pub fn at(path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Error {
    let path = path.into();
    move |source| Error::File { path, source }
}
