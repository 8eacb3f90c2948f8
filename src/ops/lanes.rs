//! Four numbers at a time: wasm's simd128, and natively what the compiler makes of an array.

#[cfg(target_arch = "wasm32")]
use core::arch::wasm32 as simd;

/// Four `f32`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lanes(
    #[cfg(target_arch = "wasm32")] simd::v128,
    #[cfg(not(target_arch = "wasm32"))] [f32; 4],
);

/// How many numbers [`Lanes`] has.
pub(super) const LANES: usize = 4;

#[allow(unsafe_code)]
#[cfg(target_arch = "wasm32")]
impl Lanes {
    #[inline(always)]
    pub(super) fn all(value: f32) -> Self {
        Self(simd::f32x4_splat(value))
    }

    /// # Safety
    /// Four values from `at` on may be read.
    #[inline(always)]
    pub(super) unsafe fn load(at: *const f32) -> Self {
        // SAFETY: the caller's; wasm needs no alignment.
        Self(unsafe { simd::v128_load(at.cast()) })
    }

    /// # Safety
    /// Four values from `at` on may be written.
    #[inline(always)]
    pub(super) unsafe fn store(self, at: *mut f32) {
        // SAFETY: the caller's; wasm needs no alignment.
        unsafe { simd::v128_store(at.cast(), self.0) }
    }

    #[inline(always)]
    pub(super) fn add(self, other: Self) -> Self {
        Self(simd::f32x4_add(self.0, other.0))
    }

    #[inline(always)]
    pub(super) fn sub(self, other: Self) -> Self {
        Self(simd::f32x4_sub(self.0, other.0))
    }

    #[inline(always)]
    pub(super) fn mul(self, other: Self) -> Self {
        Self(simd::f32x4_mul(self.0, other.0))
    }

    /// `max(x, 0)`; not a number becomes 0.
    #[inline(always)]
    pub(super) fn relu(self) -> Self {
        Self(simd::f32x4_pmax(simd::f32x4_splat(0.0), self.0))
    }

    /// `other` where `a < b`.
    #[inline(always)]
    pub(super) fn where_less(self, a: Self, b: Self, other: Self) -> Self {
        Self(simd::v128_bitselect(other.0, self.0, simd::f32x4_lt(a.0, b.0)))
    }

    /// The sum of the four.
    #[inline(always)]
    pub(super) fn sum(self) -> f32 {
        let halves = simd::f32x4_add(self.0, simd::i32x4_shuffle::<2, 3, 0, 1>(self.0, self.0));
        simd::f32x4_extract_lane::<0>(halves) + simd::f32x4_extract_lane::<1>(halves)
    }
}

#[allow(unsafe_code)]
#[cfg(not(target_arch = "wasm32"))]
impl Lanes {
    #[inline(always)]
    pub(super) fn all(value: f32) -> Self {
        Self([value; LANES])
    }

    /// # Safety
    /// Four values from `at` on may be read.
    #[inline(always)]
    pub(super) unsafe fn load(at: *const f32) -> Self {
        // SAFETY: the caller's.
        Self(unsafe { at.cast::<[f32; LANES]>().read_unaligned() })
    }

    /// # Safety
    /// Four values from `at` on may be written.
    #[inline(always)]
    pub(super) unsafe fn store(self, at: *mut f32) {
        // SAFETY: the caller's.
        unsafe { at.cast::<[f32; LANES]>().write_unaligned(self.0) }
    }

    #[inline(always)]
    pub(super) fn add(self, other: Self) -> Self {
        Self(std::array::from_fn(|lane| self.0[lane] + other.0[lane]))
    }

    #[inline(always)]
    pub(super) fn sub(self, other: Self) -> Self {
        Self(std::array::from_fn(|lane| self.0[lane] - other.0[lane]))
    }

    #[inline(always)]
    pub(super) fn mul(self, other: Self) -> Self {
        Self(std::array::from_fn(|lane| self.0[lane] * other.0[lane]))
    }

    /// `max(x, 0)`; not a number becomes 0.
    #[inline(always)]
    pub(super) fn relu(self) -> Self {
        Self(std::array::from_fn(|lane| self.0[lane].max(0.0)))
    }

    /// `other` where `a < b`.
    #[inline(always)]
    pub(super) fn where_less(self, a: Self, b: Self, other: Self) -> Self {
        Self(std::array::from_fn(|lane| if a.0[lane] < b.0[lane] { other.0[lane] } else { self.0[lane] }))
    }

    /// The sum of the four.
    #[inline(always)]
    pub(super) fn sum(self) -> f32 {
        (self.0[0] + self.0[2]) + (self.0[1] + self.0[3])
    }
}
