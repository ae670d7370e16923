use std::io::Write;
use std::sync::Mutex;

use flate2::Compression;
use flate2::write::GzEncoder;
use tar::{Builder, Header};

use super::*;
use crate::change::ContentId;

fn listed(files: &[(&str, &[u8])]) -> Wanted {
    let listed = |bytes: &[u8]| ListedFile { id: ContentId::of(bytes), size: None };
    let files = files.iter().map(|(path, bytes)| ((*path).to_owned(), listed(bytes)));
    Wanted { files: Arc::new(files.collect()), most_packed: 1 << 20, most_unpacked: 8 << 20 }
}

fn header(kind: EntryType, size: usize) -> Header {
    let mut header = Header::new_ustar();
    header.set_entry_type(kind);
    header.set_size(size as u64);
    header.set_mode(0o644);
    header
}

/// An archive as platforms make it: a global header, then everything below one folder.
fn archive(entries: &[(&str, EntryType, &[u8])]) -> Vec<u8> {
    let mut builder = Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    let comment = b"52 comment=1234567890123456789012345678901234567890\n";
    let mut first = header(EntryType::XGlobalHeader, comment.len());
    builder.append_data(&mut first, "pax_global_header", &comment[..]).unwrap();
    for (path, kind, bytes) in entries {
        let mut header = header(*kind, bytes.len());
        let path = format!("shop-1234567/{path}");
        if path.len() > 100 {
            let field = format!(" path={path}\n");
            let length = field.len() + 3;
            let field = format!("{length}{field}");
            let mut extended = self::header(EntryType::XHeader, field.len());
            builder.append_data(&mut extended, "header", field.as_bytes()).unwrap();
        }
        // Set by hand: the library refuses paths that lead out of the folder.
        let short = &path.as_bytes()[..path.len().min(100)];
        header.as_ustar_mut().unwrap().name[..short.len()].copy_from_slice(short);
        header.set_cksum();
        builder.append(&header, *bytes).unwrap();
    }
    builder.into_inner().unwrap().finish().unwrap()
}

fn taken(packed: &[u8], wanted: &Wanted) -> (io::Result<()>, Vec<String>) {
    let texts = Arc::new(Mutex::new(Vec::new()));
    let into = texts.clone();
    let sink: Sink = Arc::new(move |_, bytes| {
        into.lock().unwrap().push(String::from_utf8_lossy(&bytes).into_owned());
        true
    });
    let read = read(packed, wanted, &sink);
    let texts = texts.lock().unwrap().clone();
    (read, texts)
}

#[test]
fn only_listed_files_with_the_listed_bytes_are_taken() {
    let long = format!("{}/c.py", "deep".repeat(40));
    let wanted =
        listed(&[("a.py", b"a"), ("b.py", b"b"), (&long, b"c"), ("d.py", b"d"), ("e.py", b"e")]);
    let packed = archive(&[
        ("a.py", EntryType::Regular, b"a"),
        // As a repository's attributes changed it for the archive.
        ("b.py", EntryType::Regular, b"$Format$"),
        ("unlisted.py", EntryType::Regular, b"x"),
        ("d.py", EntryType::Symlink, b""),
        (&long, EntryType::Regular, b"c"),
        ("../d.py", EntryType::Regular, b"d"),
        ("../../../etc/e.py", EntryType::Regular, b"e"),
    ]);
    let (read, texts) = taken(&packed, &wanted);
    read.unwrap();
    assert_eq!(texts, ["a", "c"]);
}

#[test]
fn what_unpacks_to_more_than_it_may_is_left() {
    let mut packed = archive(&[("a.py", EntryType::Regular, b"a")]);
    let mut bomb = GzEncoder::new(Vec::new(), Compression::best());
    for _ in 0..64 {
        bomb.write_all(&vec![0; 1 << 20]).unwrap();
    }
    let mut header = header(EntryType::Regular, 64 << 20);
    header.set_path("shop-1234567/b.py").unwrap();
    header.set_cksum();
    let mut raw = GzEncoder::new(Vec::new(), Compression::fast());
    raw.write_all(header.as_bytes()).unwrap();
    let tail: Vec<u8> = [raw.finish().unwrap(), bomb.finish().unwrap()].concat();
    let wanted = listed(&[("a.py", b"a"), ("b.py", b"b")]);
    let (read, texts) = taken(&tail, &wanted);
    assert!(read.is_ok() && texts.is_empty(), "{read:?}");
    let (read, texts) = taken(&packed, &Wanted { most_packed: 20, ..wanted.clone() });
    assert!(read.is_ok() && texts.is_empty(), "{read:?}");
    packed.truncate(packed.len() / 2);
    assert!(taken(&packed, &wanted).0.is_err(), "a part of an archive is an error");
    assert!(taken(b"<html>", &wanted).0.is_err());
}

#[test]
fn the_reader_says_when_it_has_enough() {
    let packed = archive(&[("a.py", EntryType::Regular, b"a"), ("b.py", EntryType::Regular, b"b")]);
    let count = Arc::new(Mutex::new(0));
    let counted = count.clone();
    let sink: Sink = Arc::new(move |_, _| {
        *counted.lock().unwrap() += 1;
        false
    });
    read(&packed[..], &listed(&[("a.py", b"a"), ("b.py", b"b")]), &sink).unwrap();
    assert_eq!(*count.lock().unwrap(), 1);
}
