use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::DataError;
use crate::random::{Purpose, Stream};

/// A part of a dataset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum Split {
    /// What the network learns from.
    Train,
    /// What its progress is watched on.
    Validation,
    /// What it is judged by in the end.
    Test,
}

impl Split {
    /// Every split, in the order in which they are used.
    pub const ALL: [Self; 3] = [Self::Train, Self::Validation, Self::Test];

    /// `train`, `validation` or `test`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Train => "train",
            Self::Validation => "validation",
            Self::Test => "test",
        }
    }
}

impl fmt::Display for Split {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}

impl FromStr for Split {
    type Err = DataError;

    fn from_str(name: &str) -> Result<Self, DataError> {
        let split = Self::ALL.into_iter().find(|split| split.name() == name);
        split.ok_or_else(|| DataError::UnknownSplit(name.to_owned()))
    }
}

/// How photos are shared out: `splitBy` of `lab.importImages`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum SplitBy {
    /// Drawn at random, by the seed.
    #[default]
    Drawn,
    /// By the order of names, in which 2 comes before 10: the first ones train, the next ones validate, the
    /// ones after them test. So the book shares out `cat.0.jpg` to `cat.1999.jpg`.
    Name,
}

/// How much of each class goes to each split: below 1 a fraction, from 1 on a number.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Shares {
    /// The rest where it is left open; what is beyond it is in no split.
    pub train: Option<f64>,
    /// To validate with.
    pub validation: f64,
    /// To test with.
    pub test: f64,
    /// Which photos these are.
    #[serde(rename = "splitBy")]
    pub by: SplitBy,
    /// What they are drawn from.
    pub seed: u32,
}

impl Shares {
    /// Checks the numbers.
    ///
    /// # Errors
    /// [`DataError::Argument`] for a share that is negative, not a number, from 1 on not whole, or
    /// fractions that together leave nothing to train with or are more than there is.
    pub fn check(self) -> Result<(), DataError> {
        let Self { train, validation, test, .. } = self;
        for (argument, share) in [("train", train.unwrap_or(1.0)), ("validation", validation), ("test", test)]
        {
            let usable = share.is_finite() && share >= 0.0 && (share < 1.0 || share.fract() == 0.0);
            if !usable {
                let reason = format!(
                    "must be a fraction from 0 to below 1, or a whole number of photos a class, but is {share}"
                );
                return Err(DataError::Argument { argument, reason });
            }
        }
        if validation < 1.0 && test < 1.0 && validation + test >= 1.0 {
            return Err(DataError::Argument {
                argument: "validation and test",
                reason: format!("leave nothing to train with: {validation} + {test} must stay below 1"),
            });
        }
        match train {
            Some(0.0) => {
                let reason = "must be more than 0: there is nothing to learn from otherwise".to_owned();
                Err(DataError::Argument { argument: "train", reason })
            }
            // In a bit less than all there is room for 0.7 + 0.2 + 0.1, which is more than 1 in binary.
            Some(train)
                if train < 1.0 && validation < 1.0 && test < 1.0 && train + validation + test > 1.000_001 =>
            {
                let reason =
                    format!("are more than there is: {train} + {validation} + {test} must not exceed 1");
                Err(DataError::Argument { argument: "train, validation and test", reason })
            }
            _ => Ok(()),
        }
    }
}

/// The photos of `share` among `photos`; a half rounds to the even number, as in Python.
///
/// So two photos a class with a quarter each for validation and test stay in training.
fn count(share: f64, photos: usize) -> usize {
    if share < 1.0 { (share * photos as f64).round_ties_even() as usize } else { share as usize }
}

/// Which split each photo of one class goes to; none where it is not needed.
///
/// `given` holds the class's photos in the order of their paths, with the split that their folder
/// gives them. Photos that a folder gives to validation or test stay there; from the others, `shares`
/// draws. Test takes the head of the permutation and validation what follows, so that another
/// validation share leaves the test photos alone; each class has a permutation of its own. By name,
/// training takes the head, as in the book.
///
/// # Errors
/// A class without a photo left to train with, or with fewer photos than asked for.
pub(super) fn assign(
    (index, class): (usize, &str),
    given: &[Option<Split>],
    shares: Shares,
) -> Result<Vec<Option<Split>>, DataError> {
    let mut splits: Vec<Option<Split>> = given.iter().map(|split| split.or(Some(Split::Train))).collect();
    let mut pool: Vec<usize> =
        (0..splits.len()).filter(|photo| splits[*photo] == Some(Split::Train)).collect();
    if pool.is_empty() {
        return Err(DataError::NoTrainingPhoto { class: class.to_owned() });
    }
    let photos = pool.len();
    let (validation, test) = (count(shares.validation, photos), count(shares.test, photos));
    let held_out = validation.saturating_add(test);
    if held_out >= photos {
        return Err(DataError::NothingToTrain { class: class.to_owned(), photos, validation, test });
    }
    let rest = photos - held_out;
    let train = match shares.train {
        None => rest,
        // Three fractions may round to one photo more than there are.
        Some(share) if share < 1.0 => count(share, photos).clamp(1, rest),
        Some(share) => share as usize,
    };
    if train > rest {
        return Err(DataError::TooFewPhotos { class: class.to_owned(), photos, train, validation, test });
    }
    let order = match shares.by {
        SplitBy::Drawn => {
            Stream::new(shares.seed, Purpose::Split, index as u32).shuffle(&mut pool);
            [(Split::Test, test), (Split::Validation, validation), (Split::Train, train)]
        }
        SplitBy::Name => [(Split::Train, train), (Split::Validation, validation), (Split::Test, test)],
    };
    for photo in &pool {
        splits[*photo] = None;
    }
    let mut from = 0;
    for (split, photos) in order {
        for photo in &pool[from..from + photos] {
            splits[*photo] = Some(split);
        }
        from += photos;
    }
    Ok(splits)
}

/// Which splits more photos of a class go to, beside those that are `there` and stay: so that the whole class is shared
/// out as far as the new ones go. None where none is needed.
///
/// So no photo that was trained with is tested with later. The first one trains; where a number is asked to train with,
/// training is filled first, else the test.
pub(super) fn share_more(
    index: usize,
    there: &[Option<Split>],
    photos: usize,
    shares: Shares,
) -> Vec<Option<Split>> {
    let all = there.len() + photos;
    let (validation, test) = (count(shares.validation, all), count(shares.test, all));
    let train = match shares.train {
        None => usize::MAX,
        Some(share) => count(share, all).max(1),
    };
    let lacking = |split: Split, wanted: usize| {
        wanted.saturating_sub(there.iter().filter(|placed| **placed == Some(split)).count())
    };
    let train_first = match shares.train {
        Some(share) if share >= 1.0 => usize::MAX,
        _ => 1,
    };
    let of_train = lacking(Split::Train, train);
    let head = of_train.min(lacking(Split::Train, train_first));
    let wanted = [
        (Split::Train, head),
        (Split::Test, lacking(Split::Test, test)),
        (Split::Validation, lacking(Split::Validation, validation)),
        (Split::Train, of_train - head),
    ];
    let mut left = photos;
    let mut taken = [0; 3];
    for (split, wanted) in wanted {
        let some = wanted.min(left);
        taken[split as usize] += some;
        left -= some;
    }
    let mut order: Vec<usize> = (0..photos).collect();
    if shares.by == SplitBy::Drawn {
        Stream::new(shares.seed, Purpose::Split, index as u32).shuffle(&mut order);
    }
    let mut splits = vec![None; photos];
    let mut next = order.into_iter();
    for split in Split::ALL {
        for photo in next.by_ref().take(taken[split as usize]) {
            splits[photo] = Some(split);
        }
    }
    splits
}

/// Compares names as people do: digits are numbers, the rest goes by code point.
pub(super) fn natural(one: &str, other: &str) -> Ordering {
    let (mut one, mut other) = (one.as_bytes(), other.as_bytes());
    loop {
        let (digits, others) = (leading_digits(one), leading_digits(other));
        if digits > 0 && others > 0 {
            let (a, b) = (without_zeros(&one[..digits]), without_zeros(&other[..others]));
            let order = a.len().cmp(&b.len()).then_with(|| a.cmp(b));
            if order != Ordering::Equal {
                return order;
            }
            (one, other) = (&one[digits..], &other[others..]);
            continue;
        }
        match (one, other) {
            ([a, rest @ ..], [b, others @ ..]) if a == b => (one, other) = (rest, others),
            _ => return one.cmp(other),
        }
    }
}

fn leading_digits(text: &[u8]) -> usize {
    text.iter().take_while(|byte| byte.is_ascii_digit()).count()
}

fn without_zeros(digits: &[u8]) -> &[u8] {
    let zeros = digits.iter().take_while(|digit| **digit == b'0').count();
    &digits[zeros..]
}
