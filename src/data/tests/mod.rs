mod begun;
mod datasets;
mod decode;
mod digits;
mod fingerprint;
#[cfg(not(target_arch = "wasm32"))]
mod fuzz;
mod hostile;
mod importer;
mod jpeg;
mod layout;
mod leftover;
mod names;
mod options;
mod order;
mod pack;
#[cfg(not(target_arch = "wasm32"))]
mod photos;
mod pixels;
mod resize;
mod roster;
mod samples;
mod split;
mod table;
mod table_photos;
mod trees;
mod truncated;
mod unmarked;
