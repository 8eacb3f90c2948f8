//! What the head of a table's column says of it.

use super::words::{split_of_name, words};

/// What labels are called, the likelier words first.
const LABELS: &str = " label labels class classes category categories species breed target diagnosis dx y \
     tag tags variety cultivar klasse kategorie classe clase categorie categoria etiqueta etiquette espece especie \
     라벨 레이블 클래스 분류 종류 품종 범주 카테고리 정답 类别 标签 ";
/// What may be a label, and as well something else.
const WEAK: &str = " type kind disease level grade stage severity style genre emotion identity finding condition group family \
     genus maker model shape 유형 등급 상태 ";
/// What says which of the labels a column holds, or how it is written.
const HELPERS: &str = " id ids name names code codes no num number idx index text string value true truth ground gt \
     primary final image photo 이름 번호 ";
/// What is measured, or tells where a photo comes from: no label, whatever else the head says.
const OTHERS: &str = " width height w h x xmin xmax xcenter ymin ymax ycenter roi bbox box bboxes left right top bottom size area \
     depth radius angle lat lon lng latitude longitude altitude age year month day date datetime time timestamp duration \
     price weight length score confidence prob probability probabilities rating count pixel pixels channels row col column \
     url link source license licence author title description caption comment md5 sha hash fold filesize bytes \
     너비 높이 크기 날짜 나이 점수 좌표 ";
/// What names photos and their parts.
const NAMES: &str = " id ids image images img photo picture file filename filenames path name index idx no num number unnamed key uuid \
     파일 파일명 이름 번호 사진 datei ";
/// What a column of splits is called.
const SPLITS: &str = " split splits set subset partition phase usage fold ";

/// How likely a column holds labels, by its head.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Head {
    /// It is something else: a size, a coordinate, a date, a split.
    Other,
    /// It names photos or other things.
    Name,
    /// It says nothing.
    Unknown,
    /// It may say so.
    Weak,
    /// It says so among other words: `masterCategory`.
    Among,
    /// It says nothing else: `ClassId`, `label_name`.
    Label,
}

impl Head {
    pub(super) fn of(head: &str) -> Self {
        let words = words(head);
        let all = |known: &str| !words.is_empty() && words.iter().all(|word| has(known, word));
        let any = |known: &str| words.iter().any(|word| has(known, word));
        if any(OTHERS) || all(SPLITS) || split_of_name(head).is_some() {
            Self::Other
        } else if words.iter().any(|word| is_label(word)) {
            let rest = words.iter().all(|word| is_label(word) || has(HELPERS, word));
            if rest { Self::Label } else { Self::Among }
        } else if any(WEAK) {
            Self::Weak
        } else if all(NAMES)
            || words.last().is_some_and(|word| matches!(word.as_str(), "id" | "ids" | "uuid"))
        {
            Self::Name
        } else {
            Self::Unknown
        }
    }
}

/// Where among the words for labels a head's own stands: the likelier ones first.
pub(super) fn rank(head: &str) -> usize {
    let places = words(head).into_iter().filter_map(|word| LABELS.find(&format!(" {word} ")));
    places.min().unwrap_or(LABELS.len())
}

/// Whether a word means labels, joined to what says which of them or not: `classid`.
fn is_label(word: &str) -> bool {
    let rest = ["class", "label", "category", "target"].iter().find_map(|label| word.strip_prefix(label));
    has(LABELS, word) || rest.is_some_and(|rest| has(HELPERS, rest))
}

/// What a head is called whoever writes it: `ClassId`, `class_id` and `Class ID` are one.
pub(super) fn same(one: &str, other: &str) -> bool {
    let (a, b) = (words(one).concat(), words(other).concat());
    if a.is_empty() { one == other } else { a == b }
}

fn has(known: &str, word: &str) -> bool {
    known.contains(&[" ", word, " "].concat())
}
