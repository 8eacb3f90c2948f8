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
impl Lanes {
    #[inline(always)]
    pub(super) fn of(values: &[f32; LANES]) -> Self {
        // SAFETY: so many are there.
        unsafe { Self::load(values.as_ptr()) }
    }

    #[inline(always)]
    pub(super) fn write(self, to: &mut [f32; LANES]) {
        // SAFETY: there is room for so many.
        unsafe { self.store(to.as_mut_ptr()) }
    }

    /// All four.
    pub(super) fn values(self) -> [f32; LANES] {
        let mut values = [0.0; LANES];
        self.write(&mut values);
        values
    }
}

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

    /// The smaller ones; `most` where one is no number.
    #[inline(always)]
    pub(super) fn at_most(self, most: Self) -> Self {
        Self(simd::f32x4_pmin(most.0, self.0))
    }

    /// The larger ones; `least` where one is no number.
    #[inline(always)]
    pub(super) fn at_least(self, least: Self) -> Self {
        Self(simd::f32x4_pmax(least.0, self.0))
    }

    #[inline(always)]
    pub(super) fn div(self, other: Self) -> Self {
        Self(simd::f32x4_div(self.0, other.0))
    }

    #[inline(always)]
    pub(super) fn floor(self) -> Self {
        Self(simd::f32x4_floor(self.0))
    }

    /// One of the four, four times.
    #[inline(always)]
    pub(super) fn each<const LANE: usize>(self) -> Self {
        Self(simd::i32x4_shuffle::<LANE, LANE, LANE, LANE>(self.0, self.0))
    }

    /// As whole numbers; all of them must be at least 0.
    #[inline(always)]
    pub(super) fn whole(self) -> [usize; LANES] {
        // Signed, since processors have no other conversion.
        let whole = simd::i32x4_trunc_sat_f32x4(self.0);
        [
            simd::u32x4_extract_lane::<0>(whole) as usize,
            simd::u32x4_extract_lane::<1>(whole) as usize,
            simd::u32x4_extract_lane::<2>(whole) as usize,
            simd::u32x4_extract_lane::<3>(whole) as usize,
        ]
    }

    /// Two to these powers, which are whole and between -126 and 127; 1 for what is no number.
    #[inline(always)]
    pub(super) fn power_of_two(self) -> Self {
        let exponent = simd::i32x4_add(simd::i32x4_trunc_sat_f32x4(self.0), simd::i32x4_splat(127));
        Self(simd::i32x4_shl(exponent, 23))
    }

    /// Which of them are others, or no numbers: the lowest bit for the first.
    #[inline(always)]
    pub(super) fn differing(self, other: Self) -> u8 {
        simd::i32x4_bitmask(simd::f32x4_ne(self.0, other.0))
    }

    /// Of the eight bytes from `at` on the first `CHANNELS` and as many behind them, one a lane.
    ///
    /// # Safety
    /// Eight bytes from `at` on may be read.
    #[inline(always)]
    pub(super) unsafe fn two_pixels<const CHANNELS: usize>(at: *const u8) -> [Self; 2] {
        const NONE: u8 = 255;
        // SAFETY: the caller's; wasm needs no alignment.
        let bytes = unsafe { simd::v128_load64_zero(at.cast()) };
        let pixel = |first: u8| {
            let [a, b, c] =
                [0, 1, 2].map(|byte| if usize::from(byte) < CHANNELS { first + byte } else { NONE });
            let places = simd::u8x16(
                a, NONE, NONE, NONE, b, NONE, NONE, NONE, c, NONE, NONE, NONE, NONE, NONE, NONE, NONE,
            );
            Self(simd::f32x4_convert_i32x4(simd::i8x16_swizzle(bytes, places)))
        };
        [pixel(0), pixel(CHANNELS as u8)]
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

    /// The smaller ones; `most` where one is no number.
    #[inline(always)]
    pub(super) fn at_most(self, most: Self) -> Self {
        Self(std::array::from_fn(
            |lane| if self.0[lane] < most.0[lane] { self.0[lane] } else { most.0[lane] },
        ))
    }

    /// The larger ones; `least` where one is no number.
    #[inline(always)]
    pub(super) fn at_least(self, least: Self) -> Self {
        Self(std::array::from_fn(
            |lane| if self.0[lane] > least.0[lane] { self.0[lane] } else { least.0[lane] },
        ))
    }

    #[inline(always)]
    pub(super) fn div(self, other: Self) -> Self {
        Self(std::array::from_fn(|lane| self.0[lane] / other.0[lane]))
    }

    #[inline(always)]
    pub(super) fn floor(self) -> Self {
        Self(self.0.map(f32::floor))
    }

    /// One of the four, four times.
    #[inline(always)]
    pub(super) fn each<const LANE: usize>(self) -> Self {
        Self([self.0[LANE]; LANES])
    }

    /// As whole numbers; all of them must be at least 0.
    #[inline(always)]
    pub(super) fn whole(self) -> [usize; LANES] {
        self.0.map(|value| value as usize)
    }

    /// Two to these powers, which are whole and between -126 and 127; 1 for what is no number.
    #[inline(always)]
    pub(super) fn power_of_two(self) -> Self {
        Self(self.0.map(|power| f32::from_bits(((power as i32 + 127) << 23) as u32)))
    }

    /// Which of them are others, or no numbers: the lowest bit for the first.
    #[inline(always)]
    pub(super) fn differing(self, other: Self) -> u8 {
        (0..LANES).fold(0, |bits, lane| bits | u8::from(self.0[lane] != other.0[lane]) << lane)
    }

    /// Of the eight bytes from `at` on the first `CHANNELS` and as many behind them, one a lane.
    ///
    /// # Safety
    /// Eight bytes from `at` on may be read.
    #[inline(always)]
    pub(super) unsafe fn two_pixels<const CHANNELS: usize>(at: *const u8) -> [Self; 2] {
        // SAFETY: the caller's.
        let bytes = unsafe { at.cast::<[u8; 8]>().read_unaligned() };
        [0, CHANNELS].map(|first| {
            let byte = |lane: usize| if lane < CHANNELS { f32::from(bytes[first + lane]) } else { 0.0 };
            Self(std::array::from_fn(byte))
        })
    }

    /// The sum of the four.
    #[inline(always)]
    pub(super) fn sum(self) -> f32 {
        (self.0[0] + self.0[2]) + (self.0[1] + self.0[3])
    }
}
