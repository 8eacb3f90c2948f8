//! What a folder of photos means: its classes, its splits, and its pixels.
//!
//! Paths come first, bytes later, and every photo is decoded once:
//!
//! ```text
//! paths, tables ─► Layout (classes, splits) ─► Importer ◄─ bytes of each photo it wants
//!                                                 │
//!                                                 └─► Dataset: u8 pixels, labels, what was rejected and why
//! ```
//!
//! A file that cannot be read is rejected with its path and the reason, and the import goes on.

mod arena;
mod by_text;
mod choice;
mod columns;
mod contents;
mod dataset;
mod decode;
mod decoded;
pub mod digits;
mod entry;
mod error;
mod features;
mod finder;
mod fingerprint;
mod folder;
mod heads;
mod image_size;
mod importer;
mod jpeg;
mod labels;
mod layout;
mod leftover;
mod names;
mod numbers;
mod options;
pub mod order;
mod pack;
mod paths;
mod pixels;
mod planes;
mod readings;
pub mod record;
mod rejection;
mod repeats;
mod resize;
mod room;
mod roster;
mod sizing;
mod split;
mod spot;
mod table;
mod tables;
mod tree;
mod whole;
mod words;

pub use contents::Contents;
pub use dataset::{Dataset, DatasetSummary, Photos, SplitCounts, SplitData};
pub use decode::{decode, decode_measured, is_photo};
pub use decoded::{Decoded, MAX_DECODED_BYTES, MAX_SIDE};
pub use entry::{left_out, role};
pub use error::{DataError, DecodeError};
pub(crate) use features::Feature;
pub use fingerprint::Fingerprint;
pub use image_size::ImageSize;
pub use importer::Importer;
pub use layout::{Layout, LayoutKind, Placement, Told, Wanted};
pub use leftover::{LeftOut, Leftover};
pub use options::ImportOptions;
pub use pack::{Key, Pack, PackFile};
pub use pixels::{Pixels, from_rgba, grey};
pub use readings::{ClassOfReading, Reading};
pub use rejection::Rejection;
pub use room::Room;
pub use roster::{Edit, Place, Roster};
pub use sizing::{Interpolation, Sizing};
pub use split::{Shares, Split, SplitBy};

#[cfg(test)]
mod tests;
