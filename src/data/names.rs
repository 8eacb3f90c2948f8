//! Classes that file names begin with, as in `cat.0.jpg`, `Bengal_1.jpg` or `great_pyrenees_12.jpg`.

use super::Split;
use super::by_text::different;
use super::entry::Entry;
use super::paths::stem;
use super::spot::Spot;
use super::tree::Tree;

/// What stands between a class and a number.
const SEPARATORS: [char; 9] = ['.', '_', '-', ' ', '(', ')', '[', ']', '#'];
/// What cameras and phones begin every name with.
const CAMERA: &str = " dsc dscf dscn image img mvimg photo picture pxl scan screenshot whatsapp ";

/// A way to read the class from a file's name.
type Rule = fn(&str) -> Option<&str>;

/// Where each path lies by its file's name and, as to splits, by its folders; `None` where the names tell
/// no classes, for which they have to be clearer where nobody `asked` for them.
pub(super) fn spots<'a>(entries: &[Entry<'a>], tree: &Tree, asked: bool) -> Option<Vec<Spot<'a>>> {
    let outside = |split: Option<Split>| tree.has_splits() && split.is_none();
    let names: Vec<&str> = entries
        .iter()
        .filter_map(|entry| match entry {
            Entry::Photo { folders, name } if !outside(tree.split(folders)) => Some(*name),
            _ => None,
        })
        .collect();
    let mut classes = classes(&names, asked)?.into_iter();
    let spots = entries.iter().map(|entry| {
        let Entry::Photo { folders, .. } = entry else { return Spot::other(entry) };
        let split = tree.split(folders);
        if outside(split) {
            return Spot::Rejected("it lies outside of the train, validation and test folders".to_owned());
        }
        match classes.next().flatten() {
            Some(class) => Spot::In { class, split },
            None => Spot::Rejected("its name does not begin with a class, as cat.1.jpg does".to_owned()),
        }
    });
    Some(spots.collect())
}

/// The class of each file name, where it begins with one; `None` where the names as a whole tell no classes.
///
/// First what stands before the number at the end, and where that tells too little, what stands before
/// the first separator. Names tell classes where there are at least two, with two photos each on average
/// where nobody `asked` for them.
fn classes<'a>(names: &[&'a str], asked: bool) -> Option<Vec<Option<&'a str>>> {
    let rules: [Rule; 2] = [before_number, before_separator];
    rules.into_iter().find_map(|rule| {
        let found: Vec<Option<&str>> = names.iter().map(|name| rule(stem(name))).collect();
        let classes = different(found.iter().copied().flatten());
        let photos = found.iter().flatten().count();
        if classes.len() < 2 || (!asked && classes.len() * 2 > photos.max(4)) {
            return None;
        }
        // A photo that is named as its class alone needs no number.
        let named = |(name, class): (&&'a str, Option<&'a str>)| {
            class.or_else(|| Some(stem(name)).filter(|stem| classes.contains_key(*stem)))
        };
        Some(names.iter().zip(found).map(named).collect())
    })
}

fn before_number(stem: &str) -> Option<&str> {
    let class = stem.trim_end_matches(|letter: char| letter.is_ascii_digit() || SEPARATORS.contains(&letter));
    let numbered = stem[class.len()..].contains(|letter: char| letter.is_ascii_digit());
    Some(class).filter(|class| numbered && is_class(class))
}

fn before_separator(stem: &str) -> Option<&str> {
    stem.split_once(SEPARATORS).map(|(class, _)| class).filter(|class| is_class(class))
}

/// Not a camera's word, and not a date: digits alone are a class only where they are few.
fn is_class(class: &str) -> bool {
    let first = class.split(SEPARATORS).next().unwrap_or_default();
    let camera = CAMERA.contains(&[" ", &first.to_ascii_lowercase(), " "].concat());
    let number = class.bytes().all(|byte| byte.is_ascii_digit());
    !class.is_empty() && !camera && (!number || class.len() <= 3)
}
