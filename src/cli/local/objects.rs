//! The files of a commit, from git's objects.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};
use std::sync::{Arc, Mutex};

use anyhow::Context;

use super::git::{Git, started};
use crate::change::Tree;

/// One `git cat-file --batch`, which gives all objects that a run asks for.
pub(super) struct Objects {
    pipes: Mutex<(ChildStdin, BufReader<ChildStdout>)>,
    child: Mutex<Child>,
}

impl Objects {
    pub(super) fn open(git: &Git) -> anyhow::Result<Arc<Self>> {
        let mut command = git.command();
        command.args(["cat-file", "--batch"]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.stderr(Stdio::null()).spawn().map_err(started)?;
        let input = child.stdin.take().context("git has no input")?;
        let output = child.stdout.take().context("git has no output")?;
        let pipes = Mutex::new((input, BufReader::new(output)));
        Ok(Arc::new(Self { pipes, child: Mutex::new(child) }))
    }

    /// The bytes of a blob; `None` when it is not there.
    fn blob(&self, id: &str) -> Option<Arc<[u8]>> {
        let mut pipes = self.pipes.lock().ok()?;
        let (input, output) = &mut *pipes;
        writeln!(input, "{id}").ok()?;
        input.flush().ok()?;
        let mut header = String::new();
        output.read_line(&mut header).ok()?;
        // "<id> blob <size>", or "<id> missing".
        let size: usize = header.trim_end().rsplit_once(" blob ")?.1.parse().ok()?;
        let mut bytes = vec![0; size];
        output.read_exact(&mut bytes).ok()?;
        output.read_exact(&mut [0]).ok()?;
        Some(bytes.into())
    }
}

impl Drop for Objects {
    fn drop(&mut self) {
        if let Ok(child) = self.child.get_mut() {
            // It waits for requests and holds nothing; its end needs no ceremony.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// The files of a commit.
pub(super) struct CommitTree {
    objects: Arc<Objects>,
    /// Ids of the blobs by path. Links and submodules are left out.
    blobs: BTreeMap<String, String>,
}

impl CommitTree {
    pub(super) fn open(git: &Git, objects: Arc<Objects>, commit: &str) -> anyhow::Result<Self> {
        let listing = git.output(["ls-tree", "-r", "-z", "--full-tree", commit])?;
        let entries = listing.split(|byte| *byte == 0).filter_map(entry).collect();
        Ok(Self { objects, blobs: entries })
    }
}

/// Path and id of a line `100644 blob <id>\t<path>`.
fn entry(line: &[u8]) -> Option<(String, String)> {
    let tab = line.iter().position(|byte| *byte == b'\t')?;
    let (meta, path) = (std::str::from_utf8(&line[..tab]).ok()?, &line[tab + 1..]);
    let mut fields = meta.split(' ');
    let (mode, kind, id) = (fields.next()?, fields.next()?, fields.next()?);
    (mode.starts_with("100") && kind == "blob")
        .then(|| (String::from_utf8_lossy(path).into_owned(), id.to_owned()))
}

/// The bytes of files by path.
pub(in crate::cli) type Files = BTreeMap<String, Arc<[u8]>>;

/// The files that differ between two commits, and those that `always` names; each on both sides. A file that is the
/// same on both is held once.
pub(in crate::cli) fn both_sides(
    git: &Git,
    base: &str,
    head: &str,
    always: &[&str],
) -> anyhow::Result<[Files; 2]> {
    let objects = Objects::open(git)?;
    let base = CommitTree::open(git, objects.clone(), base)?.blobs;
    let head = CommitTree::open(git, objects.clone(), head)?.blobs;
    let wanted =
        |path: &String| always.contains(&path.as_str()) || base.get(path) != head.get(path);
    let mut held: BTreeMap<&String, Arc<[u8]>> = BTreeMap::new();
    let mut sides = [Files::new(), Files::new()];
    for (files, blobs) in sides.iter_mut().zip([&base, &head]) {
        for (path, id) in blobs.iter().filter(|(path, _)| wanted(path)) {
            if !held.contains_key(id) {
                let bytes = objects.blob(id).with_context(|| format!("git can't read `{path}`"))?;
                held.insert(id, bytes);
            }
            files.insert(path.clone(), Arc::clone(&held[id]));
        }
    }
    Ok(sides)
}

impl Tree for CommitTree {
    fn read(&self, path: &str) -> Option<Arc<[u8]>> {
        self.objects.blob(self.blobs.get(path)?)
    }

    fn paths(&self) -> Vec<String> {
        self.blobs.keys().cloned().collect()
    }
}
