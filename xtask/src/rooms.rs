//! Which file of the engine uses which: a room uses only rooms above it on the map, and files do not use each other in
//! circles. Only a folder's `mod.rs` may use the files of its folder that use it: what it defines is put together there.

mod files;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::error::{Error, Result};
use crate::project;
use files::Files;

/// The map's table lists the rooms from the top down, one per line that begins so.
const MAP: &str = "ARCHITECTURE.md";
const ROW: &str = "| `src/";

/// Holds the engine to the map.
///
/// # Errors
/// Every use of a lower room, every circle of files, and every file in no room.
pub fn check() -> Result<()> {
    let uses = Files::read(&project::path("src"))?.uses();
    let mut faults = downward(&uses, &rooms(&project::read(&project::path(MAP))?));
    let circles = circles(&without_own_folders(&uses));
    faults.extend(circles.iter().map(|circle| format!("files in src that use each other: {circle}")));
    if faults.is_empty() {
        println!("{} files; none uses a room below its own, and there are no circles", uses.len());
        return Ok(());
    }
    Err(Error::Check(faults.join("\n")))
}

/// A file, and the files that it uses.
type Uses = BTreeMap<String, BTreeSet<String>>;

fn rooms(map: &str) -> Vec<String> {
    let rows = map.lines().filter_map(|line| line.strip_prefix(ROW));
    rows.filter_map(|row| row.split_once('`'))
        .map(|(room, _)| room.trim_end_matches(".rs").to_owned())
        .collect()
}

fn downward(uses: &Uses, rooms: &[String]) -> Vec<String> {
    let room_of = |file: &str| {
        let first = file.split(['/', '.']).next().unwrap_or_default();
        rooms.iter().position(|room| room == first)
    };
    let mut faults = Vec::new();
    for (file, used) in uses.iter().filter(|(file, _)| *file != "lib.rs") {
        let Some(own) = room_of(file) else {
            faults.push(format!("src/{file} is in no room of {MAP}"));
            continue;
        };
        let below = used.iter().filter(|other| room_of(other).is_some_and(|room| room > own));
        faults.extend(
            below.map(|other| format!("src/{file} uses src/{other}, which is in a room below its own")),
        );
    }
    faults
}

/// Leaves out what each `mod.rs` uses of its own folder.
fn without_own_folders(uses: &Uses) -> Uses {
    let outside = |file: &str, used: &BTreeSet<String>| match file.strip_suffix("mod.rs") {
        Some(folder) => used.iter().filter(|other| !other.starts_with(folder)).cloned().collect(),
        None => used.clone(),
    };
    uses.iter().map(|(file, used)| (file.clone(), outside(file, used))).collect()
}

/// The shortest circle through each file that is in one, each circle once.
fn circles(uses: &Uses) -> BTreeSet<String> {
    let mut found = BTreeMap::new();
    for file in uses.keys() {
        if let Some(circle) = way_back(uses, file) {
            let told = circle.iter().chain([file]).cloned().collect::<Vec<_>>().join(" → ");
            found.entry(circle.into_iter().collect::<BTreeSet<_>>()).or_insert(told);
        }
    }
    found.into_values().collect()
}

/// The shortest way from a file over files that each uses back to itself, the file first.
fn way_back(uses: &Uses, start: &str) -> Option<Vec<String>> {
    let mut came_from: BTreeMap<&str, &str> = BTreeMap::new();
    let mut queue = VecDeque::from([start]);
    while let Some(file) = queue.pop_front() {
        for next in uses.get(file).into_iter().flatten() {
            if next == start {
                let mut way = vec![file];
                while let Some(&before) = way.last().and_then(|file| came_from.get(file)) {
                    way.push(before);
                }
                return Some(way.into_iter().rev().map(str::to_owned).collect());
            }
            if !came_from.contains_key(next.as_str()) {
                came_from.insert(next, file);
                queue.push_back(next);
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uses(files: &[(&str, &[&str])]) -> Uses {
        let owned = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
        files.iter().map(|(file, used)| ((*file).to_owned(), owned(used))).collect()
    }

    #[test]
    fn a_circle_is_told_once_and_by_its_shortest_way() {
        let found =
            circles(&uses(&[("a", &["b"]), ("b", &["c", "d"]), ("c", &["a"]), ("d", &["c"]), ("e", &["a"])]));
        assert_eq!(found.into_iter().collect::<Vec<_>>(), ["a → b → c → a", "d → c → a → b → d"]);
        assert!(circles(&uses(&[("a", &["b", "c"]), ("b", &["c"]), ("c", &[])])).is_empty());
    }

    #[test]
    fn a_folder_is_put_together_in_its_mod_file() {
        let all = uses(&[("a/mod.rs", &["a/cpu.rs", "b.rs"]), ("a/cpu.rs", &["a/mod.rs"]), ("b.rs", &[])]);
        assert_eq!(circles(&all).len(), 1);
        assert!(circles(&without_own_folders(&all)).is_empty());
        let by_way_of_another =
            uses(&[("a/mod.rs", &["b.rs"]), ("a/cpu.rs", &["a/mod.rs"]), ("b.rs", &["a/cpu.rs"])]);
        assert_eq!(circles(&without_own_folders(&by_way_of_another)).len(), 1);
    }

    #[test]
    fn this_project_holds_to_its_map() {
        check().unwrap();
    }

    #[test]
    fn a_room_may_only_use_rooms_above_it() {
        let rooms = rooms("| room |\n|---|\n| `src/top.rs` | x |\n| `src/low` | y |\n| `www/page` | z |\n");
        assert_eq!(rooms, ["top", "low"]);
        assert!(
            downward(&uses(&[("low/mod.rs", &["top.rs", "low/a.rs"]), ("top.rs", &[])]), &rooms).is_empty()
        );
        let faults = downward(&uses(&[("top.rs", &["low/a.rs"]), ("attic.rs", &[])]), &rooms);
        assert_eq!(faults.len(), 2, "{faults:?}");
    }
}
