//! Names of folders, files and columns, cut into words; and the splits that such words name.

use super::Split;
use super::by_text::ByText;

/// What a split is called. Letters of scripts without capitals stand as they are.
const SPLITS: [(Split, &str); 3] = [
    (
        Split::Train,
        " train training trainings trn learn learning trainval trainvalid trainvalidation traindev 학습 훈련 训练 訓練 \
         entrenamiento entrainement entraînement apprentissage treino treinamento addestramento ",
    ),
    (
        Split::Validation,
        " validation valid val validate validating dev development 검증 验证 検証 validierung validierungs validación \
         validacion validação validacao validazione ",
    ),
    (
        Split::Test,
        " test tests testing tst eval evaluation evaluate holdout heldout 테스트 시험 평가 测试 テスト prueba pruebas ",
    ),
];
/// What says no more than that there are photos, longer ones before those that they begin with.
const FILLERS: [&str; 30] = [
    "datasets",
    "dataset",
    "images",
    "image",
    "imagenes",
    "photos",
    "photo",
    "pictures",
    "picture",
    "folder",
    "bilder",
    "daten",
    "files",
    "imgs",
    "img",
    "pics",
    "sets",
    "set",
    "data",
    "seg",
    "split",
    "raw",
    "데이터셋",
    "데이터",
    "이미지",
    "사진",
    "폴더",
    "세트",
    "셋",
    "용",
];

/// The words of a name in small letters, with where each begins and ends: cut at all that is no letter, and before a
/// capital behind a small letter.
fn cut(name: &str) -> Vec<(String, usize, usize)> {
    let (mut found, mut word, mut from, mut small) = (Vec::new(), String::new(), 0, false);
    for (at, letter) in name.char_indices().chain([(name.len(), ' ')]) {
        let ends = !is_letter(letter) || (small && letter.is_ascii_uppercase());
        if ends && !word.is_empty() {
            found.push((std::mem::take(&mut word), from, at));
        }
        if word.is_empty() {
            from = at;
        }
        if is_letter(letter) {
            word.push(letter.to_ascii_lowercase());
        }
        small = letter.is_ascii_lowercase();
    }
    found
}

/// Whatever is not ASCII passes for a letter, since the tables of those that are would take more room than all the rest.
fn is_letter(letter: char) -> bool {
    letter.is_ascii_alphabetic() || !letter.is_ascii()
}

/// The words of a name in small letters, without digits.
pub(super) fn words(name: &str) -> Vec<String> {
    cut(name).into_iter().map(|(word, ..)| word).collect()
}

/// What is left of a word without what says no more than that there are photos.
fn without_fillers(word: &str) -> &str {
    let mut rest = word;
    while let Some(shorter) =
        FILLERS.iter().find_map(|filler| rest.strip_prefix(filler).or_else(|| rest.strip_suffix(filler)))
    {
        rest = shorter;
    }
    rest
}

/// Whether a name says no more than that there are photos.
pub(super) fn is_filler(name: &str) -> bool {
    let word = words(name).concat();
    !word.is_empty() && without_fillers(&word).is_empty()
}

fn split_of_word(word: &str) -> Option<Split> {
    let word = [" ", without_fillers(word), " "].concat();
    let named = |(_, names): &&(Split, &str)| word.len() > 2 && names.contains(&word);
    SPLITS.iter().find(named).map(|(split, _)| *split)
}

/// The split that a name means: `train`, `valid`, `test_set`, `trainImages`, `val2017`, `seg_train`, `학습용 데이터`.
///
/// One of its words names the split, joined to the others or not, and the others say no more than that there are photos.
pub(super) fn split_of_name(name: &str) -> Option<Split> {
    split_of_word(&words(name).concat())
}

/// The one split that a name speaks of among other words, the other words, and, where the split stands first or last,
/// what is left of the name: `asl_alphabet_train`, `trainLabels`.
fn split_among(name: &str) -> Option<(Split, String, &str)> {
    let words = cut(name);
    let splits: Vec<usize> = (0..words.len()).filter(|at| split_of_word(&words[*at].0).is_some()).collect();
    let (first, last) = (*splits.first()?, *splits.last()?);
    let split = split_of_word(&words[first].0)?;
    if splits.iter().any(|at| split_of_word(&words[*at].0) != Some(split)) {
        return None;
    }
    let others = (0..words.len()).filter(|at| !splits.contains(at)).map(|at| without_fillers(&words[at].0));
    let left = if last + 1 == splits.len() {
        &name[words[last].2..]
    } else if splits.len() == words.len() - first {
        &name[..words[first].1]
    } else {
        ""
    };
    let left = left.trim_matches(|letter: char| !is_letter(letter) && !letter.is_ascii_digit());
    Some((split, others.collect(), left))
}

/// As [`split_among`], where nothing stands between the words: `signstrain`.
fn split_joined(name: &str) -> Option<(Split, String)> {
    let name = words(name).concat();
    let words = SPLITS.iter().flat_map(|(split, names)| names.split(' ').map(|word| (*split, word)));
    let ends = words.filter_map(|(split, word)| {
        let others = name.strip_suffix(word).or_else(|| name.strip_prefix(word))?;
        (!word.is_empty()).then(|| (split, without_fillers(others).to_owned()))
    });
    ends.min_by_key(|(_, others)| others.len())
}

/// The split that the name of a table speaks of, among whatever other words: `trainLabels`, `labels_test_v2`.
pub(super) fn split_in(name: &str) -> Option<Split> {
    split_of_name(name).or_else(|| split_among(name).map(|(split, ..)| split))
}

/// What folders that lie side by side are as splits.
#[derive(Debug, Default)]
pub(super) struct Siblings {
    /// Each split by its number.
    splits: ByText,
    /// Whether each name holds a class beside its split: `train_cats`.
    classes: bool,
}

impl Siblings {
    /// Names that differ in the word for a split alone are splits, as `asl_alphabet_train` beside `asl_alphabet_test`.
    pub(super) fn of(names: &ByText) -> Self {
        let (mut splits, mut among) = (ByText::new(), Vec::new());
        for name in names.keys() {
            if let Some(split) = split_of_name(name) {
                splits.insert(name.clone(), split as usize);
            } else if let Some((split, others, _)) = split_among(name) {
                among.push((name, split, others));
            } else if let Some((split, others)) = split_joined(name) {
                among.push((name, split, others));
            }
        }
        let mut first = None;
        let mut several = false;
        for (name, split, others) in &among {
            let beside = |train: bool| {
                among.iter().any(|(_, split, same)| same == others && (*split == Split::Train) == train)
            };
            if beside(true) && beside(false) {
                splits.insert((*name).clone(), *split as usize);
                several |= *first.get_or_insert(others) != others;
            }
        }
        let classes =
            several && splits.len() == names.len() && names.keys().all(|name| !Self::class(name).is_empty());
        Self { splits, classes }
    }

    pub(super) fn split(&self, name: &str) -> Option<Split> {
        self.splits.get(name).and_then(|split| Split::ALL.get(*split)).copied()
    }

    /// Whether each name holds a class beside its split.
    pub(super) fn are_classes(&self) -> bool {
        self.classes
    }

    /// The class in a name that holds a split, too.
    pub(super) fn class(name: &str) -> &str {
        split_among(name).map_or("", |(_, _, left)| left)
    }
}
