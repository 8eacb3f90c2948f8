//! How training photos are changed at random: the settings of Keras' `ImageDataGenerator`, and what is drawn by
//! them for one photo.

use serde::{Deserialize, Serialize, Serializer};
use serde_json::{Map, Value};

use super::ModelError;
use crate::random::{Purpose, pcg4d, uniform};

/// What may happen to a training photo; by default nothing. Names, meanings and defaults are those that Keras
/// documents for its `ImageDataGenerator` (`keras/src/legacy/preprocessing/image.py`).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(try_from = "Map<String, Value>")]
pub struct Augmentation {
    /// Degrees by which a photo turns at the most, to either side.
    pub rotation_range: f64,
    /// How far a photo moves sideways. See [`Amount`]: below 1 a share of the width, else pixels.
    pub width_shift_range: Amount,
    /// How far a photo moves up or down. See [`Amount`]: below 1 a share of the height, else pixels.
    pub height_shift_range: Amount,
    /// Degrees by which a photo leans at the most, to either side.
    pub shear_range: f64,
    /// What coordinates are multiplied by, drawn for each axis: one number `z` stands for `[1 - z, 1 + z]`, two
    /// for themselves. Below 1 makes things larger.
    pub zoom_range: Amount,
    /// Whether left and right change places half of the time.
    pub horizontal_flip: bool,
    /// Whether top and bottom change places half of the time.
    pub vertical_flip: bool,
    /// The least and the most that bytes are multiplied by.
    pub brightness_range: Option<[f64; 2]>,
    /// What is added to all bytes of a photo at the most, or taken off; none leaves what the photo spans.
    pub channel_shift_range: f64,
    /// What fills the area beyond the photo's edge.
    pub fill_mode: FillMode,
    /// The byte that [`FillMode::Constant`] shows.
    pub cval: f64,
}

/// One number or several, as Keras' shifts and zoom take them.
///
/// A shift of one number below 1 is a share of the photo's side, and any up to it is drawn; one that is not whole,
/// alike, in pixels; a whole number `n` stands for the whole pixels up to `n - 1`, as Python's `int` does in Keras.
/// Of several, one is picked. All shifts go to either side.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(test, derive(ts_rs::TS), ts(type = "number | number[]"))]
pub enum Amount {
    /// One.
    One(f64),
    /// Several: the first so many of these.
    Several([f64; Amount::MOST], usize),
}

/// What is seen beyond a photo's edge, for a photo `abcd`; the names are scipy's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum FillMode {
    /// `aaaa|abcd|dddd`.
    Nearest,
    /// `dcba|abcd|dcba`.
    Reflect,
    /// `bcda|bcda|bcda`: scipy's period is one pixel shorter than the photo.
    Wrap,
    /// `cval` everywhere.
    Constant,
}

/// What was drawn for one photo, under Keras' names.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Transform {
    /// The rotation in degrees.
    pub theta: f64,
    /// The shift sideways in pixels.
    pub tx: f64,
    /// The shift up or down in pixels.
    pub ty: f64,
    /// The shear in degrees.
    pub shear: f64,
    /// What columns are multiplied by.
    pub zx: f64,
    /// What rows are multiplied by.
    pub zy: f64,
    /// Whether left and right change places.
    pub flip_horizontal: bool,
    /// Whether top and bottom do.
    pub flip_vertical: bool,
    /// What is added to all bytes.
    pub channel_shift_intensity: f64,
    /// What they are multiplied by.
    pub brightness: f64,
}

/// Numbers that are drawn for a photo, whatever is asked for: so one setting changes nothing of what another draws.
const DRAWS: usize = 12;

impl Default for Augmentation {
    fn default() -> Self {
        Self {
            rotation_range: 0.0,
            width_shift_range: Amount::One(0.0),
            height_shift_range: Amount::One(0.0),
            shear_range: 0.0,
            zoom_range: Amount::One(0.0),
            horizontal_flip: false,
            vertical_flip: false,
            brightness_range: None,
            channel_shift_range: 0.0,
            fill_mode: FillMode::Nearest,
            cval: 0.0,
        }
    }
}

impl Augmentation {
    /// The book's for cats and dogs (section 5.2).
    pub fn cats_and_dogs() -> Self {
        Self {
            rotation_range: 40.0,
            width_shift_range: Amount::One(0.2),
            height_shift_range: Amount::One(0.2),
            shear_range: 0.2,
            zoom_range: Amount::One(0.2),
            horizontal_flip: true,
            ..Self::default()
        }
    }

    /// Whether no photo is ever changed.
    pub fn is_idle(&self) -> bool {
        let filled = Self { fill_mode: FillMode::Nearest, cval: 0.0, ..*self };
        filled == Self::default()
    }

    /// Checks that every number is in its range.
    ///
    /// # Errors
    /// [`ModelError::Setting`] naming the field and what it may be.
    pub fn check(&self) -> Result<(), ModelError> {
        for (name, number, most) in [
            ("rotation_range", self.rotation_range, 360.0),
            ("shear_range", self.shear_range, 89.0),
            ("channel_shift_range", self.channel_shift_range, 255.0),
            ("cval", self.cval, 255.0),
        ] {
            if !(0.0..=most).contains(&number) {
                return wrong(format!("{name} is {number}; it must be from 0 to {most}"));
            }
        }
        for (name, shift) in
            [("width_shift_range", &self.width_shift_range), ("height_shift_range", &self.height_shift_range)]
        {
            let numbers = shift.numbers();
            let right = !numbers.is_empty() && numbers.iter().all(|number| number.is_finite());
            if !right || matches!(shift, Amount::One(most) if *most < 0.0) {
                return wrong(format!("{name} must be a number that is at least 0, or a list of pixels"));
            }
        }
        let ordered = |range: [f64; 2], least: f64| {
            range.iter().all(|factor| factor.is_finite() && *factor >= least) && range[0] <= range[1]
        };
        if !matches!(self.zoom(), Some(range) if range[0] > 0.0 && ordered(range, 0.0)) {
            return wrong(
                "zoom_range must be at least 0 and below 1, or two factors above 0, the smaller one first"
                    .into(),
            );
        }
        if !self.brightness_range.is_none_or(|range| ordered(range, 0.0)) {
            return wrong("brightness_range must be two factors of at least 0, the smaller one first".into());
        }
        Ok(())
    }

    /// The least and the most zoom; none where there are not one or two numbers.
    fn zoom(&self) -> Option<[f64; 2]> {
        match &self.zoom_range {
            Amount::One(zoom) => Some([1.0 - zoom, 1.0 + zoom]),
            several @ Amount::Several(..) => several.numbers().try_into().ok(),
        }
    }

    /// What happens to the photo with this number in the epoch, of so many rows and columns. The same numbers draw
    /// the same, in whatever order and on whatever device.
    pub fn draw(&self, [height, width]: [usize; 2], seed: u32, epoch: u32, sample: u32) -> Transform {
        let [a, b, c, _] = pcg4d([seed, Purpose::Augmentation.word(), epoch, sample]);
        let mut drawn = [0.0; DRAWS];
        for (block, four) in (0..).zip(drawn.chunks_mut(4)) {
            for (number, word) in four.iter_mut().zip(pcg4d([a, b, c, block])) {
                *number = f64::from(uniform(word));
            }
        }
        // In the order in which Keras draws; its first shift is what moves photos sideways.
        let [theta, tx, tx_side, ty, ty_side, shear, zx, zy, across, down, intensity, brightness] = drawn;
        let either_side = |range: f64, number: f64| range * (2.0 * number - 1.0);
        let between = |[least, most]: [f64; 2], number: f64| least + (most - least) * number;
        let zoom = self.zoom().unwrap_or([1.0, 1.0]);
        Transform {
            theta: either_side(self.rotation_range, theta),
            tx: self.width_shift_range.shift(width, tx, tx_side),
            ty: self.height_shift_range.shift(height, ty, ty_side),
            shear: either_side(self.shear_range, shear),
            zx: between(zoom, zx),
            zy: between(zoom, zy),
            flip_horizontal: self.horizontal_flip && across < 0.5,
            flip_vertical: self.vertical_flip && down < 0.5,
            channel_shift_intensity: either_side(self.channel_shift_range, intensity),
            brightness: self.brightness_range.map_or(1.0, |range| between(range, brightness)),
        }
    }
}

impl Amount {
    /// How many there may be.
    pub const MOST: usize = 16;

    /// Two.
    #[cfg(test)]
    pub fn two([first, second]: [f64; 2]) -> Self {
        let mut numbers = [0.0; Self::MOST];
        (numbers[0], numbers[1]) = (first, second);
        Self::Several(numbers, 2)
    }

    /// All of them.
    pub fn numbers(&self) -> &[f64] {
        match self {
            Self::One(number) => std::slice::from_ref(number),
            Self::Several(numbers, count) => numbers.get(..*count).unwrap_or_default(),
        }
    }

    /// A shift in pixels along a side of so many, by two numbers below 1.
    fn shift(&self, side: usize, number: f64, which_side: f64) -> f64 {
        let sign = if which_side < 0.5 { -1.0 } else { 1.0 };
        match self {
            Self::One(most) if *most >= 1.0 && most.fract() == 0.0 => sign * (number * most).floor(),
            Self::One(most) => {
                let scale = if *most < 1.0 { side as f64 } else { 1.0 };
                most * (2.0 * number - 1.0) * scale
            }
            Self::Several(..) => {
                let pixels = self.numbers();
                let picked = pixels.get((number * pixels.len() as f64) as usize).copied().unwrap_or_default();
                let shares = pixels.iter().all(|pixel| *pixel < 1.0);
                sign * picked * if shares { side as f64 } else { 1.0 }
            }
        }
    }
}

/// As it is read: a number, or a list of them.
impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::One(number) => serializer.serialize_f64(*number),
            Self::Several(..) => serializer.collect_seq(self.numbers()),
        }
    }
}

/// By hand, so that an error names the setting.
impl TryFrom<Map<String, Value>> for Augmentation {
    type Error = ModelError;

    fn try_from(settings: Map<String, Value>) -> Result<Self, ModelError> {
        let mut read = Self::default();
        for (name, value) in &settings {
            if let Err(right) = read.set(name, value) {
                let found = match value {
                    Value::Null => "null".to_owned(),
                    Value::Bool(truth) => truth.to_string(),
                    Value::Number(number) => number.to_string(),
                    Value::String(text) => format!("\"{text}\""),
                    Value::Array(_) => "a list".to_owned(),
                    Value::Object(_) => "an object".to_owned(),
                };
                return wrong(if right.is_empty() {
                    format!("there is no setting \"{name}\"; there are {SETTINGS}")
                } else {
                    format!("{name} is {found}; it must be {right}")
                });
            }
        }
        Ok(read)
    }
}

const SETTINGS: &str = "rotation_range, width_shift_range, height_shift_range, shear_range, zoom_range, \
    horizontal_flip, vertical_flip, brightness_range, channel_shift_range, fill_mode and cval";

impl Augmentation {
    /// Takes a setting over, or says what it must be; nothing where there is no such setting.
    fn set(&mut self, name: &str, value: &Value) -> Result<(), &'static str> {
        let number = || value.as_f64().ok_or("a number");
        let truth = || value.as_bool().ok_or("true or false");
        let several = || {
            let mut numbers = [0.0; Amount::MOST];
            let list = value.as_array()?;
            for (number, value) in numbers.get_mut(..list.len())?.iter_mut().zip(list) {
                *number = value.as_f64()?;
            }
            Some(Amount::Several(numbers, list.len()))
        };
        let amount = || match value.as_f64() {
            Some(number) => Ok(Amount::One(number)),
            None => several().ok_or("a number, or a list of 16 numbers at most"),
        };
        match name {
            "rotation_range" => self.rotation_range = number()?,
            "width_shift_range" => self.width_shift_range = amount()?,
            "height_shift_range" => self.height_shift_range = amount()?,
            "shear_range" => self.shear_range = number()?,
            "zoom_range" => self.zoom_range = amount()?,
            "horizontal_flip" => self.horizontal_flip = truth()?,
            "vertical_flip" => self.vertical_flip = truth()?,
            "brightness_range" => {
                self.brightness_range = several().and_then(|numbers| numbers.numbers().try_into().ok());
                if self.brightness_range.is_none() && !value.is_null() {
                    return Err("two numbers, such as [0.8, 1.2]");
                }
            }
            "channel_shift_range" => self.channel_shift_range = number()?,
            "fill_mode" => {
                self.fill_mode = match value.as_str() {
                    Some("nearest") => FillMode::Nearest,
                    Some("reflect") => FillMode::Reflect,
                    Some("wrap") => FillMode::Wrap,
                    Some("constant") => FillMode::Constant,
                    _ => return Err("\"nearest\", \"reflect\", \"wrap\" or \"constant\""),
                }
            }
            "cval" => self.cval = number()?,
            _ => return Err(""),
        }
        Ok(())
    }
}

fn wrong<T>(reason: String) -> Result<T, ModelError> {
    Err(ModelError::Setting { layer: "augmentation".into(), reason })
}
