//! Hashing of numbers that we give out ourselves, in order: nobody outside can choose them so that they collide.

use std::hash::{BuildHasherDefault, Hasher};

/// Hashes keys made of our own numbers. Not for text.
pub(super) type ByNumber = BuildHasherDefault<NumberHasher>;

#[derive(Default)]
pub(super) struct NumberHasher(u64);

/// An odd number without pattern: 2^64 divided by the golden ratio.
const SPREAD: u64 = 0x9E37_79B9_7F4A_7C15;

impl Hasher for NumberHasher {
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_u32((*byte).into()));
    }

    fn write_u32(&mut self, number: u32) {
        self.0 = (self.0.rotate_left(26) ^ u64::from(number)).wrapping_mul(SPREAD);
    }

    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 32)
    }
}
