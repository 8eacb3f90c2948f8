//! What systems and programs leave beside photos, and classes that are only called alike.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::layout::{owned, places_in};
use crate::data::{Contents, Layout, LayoutKind, LeftOut, Leftover, left_out, role};

/// Files that programs leave in a folder of the class `cats`, and who does.
const LEFT: [(Leftover, &[&str]); 10] = [
    (
        Leftover::NetworkDrive,
        &[
            "@eaDir/1.jpg/SYNOPHOTO_THUMB_M.jpg",
            "@eaDir/1.jpg@SynoEAStream",
            "SYNOPHOTO_THUMB_SM.jpg",
            "#recycle/1.jpg",
            "@Recycle/1.jpg",
            ".@__thumb/s1001.jpg",
            "@Recently-Snapshot/GMT+09_2024/cats/1.jpg",
            "~snapshot/hourly.0/1.jpg",
            "#snapshot/1.jpg",
            "Network Trash Folder/1.jpg",
        ],
    ),
    (
        Leftover::Mac,
        &[
            "__MACOSX/cats/1.jpg",
            "._1.jpg",
            ".DS_Store",
            ".Trashes/501/1.jpg",
            ".Spotlight-V100/1.jpg",
            ".fseventsd/0000",
            ".AppleDouble/1.jpg",
            "Icon\r",
            "Temporary Items/1.jpg",
        ],
    ),
    (
        Leftover::Windows,
        &[
            "Thumbs.db",
            "THUMBS.DB",
            "desktop.ini",
            "$RECYCLE.BIN/S-1-5-21/$R1.jpg",
            "System Volume Information/1.jpg",
            "FOUND.000/FILE0000.jpg",
            "_vti_cnf/1.jpg",
            "1.jpg:Zone.Identifier",
        ],
    ),
    (
        Leftover::Linux,
        &[
            ".thumbnails/1.jpg",
            ".Trash-1000/files/1.jpg",
            ".xvpics/1.jpg",
            ".directory",
            "lost+found/1.jpg",
            "LOST.DIR/1.jpg",
            ".cache/1.jpg",
            ".nfs0000001.jpg",
        ],
    ),
    (
        Leftover::PhotoProgram,
        &[
            ".picasaoriginals/1.jpg",
            ".picasa.ini",
            "Picasa.ini",
            "My Previews.lrdata/0/00A1.jpg",
            ".BridgeCache",
            ".dtrash/files/1.jpg",
            "1.jpg.xmp",
            "1.XMP",
            "MVI_1.THM",
            "IMG_1.AAE",
            "[Originals]/1.jpg",
            "NKSC_PARAM/1.jpg",
            "Library.photoslibrary/resources/derivatives/1.jpg",
            "iPhoto.migratedphotolibrary/Thumbnails/1.jpg",
        ],
    ),
    (
        Leftover::VersionControl,
        &[".git/objects/1.jpg", ".svn/pristine/1.jpg", ".hg/1.jpg", ".dvc/cache/1.jpg", ".gitkeep"],
    ),
    (
        Leftover::Code,
        &[".ipynb_checkpoints/1-checkpoint.jpg", "__pycache__/a.jpg", "node_modules/logo/1.png"],
    ),
    (
        Leftover::Sync,
        &[
            ".stversions/1.jpg",
            ".stfolder/1.jpg",
            ".dropbox.cache/1.jpg",
            ".sync/Archive/1.jpg",
            ".tmp.drivedownload/1.jpg",
            "~syncthing~1.jpg.tmp",
            ".syncthing.1.jpg",
        ],
    ),
    (
        Leftover::Backup,
        &[
            "1.jpg_original",
            "1.PNG_original",
            "1.jpg~",
            "1.jpg.bak",
            "1.jpg.part",
            "1.jpg.crdownload",
            "1.jpg.orig",
        ],
    ),
    (Leftover::Hidden, &[".1.jpg", ".photos/1.jpg", ".anything/of/a/program.png"]),
];

#[test]
fn what_systems_and_programs_leave_is_no_photo() {
    for (kind, left) in LEFT {
        for file in left {
            for path in [format!("pets/cats/{file}"), format!("pets\\cats\\{}", file.replace('/', "\\"))] {
                let paths = owned(&["pets/cats/1.jpg", "pets/dogs/1.jpg", &path]);
                let layout = Layout::of(&paths, &Contents::default(), LayoutKind::Auto).unwrap();
                assert_eq!(places_in(&layout), ["cats", "dogs", "-"], "{path}");
                let [told] = &left_out(&paths)[..] else { panic!("{path}: {:?}", left_out(&paths)) };
                assert_eq!((told.kind, told.files), (kind, 1), "{path}");
            }
        }
    }
}

#[test]
fn it_is_told_once_a_kind() {
    let thumbnails = (0..40).map(|nth| format!("pets/cats/@eaDir/{nth}.jpg/SYNOPHOTO_THUMB_M.jpg"));
    let paths: Vec<String> = owned(&["pets/cats/1.jpg", "pets/.DS_Store", "pets/cats/.DS_Store"])
        .into_iter()
        .chain(thumbnails)
        .collect();
    let line = |kind, files, example: &str| LeftOut { kind, files, example: example.to_owned() };
    assert_eq!(
        left_out(&paths),
        [line(Leftover::NetworkDrive, 40, "@eaDir"), line(Leftover::Mac, 2, ".DS_Store")]
    );
}

#[test]
fn classes_that_are_called_nearly_so_stay() {
    let classes = [
        "cache",
        "git",
        "thumbnails",
        "Thumbs",
        "originals",
        "recycle",
        "recycled",
        "Trash",
        "snapshot",
        "sync",
        "lost and found",
        "DS_Store",
        "found",
        "found.objects",
        "Icon",
        "windows",
        "desktop",
        "original",
        "1.part",
        "v1.bak",
        "backup~",
        "a.xmp",
        "@home",
        "#1",
        "$100",
        "~",
        "_",
        "part",
        "tmp",
        "download",
        "system",
        "photo.originals",
        "Spotlight",
        "eaDir",
        "macosx",
        "Network",
        "picasa",
        "CVS",
    ];
    let paths: Vec<String> = classes.iter().map(|class| format!("r/{class}/1.jpg")).collect();
    let layout = Layout::of(&paths, &Contents::default(), LayoutKind::Auto).unwrap();
    assert_eq!(places_in(&layout), classes);
    assert_eq!(left_out(&paths), []);
    // So do photos that are called so.
    for name in ["dog_original.jpg", "thumbs.jpg", "icon.png", "recycle.bmp", "1~.jpg", "thm.jpg", "part.gif"]
    {
        assert_eq!(role(&format!("r/cats/{name}")), "photo", "{name}");
    }
}

#[test]
fn the_photos_of_a_library_stay() {
    for path in ["Mine.photoslibrary/originals/A/1.jpg", "Mine.photolibrary/Masters/2020/1.jpg"] {
        assert_eq!(role(path), "photo", "{path}");
    }
}

#[test]
fn a_photo_that_is_still_in_a_cloud_is_told() {
    let paths = owned(&["r/a/1.jpg", "r/b/1.jpg", "r/b/.IMG_0001.HEIC.icloud", "r/b/.2.jpg.iCloud"]);
    let places = places_in(&Layout::of(&paths, &Contents::default(), LayoutKind::Auto).unwrap());
    for place in &places[2..] {
        assert!(place.starts_with("!this photo is still in iCloud: "), "{place}");
    }
    assert_eq!(left_out(&paths), []);
}

#[test]
fn a_path_tells_what_has_to_be_looked_into() {
    let roles = [
        ("a/1.jpg", "photo"),
        ("a/1.WEBP", "photo"),
        ("a/labels.csv", "table"),
        ("a/@eaDir/1.jpg", "left"),
        ("a/../1.jpg", "rejected"),
        ("", "rejected"),
        ("a/1.heic", "unknown"),
        ("a/1", "unknown"),
        ("a/1.", "unknown"),
        ("a/notes.txt", "unknown"),
    ];
    for (path, expected) in roles {
        assert_eq!(role(path), expected, "{path}");
    }
}

#[test]
fn the_content_decides_where_the_name_does_not() {
    let paths =
        owned(&["r/a/1.jpg", "r/b/IMG_1.HEIC", "r/b/noending", "r/b/IMG_2.HEIC", "r/b/@eaDir/1", "r/../x"]);
    let contents = Contents { photos: vec![1, 2, 4, 5, 99], ..Contents::default() };
    let layout = Layout::of(&paths, &contents, LayoutKind::Auto).unwrap();
    assert_eq!(
        places_in(&layout),
        [
            "a",
            "b",
            "b",
            "!.HEIC photos are not read: save them as JPEG or PNG",
            "-",
            "!its path leads out of the folder (..)"
        ]
    );
}
