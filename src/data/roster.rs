//! Which class and split each photo is in, and how that is changed.

use super::split::{Shares, assign};
use super::{DataError, Split};

/// Which class and split each photo of a dataset is in: all that can be changed without reading a photo.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Roster {
    /// The classes' names; a label is an index into them.
    pub classes: Vec<String>,
    /// A place for each photo, by its number.
    pub places: Vec<Place>,
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
    /// A class that is not there, a name that is taken or none, fewer than two classes left, or a class
    /// without a photo to train with.
    pub fn edited(&self, edit: Edit) -> Result<Self, DataError> {
        let mut next = self.clone();
        match edit {
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
            }
            Edit::Drop(class) => {
                let index = Some(next.index(&class)?);
                for place in next.places.iter_mut().filter(|place| place.class == index) {
                    place.class = None;
                }
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
        next.tidy()?;
        Ok(next)
    }

    /// Puts new photos behind the others, into a class that may be new.
    ///
    /// # Errors
    /// A class without a name, or without a photo to train with.
    pub fn with_added(
        &self,
        photos: usize,
        all: usize,
        class: String,
        split: Split,
    ) -> Result<Self, DataError> {
        let mut next = self.clone();
        let class = Some(next.index_or_new(class)?);
        // Photos that were added and undone are out.
        next.places.resize(all, Place::default());
        next.places.resize(all + photos, Place { class, split: Some(split) });
        next.tidy()?;
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
        for class in 0..self.classes.len() {
            let photos = self.of_class(class);
            let splits = assign((class, &self.classes[class]), &vec![None; photos.len()], shares)?;
            for (photo, split) in photos.into_iter().zip(splits) {
                self.places[photo].split = split;
            }
        }
        Ok(())
    }

    /// Drops the classes without a photo, and checks what is left.
    fn tidy(&mut self) -> Result<(), DataError> {
        let mut class = 0;
        while class < self.classes.len() {
            let photos = self.of_class(class);
            if photos.is_empty() {
                self.classes.remove(class);
                for place in &mut self.places {
                    place.class = place.class.map(|other| other - usize::from(other > class));
                }
                continue;
            }
            if !photos.iter().any(|photo| self.places[*photo].split == Some(Split::Train)) {
                return Err(DataError::NoTrainingPhoto { class: self.classes[class].clone() });
            }
            class += 1;
        }
        if self.classes.len() < 2 {
            return Err(DataError::OneClassLeft);
        }
        Ok(())
    }
}
