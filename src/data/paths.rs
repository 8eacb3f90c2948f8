//! What paths are made of.

/// A path's names, from the outermost folder on; empty ones and `.` say nothing.
pub(super) fn names(path: &str) -> Vec<&str> {
    path.split(['/', '\\']).filter(|name| !name.is_empty() && *name != ".").collect()
}

/// A file's name without its ending.
pub(super) fn stem(name: &str) -> &str {
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}
