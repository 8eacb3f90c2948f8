mod decode;
mod digits;
mod hostile;
mod importer;
mod layout;
mod options;
mod order;
#[cfg(not(target_arch = "wasm32"))]
mod photos;
mod pixels;
mod resize;
mod samples;
mod split;
mod truncated;
