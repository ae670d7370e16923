//! Files for their owner alone.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::Path;

/// Writes a new file, or puts a new one in the place of an old one.
pub(super) fn put(path: &Path, text: &str, overwrite: bool) -> io::Result<()> {
    let fresh = if overwrite { path.with_extension("new") } else { path.to_owned() };
    if overwrite {
        let _ = std::fs::remove_file(&fresh);
    }
    let mut file = create(&fresh)?;
    file.write_all(text.trim_end().as_bytes())?;
    file.write_all(b"\n")?;
    file.sync_all()?;
    if overwrite { std::fs::rename(&fresh, path) } else { Ok(()) }
}

/// Makes a file that was not there, for its owner alone.
pub(super) fn create(path: &Path) -> io::Result<std::fs::File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
