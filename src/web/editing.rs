//! The engine's methods that change which class and split photos are in.

use std::rc::Rc;
use std::str::FromStr;

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::Engine;
use super::values::{error, from_js, to_js};
use crate::data::{DataError, Dataset, Edit, Fingerprint, ImportOptions, Key, Photos, Room, Sizing, Split};

#[wasm_bindgen]
impl Engine {
    /// Makes a class without photos, in a dataset that was begun with its classes alone.
    ///
    /// # Errors
    /// An `Error` for a name that is taken, or another dataset.
    pub fn create_class(&self, dataset: u32, class: String) -> Result<(), JsValue> {
        self.edit(dataset, Edit::Create(class))
    }

    /// Gives a class another name.
    ///
    /// # Errors
    /// An `Error` for a class that is not there, or a name that is taken.
    pub fn rename_class(&self, dataset: u32, class: String, to: String) -> Result<(), JsValue> {
        self.edit(dataset, Edit::Rename(class, to))
    }

    /// Makes classes one.
    ///
    /// # Errors
    /// An `Error` for a class that is not there, a name that is taken, or too few classes left.
    pub fn merge_classes(&self, dataset: u32, classes: Vec<String>, into: String) -> Result<(), JsValue> {
        self.edit(dataset, Edit::Merge(classes, into))
    }

    /// Takes a class out.
    ///
    /// # Errors
    /// An `Error` for a class that is not there, or too few classes left.
    pub fn drop_class(&self, dataset: u32, class: String) -> Result<(), JsValue> {
        self.edit(dataset, Edit::Drop(class))
    }

    /// Moves photos, by their paths, to a class, a split or both.
    ///
    /// # Errors
    /// An `Error` for a photo or a split that is not there, or a class without a photo left to train with.
    pub fn move_photos(
        &self,
        dataset: u32,
        photos: Vec<String>,
        class: Option<String>,
        #[wasm_bindgen(unchecked_param_type = "Split | undefined")] split: Option<String>,
    ) -> Result<(), JsValue> {
        let split = split.map(|split| Split::from_str(&split)).transpose().map_err(error)?;
        let photos = self.datasets.get(dataset)?.numbers(&photos).map_err(error)?;
        self.edit(dataset, Edit::Move(photos, class, split))
    }

    /// Takes photos, by their paths, out.
    ///
    /// # Errors
    /// As [`Self::move_photos`].
    pub fn remove_photos(&self, dataset: u32, photos: Vec<String>) -> Result<(), JsValue> {
        let photos = self.datasets.get(dataset)?.numbers(&photos).map_err(error)?;
        self.edit(dataset, Edit::Remove(photos))
    }

    /// Shares all photos out anew, by what [`ImportOptions`] says of splits.
    ///
    /// # Errors
    /// An `Error` for shares that leave a class nothing to train with.
    pub fn split_photos(
        &self,
        dataset: u32,
        #[wasm_bindgen(unchecked_param_type = "Partial<ImportOptions>")] options: JsValue,
    ) -> Result<(), JsValue> {
        let options: ImportOptions = from_js(options)?;
        self.edit(dataset, Edit::Split(options.shares()))
    }

    /// Takes the last change back, or does it again.
    ///
    /// # Errors
    /// An `Error` where there is none.
    pub fn step_back(&self, dataset: u32, again: bool) -> Result<(), JsValue> {
        self.replace(dataset, |now| if again { now.redone() } else { now.undone() })
    }

    /// Starts to add so many photos to a dataset, to where its others are.
    ///
    /// # Errors
    /// An `Error` for a dataset of another kind of photos than files give, or where memory is too little.
    pub fn addition(&self, dataset: u32, photos: usize) -> Result<Addition, JsValue> {
        let (room, sizing) = self.datasets.get(dataset)?.room(photos).map_err(error)?;
        Ok(Addition { room, sizing, photos: vec![None; photos] })
    }

    /// Adds what was gathered to a class, which may be new; without a split, where the dataset has it go.
    ///
    /// # Errors
    /// An `Error` for a class without a name, or one without a photo to train with.
    pub fn add_photos(
        &self,
        dataset: u32,
        addition: Addition,
        class: String,
        #[wasm_bindgen(unchecked_param_type = "Split | undefined")] split: Option<String>,
    ) -> Result<(), JsValue> {
        let split = split.map(|split| Split::from_str(&split)).transpose().map_err(error)?;
        self.replace(dataset, |now| now.with_added(addition.finish(), class, split))
    }

    /// The paths of a split's photos, in the order of their indices.
    ///
    /// # Errors
    /// An `Error` for a split that is not there.
    pub fn paths(
        &self,
        dataset: u32,
        #[wasm_bindgen(unchecked_param_type = "Split")] split: &str,
    ) -> Result<Vec<String>, JsValue> {
        let split = Split::from_str(split).map_err(error)?;
        Ok(self.datasets.get(dataset)?.split(split).paths.clone())
    }

    /// The looks of photos `from..to`, six numbers a photo: see [`crate::data::Fingerprint`].
    ///
    /// # Errors
    /// An `Error` for a dataset that is closed, or a photo that cannot be read.
    pub fn fingerprints(&self, dataset: u32, from: usize, to: usize) -> Result<Vec<u32>, JsValue> {
        let looks = self.datasets.get(dataset)?.fingerprints(from, to).map_err(error)?;
        let numbers =
            |of: &Fingerprint| [of.exact, of.gradient[0], of.gradient[1], of.contrast, of.colour, of.side];
        Ok(looks.iter().flat_map(numbers).collect())
    }

    /// The numbers of a split's photos, in the order of their indices.
    ///
    /// # Errors
    /// An `Error` for a split that is not there.
    pub fn numbers(
        &self,
        dataset: u32,
        #[wasm_bindgen(unchecked_param_type = "Split")] split: &str,
    ) -> Result<Vec<u32>, JsValue> {
        let split = Split::from_str(split).map_err(error)?;
        Ok(self.datasets.get(dataset)?.split(split).numbers.iter().map(|number| *number as u32).collect())
    }

    /// Gives a model's classes other names, in the order of the outputs.
    ///
    /// # Errors
    /// An `Error` if they are more or fewer than the network tells apart.
    pub fn rename_classes(&self, model: u32, classes: Vec<String>) -> Result<(), JsValue> {
        let mut renamed = (*self.models.get(model)?).clone();
        renamed.network.check_classes(classes.len()).map_err(error)?;
        renamed.classes = classes;
        self.models.put(model, Rc::new(renamed));
        Ok(())
    }

    fn edit(&self, dataset: u32, edit: Edit) -> Result<(), JsValue> {
        self.replace(dataset, |now| now.edited(edit))
    }

    fn replace(
        &self,
        dataset: u32,
        change: impl FnOnce(&Dataset) -> Result<Dataset, DataError>,
    ) -> Result<(), JsValue> {
        let next = change(&*self.datasets.get(dataset)?).map_err(error)?;
        self.datasets.put(dataset, Rc::new(next));
        Ok(())
    }
}

/// Photos on their way into a dataset that is there already.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Addition {
    room: Room,
    sizing: Sizing,
    /// The path and the slot of each file that was decoded.
    photos: Vec<Option<(String, u32)>>,
}

impl Addition {
    /// The photos in the order of their files, whichever was decoded first.
    fn finish(self) -> Photos {
        let (paths, slots) = self.photos.into_iter().flatten().unzip();
        Photos { paths, pixels: self.room.into_pixels(slots) }
    }
}

#[wasm_bindgen]
impl Addition {
    /// How photos become images: `{ imageSize, interpolation, cropToAspectRatio }`.
    ///
    /// # Errors
    /// None that are known.
    #[wasm_bindgen(unchecked_return_type = "Sizing")]
    pub fn sizing(&self) -> Result<JsValue, JsValue> {
        to_js(&self.sizing)
    }

    /// Takes the pixels of the `nth` file, whose photo's shorter side has so many pixels.
    ///
    /// # Errors
    /// An `Error` for another number of bytes, or a store that is full.
    pub fn add(&mut self, nth: usize, path: String, pixels: &[u8], side: u16) -> Result<(), JsValue> {
        let key = Key::of(&path, pixels.len() as u64, None, pixels);
        let slot = self.room.push(key, pixels, side).map_err(error)?;
        if let Some(photo) = self.photos.get_mut(nth) {
            *photo = Some((path, slot));
        }
        Ok(())
    }
}
