//! Unpacking what git has packed.

use std::cell::RefCell;
use std::io::BufRead;

use flate2::{Decompress, FlushDecompress, Status};

thread_local! {
    // To make one takes longer than to unpack a small object with it.
    static STATE: RefCell<Decompress> = RefCell::new(Decompress::new(true));
}

/// Room that is made at least, in bytes, when what was unpacked has filled what there was.
const ROOM: usize = 4096;

/// The unpacked bytes of one stream; `None` when it is damaged, ends too early, or holds more than `most` bytes. `expected` is
/// how many there will be, as far as that is known.
pub(super) fn inflate(mut input: impl BufRead, expected: usize, most: usize) -> Option<Vec<u8>> {
    STATE.with_borrow_mut(|state| {
        state.reset(true);
        let mut bytes = Vec::with_capacity(expected);
        loop {
            let packed = input.fill_buf().ok()?;
            let is_last = packed.is_empty();
            if bytes.len() == bytes.capacity() {
                bytes.reserve(bytes.len().max(ROOM));
            }
            let (before, had) = (state.total_in(), bytes.len());
            let status = state.decompress_vec(packed, &mut bytes, FlushDecompress::None).ok()?;
            let taken = (state.total_in() - before) as usize;
            input.consume(taken);
            if bytes.len() > most {
                return None;
            }
            match status {
                Status::StreamEnd => return Some(bytes),
                Status::Ok | Status::BufError if is_last && bytes.len() == had => return None,
                Status::Ok | Status::BufError => {}
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::ZlibEncoder;

    use super::inflate;

    fn packed(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(bytes).expect("memory takes all");
        encoder.finish().expect("memory takes all")
    }

    #[test]
    fn what_was_packed_comes_back_one_after_the_other() {
        let long: Vec<u8> = (0..100_000_u32).flat_map(u32::to_le_bytes).collect();
        for bytes in [&b""[..], b"short", &long, b"short"] {
            for expected in [0, bytes.len()] {
                let unpacked = inflate(packed(bytes).as_slice(), expected, usize::MAX);
                assert_eq!(unpacked.as_deref(), Some(bytes));
            }
        }
    }

    #[test]
    fn damage_is_no_content() {
        let good = packed(&[7; 10_000]);
        assert_eq!(inflate(&good[..good.len() / 2], 10_000, usize::MAX), None);
        assert_eq!(inflate(&b"nothing of the kind"[..], 0, usize::MAX), None);
        assert_eq!(inflate(good.as_slice(), 0, 9_999), None);
    }
}
