//! What is asked of most outlines: whether a word stands in the file.

use bytes::Bytes;

use super::Outline;
use super::encode::head;

/// An outline as it is kept, of which only the words have been looked at.
#[derive(Debug, Clone)]
pub struct Sketch {
    bytes: Bytes,
}

impl Sketch {
    /// The sketch of a file.
    pub fn of(bytes: &[u8]) -> Self {
        Self { bytes: Outline::of(bytes).to_bytes().into() }
    }

    /// A sketch that was kept; `None` for bytes of another version, and for damaged ones as far as that can be seen.
    pub fn from_bytes(bytes: Bytes) -> Option<Self> {
        head(&bytes)?;
        Some(Self { bytes })
    }

    /// It as bytes, to be kept: the [outline](Outline::to_bytes).
    pub fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// See [`Outline::mentions`].
    pub fn mentions(&self, hash: u32) -> bool {
        let words = head(&self.bytes).map(|head| head.words).unwrap_or_default();
        words.binary_search_by(|word| u32::from_le_bytes(*word).cmp(&hash)).is_ok()
    }

    /// See [`Outline::is_doubtful`].
    pub fn is_doubtful(&self) -> bool {
        head(&self.bytes).is_none_or(|head| head.doubtful)
    }
}
