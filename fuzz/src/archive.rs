//! Archives of repositories: nothing in them is believed, and what is read and kept is bounded.

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use asyncwarden::change::ContentId;
use asyncwarden::forge::{ListedFile, Sink, Wanted};
use asyncwarden::fuzzing::unpack;
use flate2::Compression;
use flate2::write::GzEncoder;

/// The files that are wanted.
const FILES: [(&str, &[u8]); 3] =
    [("a.py", b"x = 1\n"), ("pkg/b.py", b""), ("deep/er/c.py", b"import asyncio\n")];
const MOST_UNPACKED: u64 = 256 << 10;

/// Reads the input as an archive, and as what an archive packs, which no checksum keeps from being read.
pub(super) fn archive(data: &[u8]) {
    read(data);
    let mut packer = GzEncoder::new(Vec::new(), Compression::none());
    packer.write_all(data).expect("into memory");
    read(&packer.finish().expect("into memory"));
}

fn read(packed: &[u8]) {
    let listed = |bytes: &[u8]| ListedFile { id: ContentId::of(bytes), size: None };
    let files: BTreeMap<_, _> =
        FILES.iter().map(|(path, bytes)| ((*path).to_owned(), listed(bytes))).collect();
    let most_packed = 128 << 10;
    let wanted = Wanted { files: Arc::new(files), most_packed, most_unpacked: MOST_UNPACKED };
    let taken = Arc::new(AtomicUsize::new(0));
    let counter = taken.clone();
    let sink: Sink = Arc::new(move |id, bytes| {
        assert!(id.names(&bytes), "bytes of another name");
        assert!(FILES.iter().any(|(_, wanted)| **wanted == *bytes), "nobody wanted this");
        counter.fetch_add(bytes.len(), Ordering::Relaxed);
        true
    });
    if let Err(error) = unpack(packed, &wanted, &sink) {
        assert!(error.to_string().len() < 1_000, "{error}");
    }
    assert!(taken.load(Ordering::Relaxed) as u64 <= MOST_UNPACKED);
}
