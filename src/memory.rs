//! Large pieces of memory, which are refused rather than the end of the program.
//!
//! A wasm instance has at most 4 GiB, of which the browser may give less, and where an ordinary allocation fails there
//! it is over, with all datasets and models. So whatever may be large is asked for here. Enough is always left for
//! what is small, and for what it takes to save a model.

use std::fmt::{self, Display, Formatter};

/// What a large piece has to leave: the parameters of the largest network twice, as when it is saved.
const LEFT: usize = 256 << 20;
/// Pieces below this are small: they need not leave anything.
const LARGE: usize = 16 << 20;

/// There is not so much memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it needs {} of memory, and there is less", Bytes(*.0))]
pub struct Full(
    /// Bytes that were asked for.
    pub u64,
);

/// Bytes as people read them: `740 MiB`, rounded up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bytes(
    /// How many.
    pub u64,
);

impl Display for Bytes {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} MiB", self.0.div_ceil(1 << 20))
    }
}

/// An empty vector with room for so many values.
///
/// # Errors
/// [`Full`].
pub fn room<T>(len: usize) -> Result<Vec<T>, Full> {
    let bytes = (len as u64).saturating_mul(size_of::<T>() as u64);
    let mut values = Vec::new();
    #[cfg(test)]
    tests::take(bytes)?;
    values.try_reserve_exact(len).map_err(|_| Full(bytes))?;
    if bytes >= LARGE as u64 {
        leave(bytes)?;
    }
    // Else a compiler is free to take nothing where nothing is done with it.
    Ok(std::hint::black_box(values))
}

/// So many values, all of them zero.
///
/// # Errors
/// [`Full`].
pub fn zeros<T: bytemuck::Zeroable + Clone>(len: usize) -> Result<Vec<T>, Full> {
    let mut values = room(len)?;
    values.resize(len, T::zeroed());
    Ok(values)
}

/// A copy of some values.
///
/// # Errors
/// [`Full`].
pub fn copy<T: Copy>(values: &[T]) -> Result<Vec<T>, Full> {
    let mut copy = room(values.len())?;
    copy.extend_from_slice(values);
    Ok(copy)
}

/// Whether enough is left once `bytes` are taken. What is asked for here is given back untouched.
fn leave(bytes: u64) -> Result<(), Full> {
    let mut left = Vec::<u8>::new();
    left.try_reserve_exact(LEFT).map_err(|_| Full(bytes))?;
    // As above.
    std::hint::black_box(&mut left);
    Ok(())
}

#[cfg(test)]
pub(crate) mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use std::cell::Cell;

    use super::*;

    thread_local! {
        /// Bytes that a piece may have, in a test that makes memory small.
        static MOST: Cell<u64> = const { Cell::new(u64::MAX) };
    }

    pub(super) fn take(bytes: u64) -> Result<(), Full> {
        if bytes > MOST.get() { Err(Full(bytes)) } else { Ok(()) }
    }

    /// Does something while no piece may have more than so many bytes.
    pub(crate) fn with_at_most<T>(bytes: u64, something: impl FnOnce() -> T) -> T {
        MOST.set(bytes);
        let done = something();
        MOST.set(u64::MAX);
        done
    }

    #[test]
    fn what_there_is_not_is_refused_with_its_bytes() {
        assert_eq!(zeros::<f32>(usize::MAX / 2), Err(Full((usize::MAX as u64 / 2).saturating_mul(4))));
        assert_eq!(room::<u8>(usize::MAX), Err(Full(usize::MAX as u64)));
        assert_eq!(Full(5 << 20).to_string(), "it needs 5 MiB of memory, and there is less");
        assert_eq!(Bytes(1).to_string(), "1 MiB");
        assert_eq!(zeros::<f32>(3), Ok(vec![0.0; 3]));
        assert_eq!(copy(&[1_u8, 2]), Ok(vec![1, 2]));
        assert_eq!(with_at_most(7, || zeros::<f32>(2)), Err(Full(8)));
    }

    /// The real thing: all that an instance may have is taken, and what is large is refused while what is small goes on.
    #[cfg(target_arch = "wasm32")]
    #[test]
    fn a_full_instance_refuses_what_is_large_and_goes_on() {
        let mut taken: Vec<Vec<u8>> = Vec::new();
        while let Ok(piece) = room(64 << 20) {
            taken.push(piece);
            assert!(taken.len() < 64, "a wasm instance has no 4 GiB");
        }
        assert!(taken.len() > 4, "{}", taken.len());
        assert_eq!(zeros::<u8>(64 << 20), Err(Full(64 << 20)));
        // What was to be left is still there.
        let mut left = Vec::<u8>::new();
        assert!(left.try_reserve_exact(LEFT / 2).is_ok());
        drop(std::hint::black_box((taken, left)));
        assert!(zeros::<u8>(64 << 20).is_ok());
    }
}
