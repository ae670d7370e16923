//! The files of a commit, from git's objects.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};
use std::sync::{Arc, Mutex, OnceLock};

use anyhow::Context;

use super::git::{Git, started};
use super::store::{Delta, Id, hex, id_of};
use crate::change::{ContentId, Tree};

/// The objects of a repository. What can't be read here, one `git cat-file --batch` gives, which is started when it is
/// needed first.
pub(super) struct Objects {
    git: Git,
    program: Mutex<Option<Program>>,
}

impl Objects {
    pub(super) fn open(git: &Git) -> Arc<Self> {
        Arc::new(Self { git: git.clone(), program: Mutex::default() })
    }

    /// The bytes of a blob; `None` when it is not there.
    fn blob(&self, id: &str) -> Option<Arc<[u8]>> {
        let here = self.git.store().and_then(|store| store.blob(&id_of(id)?));
        here.map(Arc::from).or_else(|| self.asked_for(id))
    }

    fn asked_for(&self, id: &str) -> Option<Arc<[u8]>> {
        let mut program = self.program.lock().ok()?;
        if program.is_none() {
            *program = Some(Program::start(&self.git).ok()?);
        }
        program.as_mut()?.blob(id)
    }
}

struct Program {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Program {
    fn start(git: &Git) -> anyhow::Result<Self> {
        let mut command = git.command();
        command.args(["cat-file", "--batch"]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.stderr(Stdio::null()).spawn().map_err(started)?;
        let input = child.stdin.take().context("git has no input")?;
        let output = child.stdout.take().context("git has no output")?;
        Ok(Self { child, input, output: BufReader::new(output) })
    }

    fn blob(&mut self, id: &str) -> Option<Arc<[u8]>> {
        writeln!(self.input, "{id}").ok()?;
        self.input.flush().ok()?;
        let mut header = String::new();
        self.output.read_line(&mut header).ok()?;
        // "<id> blob <size>", or "<id> missing".
        let size: usize = header.trim_end().rsplit_once(" blob ")?.1.parse().ok()?;
        let mut bytes = vec![0; size];
        self.output.read_exact(&mut bytes).ok()?;
        self.output.read_exact(&mut [0]).ok()?;
        Some(bytes.into())
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It waits for requests and holds nothing; its end needs no ceremony.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The files of a commit. Links and submodules are left out.
pub(super) struct CommitTree {
    objects: Arc<Objects>,
    /// The commit's tree, if it can be walked.
    tree: Option<Id>,
    /// All files in byte order of paths, once they were walked.
    walked: OnceLock<Option<Vec<(String, Id)>>>,
    /// Ids of the blobs by path, if git had to list them.
    listed: OnceLock<BTreeMap<String, String>>,
    commit: String,
}

impl CommitTree {
    pub(super) fn open(objects: Arc<Objects>, commit: &str) -> anyhow::Result<Self> {
        let store = objects.git.store();
        let tree = store.and_then(|store| store.tree_of(&id_of(commit)?));
        let tree = tree.filter(|tree| store.is_some_and(|store| store.tree(tree).is_some()));
        let (walked, listed) = (OnceLock::new(), OnceLock::new());
        let it = Self { objects, tree, walked, listed, commit: commit.to_owned() };
        if it.tree.is_none() {
            let _ = it.listed.set(it.listing()?);
        }
        Ok(it)
    }

    /// The files that differ from those of another commit; `None` when the `git` program has to say.
    pub(super) fn differences(
        &self,
        to: &Self,
        wanted: &dyn Fn(&str) -> bool,
    ) -> Option<Vec<Delta>> {
        self.objects.git.store()?.differences(&self.tree?, &to.tree?, wanted)
    }

    fn listing(&self) -> anyhow::Result<BTreeMap<String, String>> {
        let args = ["ls-tree", "-r", "-z", "--full-tree", self.commit.as_str()];
        let listing = self.objects.git.output(args)?;
        Ok(listing.split(|byte| *byte == 0).filter_map(entry).collect())
    }

    fn listed(&self) -> &BTreeMap<String, String> {
        self.listed.get_or_init(|| self.listing().unwrap_or_default())
    }

    fn walked(&self) -> Option<&[(String, Id)]> {
        let walk = || {
            let mut files = Vec::new();
            let visit = &mut |path: &str, id: &Id| files.push((path.to_owned(), *id));
            self.objects.git.store()?.files(&self.tree?, visit)?;
            files.sort_unstable();
            Some(files)
        };
        self.walked.get_or_init(walk).as_deref()
    }

    /// Calls for each file with the id of its blob, in the order of paths.
    fn each(&self, mut visit: impl FnMut(&str, &str)) {
        match self.walked() {
            Some(files) => files.iter().for_each(|(path, id)| visit(path, &hex(id))),
            None => self.listed().iter().for_each(|(path, id)| visit(path, id)),
        }
    }

    /// Ids of the blobs by path.
    fn blobs(&self) -> BTreeMap<String, String> {
        let mut blobs = BTreeMap::new();
        self.each(|path, id| {
            blobs.insert(path.to_owned(), id.to_owned());
        });
        blobs
    }

    /// The id of the blob at a path.
    fn blob_at(&self, path: &str) -> Option<String> {
        // Where all are known already, one need not be searched for from folder to folder.
        if let Some(Some(files)) = self.walked.get() {
            let at = files.binary_search_by(|(it, _)| it.as_str().cmp(path)).ok()?;
            return Some(hex(&files[at].1));
        }
        let walked = self.objects.git.store().zip(self.tree);
        match walked.and_then(|(store, tree)| store.file(&tree, path)) {
            Some(found) => found.map(|id| hex(&id)),
            None => self.listed().get(path).cloned(),
        }
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
    let objects = Objects::open(git);
    let base = CommitTree::open(objects.clone(), base)?.blobs();
    let head = CommitTree::open(objects.clone(), head)?.blobs();
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
        self.objects.blob(&self.blob_at(path)?)
    }

    fn paths(&self) -> Vec<String> {
        match self.walked() {
            Some(files) => files.iter().map(|(path, _)| path.clone()).collect(),
            None => self.listed().keys().cloned().collect(),
        }
    }

    fn listing(&self) -> Option<Vec<(String, ContentId)>> {
        let files = self.walked()?.iter();
        Some(files.map(|(path, id)| (path.clone(), ContentId::Sha1(*id))).collect())
    }

    fn content_id(&self, path: &str) -> Option<ContentId> {
        self.blob_at(path)?.parse().ok()
    }
}
