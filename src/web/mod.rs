//! The only room that knows wasm-bindgen: the [`Engine`] that the page's worker drives.
//!
//! Its methods are what `www/worker/answers.js` and `www/shared/calls.js` call for `www/lab.js`. Datasets, models and runs are numbers
//! outside; what fails is an `Error` with the message that the user reads.

mod clock;
mod devices;
mod editing;
mod engine;
mod helper;
mod importer;
mod making;
mod observer;
mod pack;
mod preview;
mod snapshot;
mod store;
mod timing;
mod training;
mod values;

pub use editing::Addition;
pub use engine::Engine;
pub use helper::Hand;
pub use importer::Importer;
pub use pack::PhotoStore;
pub use snapshot::Snapshot;
