use png::{BitDepth, ColorType, Compression, Encoder};

/// Where a photo lies: by its number, as its own name may be none that a system takes, or one of two.
pub(super) fn name(split: &str, nth: usize) -> String {
    format!("photos/{split}/{:06}.png", nth + 1)
}

/// `[height, width, channels]` as PNG, or why there is none.
pub(super) fn png(pixels: &[u8], [height, width, channels]: [usize; 3]) -> Result<Vec<u8>, String> {
    let color = if channels == 1 { ColorType::Grayscale } else { ColorType::Rgb };
    let side = |side: usize| u32::try_from(side).map_err(|error| error.to_string());
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, side(width)?, side(height)?);
    encoder.set_color(color);
    encoder.set_depth(BitDepth::Eight);
    encoder.set_compression(Compression::Fast);
    let written = encoder.write_header().and_then(|mut writer| {
        writer.write_image_data(pixels)?;
        writer.finish()
    });
    written.map_err(|error| format!("a photo cannot be written as PNG ({error})"))?;
    Ok(bytes)
}
