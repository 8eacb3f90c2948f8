//! Which class and split each photo is in, and how that is changed.

use super::split::{Shares, assign, share_more};
use super::{DataError, Split};

/// Which class and split each photo of a dataset is in: all that can be changed without reading a photo.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Roster {
    /// The classes' names; a label is an index into them.
    pub classes: Vec<String>,
    /// A place for each photo, by its number.
    pub places: Vec<Place>,
    /// What added photos are shared out by, where a dataset was begun with its classes alone: these may be empty.
    /// Nothing where the photos came first.
    pub shares: Option<Shares>,
}

/// Where a photo is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Place {
    /// Its class; none where the photo was taken out.
    pub class: Option<usize>,
    /// Its split; none where it is not used.
    pub split: Option<Split>,
}

/// A change of a [`Roster`]; photos are meant by their numbers.
#[derive(Debug, Clone, PartialEq)]
pub enum Edit {
    /// Makes a class that has no photo yet.
    Create(String),
    /// Gives a class another name; its label stays.
    Rename(String, String),
    /// Makes several classes one, which takes the label of the first of them.
    Merge(Vec<String>, String),
    /// Takes a class and its photos out.
    Drop(String),
    /// Puts photos into another class, which may be new, into another split, or both.
    Move(Vec<usize>, Option<String>, Option<Split>),
    /// Takes photos out.
    Remove(Vec<usize>),
    /// Shares all photos out anew.
    Split(Shares),
}

impl Roster {
    /// The roster after a change; a class that has lost its last photo is gone.
    ///
    /// # Errors
    /// A class that is not there, a name that is taken or none, and, unless it was begun with its classes alone, fewer
    /// than two classes left, or a class without a photo to train with.
    pub fn edited(&self, edit: Edit) -> Result<Self, DataError> {
        let mut next = self.clone();
        // Classes that the change itself takes away, empty ones, too.
        let mut gone = Vec::new();
        match edit {
            Edit::Create(name) => {
                if name.is_empty() || next.classes.contains(&name) {
                    return Err(DataError::ClassName { name });
                }
                if next.shares.is_none() {
                    return Err(DataError::EmptyClass { class: name });
                }
                next.classes.push(name);
            }
            Edit::Rename(class, to) => {
                let index = next.index(&class)?;
                if to.is_empty() || (to != class && next.classes.contains(&to)) {
                    return Err(DataError::ClassName { name: to });
                }
                next.classes[index] = to;
            }
            Edit::Merge(classes, into) => {
                let mut merged = Vec::new();
                for class in &classes {
                    merged.push(next.index(class)?);
                }
                let Some(&first) = merged.iter().min() else { return Err(DataError::UnknownClass(into)) };
                for place in &mut next.places {
                    if place.class.is_some_and(|class| merged.contains(&class)) {
                        place.class = Some(first);
                    }
                }
                if into.is_empty()
                    || next
                        .classes
                        .iter()
                        .position(|name| *name == into)
                        .is_some_and(|at| !merged.contains(&at))
                {
                    return Err(DataError::ClassName { name: into });
                }
                next.classes[first] = into;
                merged.retain(|class| *class != first);
                gone = merged;
            }
            Edit::Drop(class) => {
                let index = next.index(&class)?;
                for place in next.places.iter_mut().filter(|place| place.class == Some(index)) {
                    place.class = None;
                }
                gone.push(index);
            }
            Edit::Move(photos, class, split) => {
                let class = class.map(|name| next.index_or_new(name)).transpose()?;
                for photo in photos {
                    if let Some(place) = next.places.get_mut(photo) {
                        place.class = class.or(place.class);
                        place.split = split.or(place.split);
                    }
                }
            }
            Edit::Remove(photos) => {
                for photo in photos {
                    if let Some(place) = next.places.get_mut(photo) {
                        place.class = None;
                    }
                }
            }
            Edit::Split(shares) => next.share_out(shares)?,
        }
        next.tidy(&gone)?;
        Ok(next)
    }

    /// Puts new photos behind the others, into a class that may be new and into this split; without one to train with,
    /// or shared out where the roster says how.
    ///
    /// # Errors
    /// A class without a name, or without a photo to train with.
    pub fn with_added(
        &self,
        photos: usize,
        all: usize,
        class: String,
        split: Option<Split>,
    ) -> Result<Self, DataError> {
        let mut next = self.clone();
        let class = next.index_or_new(class)?;
        // Photos that were added and undone are out.
        next.places.resize(all, Place::default());
        let splits = match (split, next.shares) {
            (None, Some(shares)) => {
                let there: Vec<_> =
                    next.of_class(class).iter().map(|photo| next.places[*photo].split).collect();
                share_more(class, &there, photos, shares)
            }
            (split, _) => vec![split.or(Some(Split::Train)); photos],
        };
        next.places.extend(splits.into_iter().map(|split| Place { class: Some(class), split }));
        next.tidy(&[])?;
        Ok(next)
    }

    /// The numbers of a class's photos, in order.
    pub fn of_class(&self, class: usize) -> Vec<usize> {
        (0..self.places.len()).filter(|photo| self.places[*photo].class == Some(class)).collect()
    }

    fn index(&self, name: &str) -> Result<usize, DataError> {
        let found = self.classes.iter().position(|class| class == name);
        found.ok_or_else(|| DataError::UnknownClass(name.to_owned()))
    }

    fn index_or_new(&mut self, name: String) -> Result<usize, DataError> {
        if name.is_empty() {
            return Err(DataError::ClassName { name });
        }
        let found = self.classes.iter().position(|class| *class == name);
        Ok(found.unwrap_or_else(|| {
            self.classes.push(name);
            self.classes.len() - 1
        }))
    }

    fn share_out(&mut self, shares: Shares) -> Result<(), DataError> {
        shares.check()?;
        if self.shares.is_some() {
            self.shares = Some(shares);
        }
        for class in 0..self.classes.len() {
            let photos = self.of_class(class);
            if photos.is_empty() {
                continue;
            }
            let splits = assign((class, &self.classes[class]), &vec![None; photos.len()], shares)?;
            for (photo, split) in photos.into_iter().zip(splits) {
                self.places[photo].split = split;
            }
        }
        Ok(())
    }

    /// Checks that there is something to learn: two classes, and a photo of each to train with.
    ///
    /// # Errors
    /// What is missing.
    pub fn check(&self) -> Result<(), DataError> {
        let begun = self.shares.is_some();
        for (index, class) in self.classes.iter().enumerate() {
            let trains = |place: &Place| place.class == Some(index) && place.split == Some(Split::Train);
            if !self.places.iter().any(trains) {
                let class = class.clone();
                return Err(if begun {
                    DataError::EmptyClass { class }
                } else {
                    DataError::NoTrainingPhoto { class }
                });
            }
        }
        match self.classes.len() {
            0 | 1 if begun => Err(DataError::OneClassYet),
            0 | 1 => Err(DataError::OneClassLeft),
            _ => Ok(()),
        }
    }

    /// Drops the classes that are `gone` or without a photo, and checks what is left. Where the classes came first,
    /// empty ones stay.
    fn tidy(&mut self, gone: &[usize]) -> Result<(), DataError> {
        let begun = self.shares.is_some();
        let mut class = 0;
        for before in 0..self.classes.len() {
            if (begun && !gone.contains(&before)) || !self.of_class(class).is_empty() {
                class += 1;
                continue;
            }
            self.classes.remove(class);
            for place in &mut self.places {
                place.class = place.class.map(|other| other - usize::from(other > class));
            }
        }
        if begun { Ok(()) } else { self.check() }
    }
}
