//! Pictures made for the tests, in every format that is read.
//!
//! The files were written by Pillow: 16 x 12 pixels, the left half `LEFT` and the right half `RIGHT`; the
//! second frame of an animation is all green.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, Rgb, RgbImage};

use crate::data::{Contents, DataError, DecodeError, ImportOptions, Importer, Key, Layout, decode_measured};
use crate::random::{Purpose, Stream};

pub const FORMATS: [ImageFormat; 5] =
    [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::Gif, ImageFormat::Bmp, ImageFormat::WebP];

pub const LEFT: [u8; 3] = [200, 30, 40];
pub const RIGHT: [u8; 3] = [20, 60, 180];
pub const FILES: [(&str, &[u8]); 7] = [
    ("progressive.jpg", include_bytes!("files/progressive.jpg")),
    ("cmyk.jpg", include_bytes!("files/cmyk.jpg")),
    ("palette.png", include_bytes!("files/palette.png")),
    ("animated.png", include_bytes!("files/animated.png")),
    ("animated.gif", include_bytes!("files/animated.gif")),
    ("animated.webp", include_bytes!("files/animated.webp")),
    ("lossy.webp", include_bytes!("files/lossy.webp")),
];

/// A photo's file by Pillow, or where that cannot write it by the crate jpeg-encoder, and what Pillow 13 makes of it.
macro_rules! sample {
    ($name:literal) => {
        (
            $name,
            include_bytes!(concat!("jpegs/", $name, ".jpg")) as &[u8],
            include_bytes!(concat!("jpegs/", $name, ".png")) as &[u8],
        )
    };
}

pub const JPEGS: [(&str, &[u8], &[u8]); 15] = [
    sample!("410"),
    sample!("411"),
    sample!("420"),
    sample!("422"),
    sample!("440"),
    sample!("444"),
    sample!("cmyk"),
    sample!("column"),
    sample!("grey"),
    sample!("narrow"),
    sample!("progressive"),
    sample!("restarts"),
    sample!("rgb"),
    sample!("row"),
    sample!("ycck"),
];

pub fn encode(image: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image.into().write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

pub fn solid(width: u32, height: u32, colour: [u8; 3]) -> RgbImage {
    RgbImage::from_pixel(width, height, Rgb(colour))
}

/// Smooth, with a different colour everywhere.
pub fn gradient(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        Rgb([(x * 255 / width) as u8, (y * 255 / height) as u8, ((x + y) * 127 / (width + height)) as u8])
    })
}

pub fn noise(width: u32, height: u32, seed: u32) -> RgbImage {
    let mut stream = Stream::new(seed, Purpose::Shuffle, 0);
    RgbImage::from_fn(width, height, |_, _| {
        let [red, green, blue, _] = stream.word().to_le_bytes();
        Rgb([red, green, blue])
    })
}

/// `jpeg` with an EXIF segment put behind its start: the orientation, and `thumbnail` at its end.
pub fn with_exif(jpeg: &[u8], orientation: u8, thumbnail: &[u8]) -> Vec<u8> {
    let mut tiff = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0".to_vec();
    tiff.extend([orientation, 0, 0, 0, 0, 0, 0, 0]);
    tiff.extend(thumbnail);
    let mut bytes = jpeg[..2].to_vec();
    bytes.extend([0xFF, 0xE1]);
    bytes.extend(((2 + 6 + tiff.len()) as u16).to_be_bytes());
    bytes.extend(b"Exif\0\0");
    bytes.extend(tiff);
    bytes.extend(&jpeg[2..]);
    bytes
}

/// Whether two colours are the same but for what JPEG loses.
pub fn close(one: &[u8], other: &[u8], by: u8) -> bool {
    one.len() == other.len() && one.iter().zip(other).all(|(a, b)| a.abs_diff(*b) <= by)
}

/// What reads folders and the engine do together, with files of which only the paths are known.
pub fn read_folder(paths: &[String], options: ImportOptions) -> Result<Importer, DataError> {
    options.check()?;
    let layout = Layout::of(paths, &Contents::default(), options.wanted())?;
    let handed_on = serde_json::to_string(&layout).unwrap();
    assert_eq!(Layout::from_json(&handed_on, paths.len()).as_ref(), Ok(&layout));
    Importer::new(paths.to_vec(), layout, options)
}

/// Decodes a file for an importer, as the page's workers do.
pub fn add(importer: &mut Importer, index: usize, bytes: &[u8]) -> Result<(), DecodeError> {
    if !importer.wants(index) {
        return Err(DecodeError::NotWanted(index));
    }
    let decoded = decode_measured(bytes, importer.sizing()).inspect_err(|error| {
        importer.reject(index, error.to_string());
    })?;
    importer.add_pixels(index, &decoded.pixels, decoded.side, Key::default())
}
