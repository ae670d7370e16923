//! Files of lines, read and written on a thread of their own.

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::bufread::MultiGzDecoder;
use flate2::write::GzEncoder;
use tokio::sync::mpsc::{Receiver, Sender};

/// How gzipped files begin.
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// Lines that were written, beside the file that they are to be.
pub(super) enum Written {
    Stdout,
    File { part: PathBuf, whole: PathBuf },
}

impl Written {
    /// Gives the file its name, in the place of what had it.
    pub(super) async fn keep(self) -> io::Result<()> {
        match self {
            Written::Stdout => Ok(()),
            Written::File { part, whole } => tokio::fs::rename(part, whole).await,
        }
    }

    /// Takes back what was written.
    pub(super) async fn discard(self) {
        if let Written::File { part, .. } = self {
            let _ = tokio::fs::remove_file(part).await;
        }
    }
}

/// Writes lines as long as there are any. Nothing is left of them when that fails.
pub(super) fn write(path: PathBuf, lines: Receiver<String>) -> io::Result<Written> {
    if path.as_os_str() == "-" {
        write_to(BufWriter::new(io::stdout().lock()), lines)?.flush()?;
        return Ok(Written::Stdout);
    }
    let mut part = path.clone().into_os_string();
    part.push(".part");
    let part = PathBuf::from(part);
    match write_file(&part, is_gzip(&path), lines) {
        Ok(()) => Ok(Written::File { part, whole: path }),
        Err(error) => {
            let _ = std::fs::remove_file(&part);
            Err(error)
        }
    }
}

fn is_gzip(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "gz")
}

fn write_file(part: &Path, gzip: bool, lines: Receiver<String>) -> io::Result<()> {
    let mut options = File::options();
    options.write(true).create(true).truncate(true);
    // It holds what the store holds, which is its owner's alone.
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = BufWriter::new(options.open(part)?);
    let file = if gzip {
        write_to(GzEncoder::new(file, Compression::default()), lines)?.finish()?
    } else {
        write_to(file, lines)?
    };
    file.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()
}

fn write_to<W: Write>(mut to: W, mut lines: Receiver<String>) -> io::Result<W> {
    while let Some(line) = lines.blocking_recv() {
        to.write_all(line.as_bytes())?;
        to.write_all(b"\n")?;
    }
    Ok(to)
}

/// Opens a file of lines.
pub(super) fn open(path: PathBuf) -> io::Result<Box<dyn BufRead + Send>> {
    let file: Box<dyn Read + Send> = match path.to_str() {
        Some("-") => Box::new(io::stdin()),
        _ => Box::new(File::open(path)?),
    };
    let mut file = BufReader::with_capacity(1 << 16, file);
    if file.fill_buf()?.starts_with(&GZIP) {
        return Ok(Box::new(BufReader::new(MultiGzDecoder::new(file))));
    }
    Ok(Box::new(file))
}

/// Reads lines as long as somebody takes them, up to the first that can't be read.
pub(super) fn read(from: Box<dyn BufRead + Send>, lines: &Sender<io::Result<String>>) {
    for line in from.lines() {
        let broken = line.is_err();
        if lines.blocking_send(line).is_err() || broken {
            return;
        }
    }
}
