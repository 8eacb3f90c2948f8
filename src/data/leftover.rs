//! What systems and programs leave beside photos. The names are those of their makers' documentation and of GitHub's
//! collection of `.gitignore` files. A name stands here only if nobody would call a class so.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::by_text::ByText;

/// Who left a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub enum Leftover {
    /// A network drive: Synology, QNAP, NetApp and others keep thumbnails and deleted files.
    NetworkDrive,
    /// A Mac: what Finder and Spotlight keep.
    Mac,
    /// Windows: thumbnails and deleted files.
    Windows,
    /// A Linux desktop, or Android: thumbnails and deleted files.
    Linux,
    /// A photo program: previews, originals and notes on each photo.
    PhotoProgram,
    /// Git and its like.
    VersionControl,
    /// Notebooks and programs in development.
    Code,
    /// A program that keeps folders the same on several machines.
    Sync,
    /// A copy made before a change, or a download that has not ended.
    Backup,
    /// Something whose name begins with a dot.
    Hidden,
}

/// How many kinds there are.
const KINDS: usize = Leftover::Hidden as usize + 1;

/// Names in lower case, with slashes between them.
const NAMES: [(Leftover, &str); 8] = [
    (
        Leftover::NetworkDrive,
        "@eadir/@tmp/@recycle/@recently-snapshot/@transcode/@sharebin/#recycle/#snapshot/~snapshot/.snapshot/\
         .snapshots/.recycle/.@__thumb/.@__qini/.@upload_cache/.streams/.synologyworkingdirectory/\
         network trash folder",
    ),
    (
        Leftover::Mac,
        "__macosx/.ds_store/.spotlight-v100/.trashes/.fseventsd/.temporaryitems/temporary items/\
         .documentrevisions-v100/.apdisk/.localized/.appledouble/.appledb/.appledesktop/.volumeicon.icns/\
         .com.apple.timemachine.donotpresent/icon\r",
    ),
    (
        Leftover::Windows,
        "thumbs.db/thumbs.db:encryptable/ehthumbs.db/ehthumbs_vista.db/desktop.ini/$recycle.bin/\
         system volume information/msocache/_vti_cnf",
    ),
    (Leftover::Linux, "lost+found/lost.dir/.thumbnails/.directory/.xvpics/.cache/.nomedia/.trash/.face"),
    (
        Leftover::PhotoProgram,
        "picasa.ini/.picasa.ini/.picasaoriginals/.bridgecache/.bridgecachet/.bridgesort/.dtrash/[originals]/\
         corel auto-preserve/pspbrwse.jbf/zbthumbnail.info/nksc_param/.photoprism/digikam4.db",
    ),
    (
        Leftover::VersionControl,
        ".git/.gitignore/.gitattributes/.gitkeep/.gitmodules/.svn/.hg/.bzr/.dvc/.jj/_darcs",
    ),
    (Leftover::Code, ".ipynb_checkpoints/__pycache__/node_modules/site-packages/.venv/.idea/.vscode"),
    (
        Leftover::Sync,
        ".stfolder/.stversions/.stignore/.dropbox/.dropbox.cache/.dropbox.attr/.sync/.tmp.drivedownload/\
         .tmp.driveupload/.owncloudsync.log",
    ),
];

/// How names begin, in lower case.
const BEGINNINGS: [(Leftover, &str); 7] = [
    (Leftover::Mac, "._"),
    (Leftover::NetworkDrive, "synophoto_thumb"),
    (Leftover::Linux, ".trash-"),
    (Leftover::Linux, ".nfs"),
    (Leftover::Linux, ".fuse_hidden"),
    (Leftover::Sync, "~syncthing~"),
    (Leftover::Sync, ".syncthing."),
];

/// How names end, in lower case. Endings with a dot are those of files, of which `.thm` are thumbnails of videos.
const ENDINGS: [(Leftover, &str); 23] = [
    (Leftover::NetworkDrive, "@synoeastream"),
    (Leftover::NetworkDrive, "@synoresource"),
    (Leftover::Windows, ":zone.identifier"),
    (Leftover::PhotoProgram, ".lrdata"),
    (Leftover::PhotoProgram, ".lrcat-data"),
    (Leftover::PhotoProgram, ".lrcat"),
    (Leftover::PhotoProgram, ".xmp"),
    (Leftover::PhotoProgram, ".aae"),
    (Leftover::PhotoProgram, ".thm"),
    (Leftover::PhotoProgram, ".dop"),
    (Leftover::PhotoProgram, ".pp3"),
    (Leftover::PhotoProgram, ".on1"),
    (Leftover::PhotoProgram, ".cos"),
    (Leftover::PhotoProgram, ".cot"),
    (Leftover::PhotoProgram, ".cop"),
    (Leftover::Backup, "~"),
    (Leftover::Backup, ".bak"),
    (Leftover::Backup, ".orig"),
    (Leftover::Backup, ".tmp"),
    (Leftover::Backup, ".part"),
    (Leftover::Backup, ".partial"),
    (Leftover::Backup, ".crdownload"),
    (Leftover::Backup, ".download"),
];

/// The number in [`NAMES`] of each of its names.
static NAMED: LazyLock<ByText> = LazyLock::new(|| {
    let names =
        NAMES.iter().enumerate().flat_map(|(nth, (_, names))| names.split('/').map(move |name| (name, nth)));
    names.map(|(name, nth)| (name.to_owned(), nth)).collect()
});

/// Who left a file of this path, told by one of the names in it, which is the second.
pub(super) fn leftover<'a>(names: &[&'a str]) -> Option<(Leftover, &'a str)> {
    names.iter().enumerate().find_map(|(depth, name)| {
        let inside = names.get(depth + 1).copied();
        of_name(name, inside).map(|by| (by, *name))
    })
}

/// Who gives such a name; `inside` is the next one in the path, of what lies in the folder.
fn of_name(name: &str, inside: Option<&str>) -> Option<Leftover> {
    let lower = name.to_lowercase();
    let named = NAMED.get(&lower).and_then(|nth| NAMES.get(*nth));
    let begins = || BEGINNINGS.iter().find(|(_, start)| lower.starts_with(start));
    // A class may end as a file does, but for what is a folder by its name.
    let ends = || {
        let file = inside.is_none();
        ENDINGS
            .iter()
            .find(|(_, end)| lower.ends_with(end) && (file || end.starts_with(".lr") || *end == ".download"))
    };
    if let Some((by, _)) = named.or_else(begins).or_else(ends) {
        return Some(*by);
    }
    if is_library(&lower) && inside.is_some_and(|inside| !holds_photos(inside)) {
        // In a library of Photos or iPhoto lie the photos, and copies of them in several sizes.
        return Some(Leftover::PhotoProgram);
    }
    if is_found_by_chkdsk(&lower) && inside.is_some() {
        return Some(Leftover::Windows);
    }
    // ExifTool keeps a photo as it was under such a name: 1.jpg_original.
    if lower.rsplit_once('.').is_some_and(|(_, ending)| ending.ends_with("_original")) && inside.is_none() {
        return Some(Leftover::Backup);
    }
    name.starts_with('.').then_some(Leftover::Hidden)
}

fn is_library(name: &str) -> bool {
    [".photoslibrary", ".photolibrary", ".migratedphotolibrary", ".aplibrary"]
        .iter()
        .any(|end| name.ends_with(end))
}

fn holds_photos(folder: &str) -> bool {
    ["originals", "masters"].iter().any(|known| folder.eq_ignore_ascii_case(known))
}

/// `found.000` and on, where Windows puts the pieces of broken files.
fn is_found_by_chkdsk(name: &str) -> bool {
    name.strip_prefix("found.")
        .is_some_and(|number| number.len() == 3 && number.bytes().all(|b| b.is_ascii_digit()))
}

/// Files of one kind that were left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct LeftOut {
    /// Who left them.
    pub kind: Leftover,
    /// How many there are.
    pub files: usize,
    /// The name that told it of the first one.
    pub example: String,
}

/// What was left out of a folder, a line a kind, in the order of kinds.
#[derive(Debug, Default)]
pub(super) struct Tally([Option<LeftOut>; KINDS]);

impl Tally {
    pub(super) fn note(&mut self, kind: Leftover, name: &str) {
        let new = || LeftOut { kind, files: 0, example: name.trim_end().to_owned() };
        if let Some(line) = self.0.get_mut(kind as usize) {
            line.get_or_insert_with(new).files += 1;
        }
    }

    pub(super) fn finish(self) -> Vec<LeftOut> {
        self.0.into_iter().flatten().collect()
    }
}
