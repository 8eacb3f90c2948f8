use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::DataError;
use crate::random::{Purpose, Stream};

/// A part of a dataset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
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

/// How much of each class goes to validation and to test.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Shares {
    pub(super) validation: f64,
    pub(super) test: f64,
}

impl Shares {
    pub(super) const NONE: Self = Self { validation: 0.0, test: 0.0 };

    pub(super) fn check(self) -> Result<(), DataError> {
        for (argument, share) in [("validation", self.validation), ("test", self.test)] {
            let usable = share.is_finite() && share >= 0.0 && (share < 1.0 || share.fract() == 0.0);
            if !usable {
                let reason = format!(
                    "must be a fraction from 0 to below 1, or a whole number of photos a class, but is {share}"
                );
                return Err(DataError::Argument { argument, reason });
            }
        }
        let Self { validation, test } = self;
        if validation < 1.0 && test < 1.0 && validation + test >= 1.0 {
            return Err(DataError::Argument {
                argument: "validation and test",
                reason: format!("leave nothing to train with: {validation} + {test} must stay below 1"),
            });
        }
        Ok(())
    }
}

/// The photos of `share` among `photos`; a half rounds to the even number, as in Python.
///
/// So two photos a class with a quarter each for validation and test stay in training.
fn count(share: f64, photos: usize) -> usize {
    if share < 1.0 { (share * photos as f64).round_ties_even() as usize } else { share as usize }
}

/// Which split each photo of one class goes to.
///
/// `given` holds the class's photos in the order of their paths, with the split that their folder
/// gives them. Photos that a folder gives to validation or test stay there; from the others, `shares`
/// draws. Test takes the head of the permutation and validation what follows, so that another
/// validation share leaves the test photos alone; each class has a permutation of its own.
///
/// # Errors
/// A class without a photo left to train with.
pub(super) fn assign(
    (index, class): (usize, &str),
    given: &[Option<Split>],
    shares: Shares,
    seed: u32,
) -> Result<Vec<Split>, DataError> {
    let mut splits: Vec<Split> = given.iter().map(|split| split.unwrap_or(Split::Train)).collect();
    let mut pool: Vec<usize> =
        splits.iter().enumerate().filter(|(_, split)| **split == Split::Train).map(|(i, _)| i).collect();
    if pool.is_empty() {
        return Err(DataError::NoTrainingPhoto { class: class.to_owned() });
    }
    let photos = pool.len();
    let (validation, test) = (count(shares.validation, photos), count(shares.test, photos));
    if validation.saturating_add(test) >= photos {
        return Err(DataError::NothingToTrain { class: class.to_owned(), photos, validation, test });
    }
    Stream::new(seed, Purpose::Split, index as u32).shuffle(&mut pool);
    for &photo in &pool[..test] {
        splits[photo] = Split::Test;
    }
    for &photo in &pool[test..test + validation] {
        splits[photo] = Split::Validation;
    }
    Ok(splits)
}
