//! A commit as an archive, as `git archive` makes it.

use flate2::Compression;
use flate2::write::GzEncoder;
use tar::{Builder, EntryType, Header};

use super::git::{Commit, Mode};
use super::model::State;

impl State {
    /// All files of a commit below one folder: tar, then gzip.
    pub(super) fn packed(&self, commit: &Commit, folder: &str) -> Vec<u8> {
        let mut builder = Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
        let comment = format!("52 comment={}\n", commit.sha);
        append(&mut builder, EntryType::XGlobalHeader, "pax_global_header", comment.as_bytes());
        for (path, bytes) in &commit.files {
            let path = format!("{folder}/{path}");
            match self.modes.get(path.strip_prefix(&format!("{folder}/")).unwrap_or_default()) {
                Some(Mode::Link) => append(&mut builder, EntryType::Symlink, &path, &[]),
                Some(Mode::Submodule) => append(&mut builder, EntryType::Directory, &path, &[]),
                Some(Mode::Large) => {
                    append(&mut builder, EntryType::Regular, &path, b"the large file itself\n");
                }
                None => append(&mut builder, EntryType::Regular, &path, bytes),
            }
        }
        let packed = builder.into_inner().and_then(GzEncoder::finish);
        packed.expect("memory takes everything")
    }
}

fn append(builder: &mut Builder<impl std::io::Write>, kind: EntryType, path: &str, bytes: &[u8]) {
    let mut header = Header::new_ustar();
    header.set_entry_type(kind);
    header.set_size(bytes.len() as u64);
    header.set_mode(0o644);
    let appended = match kind {
        EntryType::Symlink => builder.append_link(&mut header, path, "elsewhere"),
        _ => builder.append_data(&mut header, path, bytes),
    };
    appended.expect("memory takes everything");
}
