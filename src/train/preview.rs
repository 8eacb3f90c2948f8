use crate::model::{Augmentation, ModelError};
use crate::ops::augment::{Augment, ROW, row};
use crate::ops::{Io, Operation, StepParams};

/// A photo, `shape` being height, width and channels, as the first `count` samples of an epoch would show it to the
/// network: bytes again, one version after the other.
///
/// # Errors
/// [`ModelError::Setting`] for a setting that is out of range.
pub fn augmented(
    photo: &[u8],
    shape: [usize; 3],
    augmentation: &Augmentation,
    seed: u32,
    count: usize,
) -> Result<Vec<u8>, ModelError> {
    augmentation.check()?;
    let [height, width, _] = shape;
    let rows: Vec<[f32; ROW]> = (0..count as u32)
        .map(|sample| row(&augmentation.draw([height, width], seed, 1, sample), height, width))
        .collect();
    let mut bytes = photo.repeat(count);
    bytes.resize(bytes.len().next_multiple_of(4), 0);
    let words: Vec<f32> = bytemuck::pod_collect_to_vec(&bytes);
    let mut values = vec![0.0; photo.len() * count];
    let mut io = Io {
        inputs: vec![&words, rows.as_flattened()],
        outputs: vec![&mut values],
        scratch: &mut Default::default(),
    };
    Augment::new(count, shape, augmentation).cpu(&StepParams::default(), &mut io);
    Ok(values.iter().map(|value| (value * 255.0).round() as u8).collect())
}
