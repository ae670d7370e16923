//! What runs found out about files, in a folder of the user, for the next run: the outlines of a repository's files by
//! what the files hold.
//!
//! Each repository has one file, which is added to, and written anew when most of it is of no use any more. Nothing depends
//! on it: what is damaged, of another version or can't be read is found out again, and where nothing can be written, nothing
//! is kept. A file and all of them together are bounded; the ones that were written longest ago go first.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::SystemTime;

use bytes::Bytes;

use crate::change::ContentId;
use crate::python::index::{Contents, Outline, hash};

/// Most bytes of a repository's file. A larger one is begun anew.
const MOST_BYTES: u64 = 64 * 1024 * 1024;
/// Most bytes of all files.
const MOST_IN_ALL: u64 = 256 * 1024 * 1024;
/// Bytes of a file that may be of no use.
const SPARE: u64 = 1024 * 1024;
/// Bytes in front of each entry: the length of the name and of the outline, and a checksum of both.
const HEAD: usize = 12;
/// What the files' names begin with.
const PREFIX: &str = "outlines-";

/// A repository's outlines.
pub(in crate::cli) struct Cache {
    file: PathBuf,
    contents: Arc<Contents>,
    /// What the file held, once it was read.
    held: Arc<OnceLock<Held>>,
}

/// What a file held.
struct Held {
    bytes: u64,
    /// Whether all of it could be used.
    whole: bool,
}

impl Cache {
    /// The cache of a repository, in a folder that need not be there. Nothing is read before something is asked for.
    pub(in crate::cli) fn of(folder: &Path, repository: &Path) -> Self {
        let place = repository.canonicalize().unwrap_or_else(|_| repository.to_owned());
        // Two repositories of one name would only have more in their file than each of them needs.
        let name = format!("{:08x}", hash(place.as_os_str().as_encoded_bytes()));
        let file = folder.join(format!("{PREFIX}{}-{name}", Outline::FORMAT));
        let held = Arc::new(OnceLock::new());
        let (path, note) = (file.clone(), Arc::clone(&held));
        let contents = Contents::kept_at(move || {
            let bytes = read(&path);
            let (entries, whole) = entries(&bytes);
            let _ = note.set(Held { bytes: bytes.len() as u64, whole });
            entries
        });
        Self { file, contents: Arc::new(contents), held }
    }

    /// What is known, for the analysis; it adds what it finds out.
    pub(in crate::cli) fn contents(&self) -> &Arc<Contents> {
        &self.contents
    }

    /// Keeps what was found out. What goes wrong only makes the next run take longer.
    pub(in crate::cli) fn save(self) {
        let _ = self.write();
    }

    fn write(&self) -> io::Result<()> {
        // Nothing was asked for.
        let Some(held) = self.held.get() else { return Ok(()) };
        let found = self.contents.take_found();
        if found.is_empty() && held.whole {
            return Ok(());
        }
        let mut new = Vec::new();
        for (id, outline) in &found {
            put(&mut new, id, outline);
        }
        let total = held.bytes + new.len() as u64;
        let used = self.contents.used();
        let in_use: u64 = used.iter().map(|(_, outline)| outline.len() as u64).sum();
        if held.whole && total <= MOST_BYTES && total <= 2 * in_use + SPARE {
            if let Some(folder) = self.file.parent() {
                fs::create_dir_all(folder)?;
            }
            // One write, so that runs at the same time don't mix their entries.
            fs::OpenOptions::new().append(true).create(true).open(&self.file)?.write_all(&new)?;
            self.make_room();
            return Ok(());
        }
        let mut all = Vec::new();
        for (id, outline) in &used {
            if all.len() as u64 + outline.len() as u64 <= MOST_BYTES {
                put(&mut all, id, outline);
            }
        }
        replace(&self.file, &all)?;
        self.make_room();
        Ok(())
    }

    /// Removes files of other versions, and those written longest ago while there are too many bytes.
    fn make_room(&self) {
        let Some(folder) = self.file.parent() else { return };
        let of_now = format!("{PREFIX}{}-", Outline::FORMAT);
        let mut files: Vec<(SystemTime, u64, PathBuf)> = Vec::new();
        for entry in fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok) {
            let name = entry.file_name();
            let Some(name) = name.to_str().filter(|name| name.starts_with(PREFIX)) else {
                continue;
            };
            if !name.starts_with(&of_now) {
                let _ = fs::remove_file(entry.path());
            } else if let Ok(meta) = entry.metadata() {
                let written = meta.modified().unwrap_or(SystemTime::UNIX_EPOCH);
                files.push((written, meta.len(), entry.path()));
            }
        }
        files.sort();
        let mut total: u64 = files.iter().map(|(_, bytes, _)| bytes).sum();
        for (_, bytes, path) in files.iter().filter(|(_, _, path)| *path != self.file) {
            if total <= MOST_IN_ALL {
                break;
            }
            let _ = fs::remove_file(path);
            total -= bytes;
        }
    }
}

/// Puts bytes in a file's place. Who reads it meanwhile sees the old file or the new one.
fn replace(file: &Path, bytes: &[u8]) -> io::Result<()> {
    static RUNS: AtomicU64 = AtomicU64::new(0);
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    let run = RUNS.fetch_add(1, Ordering::Relaxed);
    let partial = file.with_extension(format!("{}-{run}", std::process::id()));
    let done = fs::write(&partial, bytes).and_then(|()| fs::rename(&partial, file));
    if done.is_err() {
        let _ = fs::remove_file(&partial);
    }
    done
}

/// The bytes of a file; none when it can't be read or is too large.
fn read(file: &Path) -> Bytes {
    match fs::metadata(file) {
        Ok(meta) if meta.is_file() && meta.len() <= MOST_BYTES => {
            fs::read(file).unwrap_or_default().into()
        }
        _ => Bytes::new(),
    }
}

/// The entries up to the first damaged one, and whether there was none.
fn entries(bytes: &Bytes) -> (Vec<(ContentId, Bytes)>, bool) {
    let mut entries = Vec::with_capacity(bytes.len() / 1024);
    let mut at = 0;
    while at < bytes.len() {
        let Some((id, outline)) = entry(&bytes[at..]) else { return (entries, false) };
        let (start, end) = (at + outline.start, at + outline.end);
        entries.push((id, bytes.slice(start..end)));
        at = end;
    }
    (entries, true)
}

/// The entry that bytes begin with, and where its outline stands.
fn entry(bytes: &[u8]) -> Option<(ContentId, std::ops::Range<usize>)> {
    let number = |at: usize| Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
    let (name, outline) = (number(0)? as usize, number(4)? as usize);
    let middle = HEAD.checked_add(name)?;
    let end = middle.checked_add(outline)?;
    let fits = number(8)? == hash(bytes.get(HEAD..end)?);
    Some((ContentId::from_bytes(&bytes[HEAD..middle])?, middle..end)).filter(|_| fits)
}

fn put(out: &mut Vec<u8>, id: &ContentId, outline: &[u8]) {
    let (start, name) = (out.len(), id.as_bytes());
    out.extend_from_slice(&(name.len() as u32).to_le_bytes());
    out.extend_from_slice(&(outline.len() as u32).to_le_bytes());
    out.extend_from_slice(&[0; 4]);
    out.extend_from_slice(name);
    out.extend_from_slice(outline);
    let sum = hash(&out[start + HEAD..]);
    out[start + 8..start + HEAD].copy_from_slice(&sum.to_le_bytes());
}

/// Names the folder, if the platform's is not wanted.
const FOLDER: &str = "ASYNCWARDEN_CACHE_DIR";

/// Where the user, else the platform wants programs to keep what they can do without.
pub(in crate::cli) fn user_folder() -> Option<PathBuf> {
    let set = |name: &str| std::env::var_os(name).filter(|it| !it.is_empty()).map(PathBuf::from);
    if let Some(folder) = set(FOLDER) {
        return Some(folder);
    }
    let folder = if cfg!(windows) {
        set("LOCALAPPDATA")
    } else if cfg!(target_os = "macos") {
        set("HOME").map(|home| home.join("Library/Caches"))
    } else {
        let stated = set("XDG_CACHE_HOME").filter(|path| path.is_absolute());
        stated.or_else(|| set("HOME").map(|home| home.join(".cache")))
    };
    folder.map(|folder| folder.join("asyncwarden"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::change::{MemoryTree, Tree};
    use crate::python::Index;

    /// Files with their names in git, and how many of them were read.
    struct Counting(MemoryTree, AtomicU64);

    impl Tree for Counting {
        fn read(&self, path: &str) -> Option<Arc<[u8]>> {
            self.1.fetch_add(1, Ordering::Relaxed);
            self.0.read(path)
        }
        fn paths(&self) -> Vec<String> {
            self.0.paths()
        }
        fn content_id(&self, path: &str) -> Option<ContentId> {
            self.0.read(path).map(|bytes| ContentId::of(&bytes))
        }
    }

    /// How many files a run has to read to know which words stand where.
    fn run(folder: &Path, texts: &[&str]) -> u64 {
        let named = texts.iter().enumerate();
        let files =
            named.map(|(at, text)| (format!("{at}.py"), text.as_bytes().to_vec())).collect();
        let tree = Counting(files, AtomicU64::new(0));
        let cache = Cache::of(folder, Path::new("/repository"));
        let index = Index::with(&tree, Arc::clone(cache.contents()));
        for (at, text) in texts.iter().enumerate() {
            assert!(index.mentioning(text, 99).iter().any(|it| it.0 as usize == at), "{text}");
        }
        cache.save();
        tree.1.load(Ordering::Relaxed)
    }

    fn only_file(folder: &Path) -> PathBuf {
        let files: Vec<PathBuf> =
            fs::read_dir(folder).unwrap().map(|it| it.unwrap().path()).collect();
        assert_eq!(files.len(), 1, "{files:?}");
        files[0].clone()
    }

    #[test]
    fn what_was_found_out_is_there_for_the_next_run() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("inner");
        assert_eq!(run(&folder, &["alpha", "beta"]), 2);
        assert_eq!(run(&folder, &["alpha", "beta", "gamma"]), 1);
        assert_eq!(run(&folder, &["gamma", "beta"]), 0);
        only_file(&folder);
    }

    #[test]
    fn damage_costs_only_time() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        let texts = ["alpha", "beta", "gamma"];
        assert_eq!(run(folder, &texts), 3);
        let file = only_file(folder);
        let whole = fs::read(&file).unwrap();
        for at in (0..whole.len()).step_by(7) {
            let mut bytes = whole.clone();
            bytes[at] ^= 0x11;
            fs::write(&file, &bytes).unwrap();
            assert!(run(folder, &texts) > 0, "byte {at}");
            assert_eq!(run(folder, &texts), 0, "byte {at}");
            fs::write(&file, &whole[..at]).unwrap();
            run(folder, &texts);
            assert_eq!(run(folder, &texts), 0, "{at} bytes");
        }
    }

    #[test]
    fn where_nothing_can_be_written_nothing_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a file, no folder");
        fs::write(&file, "").unwrap();
        assert_eq!(run(&file, &["alpha"]), 1);
        assert_eq!(run(&file, &["alpha"]), 1);
    }

    #[test]
    fn what_is_of_no_use_any_more_goes() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        fs::write(folder.join("outlines-0-old"), "of another version").unwrap();
        run(folder, &["alpha"]);
        let file = only_file(folder);
        let small = fs::metadata(&file).unwrap().len();
        let mut many = vec!["alpha".to_owned()];
        many.extend((0..40).map(|n| (0..9000).map(|m| format!("x{n}_{m}\n")).collect()));
        let tree: MemoryTree = many
            .iter()
            .enumerate()
            .map(|(at, text)| (format!("{at}.py"), text.as_bytes().to_vec()))
            .collect();
        let cache = Cache::of(folder, Path::new("/repository"));
        let tree = Counting(tree, AtomicU64::new(0));
        Index::with(&tree, Arc::clone(cache.contents())).mentioning("alpha", 9);
        cache.save();
        assert!(fs::metadata(&file).unwrap().len() > SPARE + small);
        run(folder, &["alpha", "beta"]);
        assert!(fs::metadata(&file).unwrap().len() < 4 * small);
    }
}
