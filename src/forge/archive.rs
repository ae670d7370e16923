//! Files from an archive of a whole repository (tar, gzip), read while it comes in.
//!
//! An archive is somebody's repository in somebody's words, so nothing in it is believed: nothing is written to disk, a
//! path counts only if the repository's listing has it, bytes only if the listing names them so, and what is read, what
//! it unpacks to and what is kept are bounded each.

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::sync::Arc;

use bytes::Bytes;
use flate2::read::MultiGzDecoder;
use futures::{Stream, StreamExt, TryStreamExt};
use tar::{Archive, Entry, EntryType, PaxExtensions};
use tokio_util::io::{StreamReader, SyncIoBridge};
use tokio_util::sync::CancellationToken;

use super::call::NoAnswer;
use super::{ForgeError, ForgeKind, ListedFile, Sink};

/// Longest file that is taken, in bytes; the analysis reads none that is longer.
pub(super) const LONGEST: u64 = 6 << 20;
/// Longest extended header that is read, in bytes: it holds a path, which is shorter anywhere.
const LONGEST_HEADER: u64 = 64 << 10;

/// What is wanted from an archive.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// The files by their path in the repository.
    pub files: Arc<BTreeMap<String, ListedFile>>,
    /// The archive is not read further than this, in bytes as sent.
    pub most_packed: u64,
    /// Nor further than this, in bytes as unpacked.
    pub most_unpacked: u64,
}

/// Hands the wanted files of an archive over. One that is longer than it may be is read as far as it may.
///
/// # Errors
/// [`ForgeError::Transport`] when it does not come whole, or is none.
pub(super) async fn unpack(
    forge: ForgeKind,
    operation: &'static str,
    body: impl Stream<Item = Result<Bytes, NoAnswer>> + Send + 'static,
    wanted: Wanted,
    sink: &Sink,
) -> Result<(), ForgeError> {
    // Whoever stops waiting for the files stops the reading, too.
    let stop = CancellationToken::new();
    let _stopped = stop.clone().drop_guard();
    let body = body.map_err(|NoAnswer(why)| io::Error::other(why));
    let body = Box::pin(body.take_until(stop.cancelled_owned()));
    let packed = SyncIoBridge::new(StreamReader::new(body));
    let sink = sink.clone();
    let reading = tokio::task::spawn_blocking(move || read(packed, &wanted, &sink));
    let read = reading.await.unwrap_or_else(|_| Err(io::Error::other("reading it crashed")));
    read.map_err(|error| {
        let message = format!("the archive can't be read: {error}");
        ForgeError::Transport { forge, operation, message }
    })
}

/// What [`unpack`] does with the archive's bytes.
pub(crate) fn read(packed: impl Read, wanted: &Wanted, sink: &Sink) -> io::Result<()> {
    let packed = Bounded { inner: packed, left: wanted.most_packed };
    let unpacked = Bounded { inner: MultiGzDecoder::new(packed), left: wanted.most_unpacked };
    match hand_over(&mut Archive::new(unpacked), wanted, sink) {
        Err(error) if is_too_much(&error) => {
            tracing::warn!("an archive is longer than it may be; its rest was not read");
            Ok(())
        }
        other => other,
    }
}

fn hand_over(archive: &mut Archive<impl Read>, wanted: &Wanted, sink: &Sink) -> io::Result<()> {
    let mut long_path = None;
    // Raw, since the library would take extended headers of any length into memory.
    for entry in archive.entries()?.raw(true) {
        let mut entry = entry?;
        match entry.header().entry_type() {
            EntryType::XHeader => {
                long_path = path_in_header(&mut entry)?;
                continue;
            }
            EntryType::Regular => {}
            EntryType::XGlobalHeader => continue,
            _ => {
                long_path = None;
                continue;
            }
        }
        let path = long_path.take().unwrap_or_else(|| entry.path_bytes().into_owned());
        let Some(file) = std::str::from_utf8(&path).ok().and_then(|path| find(path, wanted)) else {
            continue;
        };
        if entry.size() > LONGEST {
            continue;
        }
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes)?;
        // Attributes of a repository let an archive differ from it, and large files stand for their pointers.
        if file.id.names(&bytes) && !sink(file.id, bytes.into()) {
            break;
        }
    }
    Ok(())
}

/// The wanted file at a path, whose first segment is a folder of the platform's making.
fn find<'w>(path: &str, wanted: &'w Wanted) -> Option<&'w ListedFile> {
    wanted.files.get(path.split_once('/')?.1)
}

/// The path that an extended header gives to the next entry.
fn path_in_header(entry: &mut Entry<'_, impl Read>) -> io::Result<Option<Vec<u8>>> {
    if entry.size() > LONGEST_HEADER {
        return Ok(None);
    }
    let mut header = Vec::new();
    entry.read_to_end(&mut header)?;
    let fields = PaxExtensions::new(&header);
    let path = fields.flatten().find(|field| field.key_bytes() == b"path");
    Ok(path.map(|field| field.value_bytes().to_vec()))
}

/// Fails, instead of ending, where it has more than it may have.
struct Bounded<R> {
    inner: R,
    left: u64,
}

#[derive(Debug, thiserror::Error)]
#[error("it is longer than it may be")]
struct TooMuch;

fn is_too_much(error: &io::Error) -> bool {
    error.get_ref().and_then(|inner| inner.downcast_ref::<TooMuch>()).is_some()
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.left = match self.left.checked_sub(read as u64) {
            Some(left) => left,
            None => return Err(io::Error::other(TooMuch)),
        };
        Ok(read)
    }
}

#[cfg(test)]
#[path = "archive_tests.rs"]
mod tests;
