//! Changes to small repositories: `tests/projects/<name>/{base,head}/…`.
//!
//! Every finding must be shown at a line of the head marked `# caused: AW202`, and every mark must have one; a mark is no part
//! of the code. `rules` names the rules that run, `renames` the files that have another path (`old new` on each line).

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use asyncwarden::analysis::{
    Analysis, Finding, Request, Rule, analyse_with, check_tree_with, rule_by_code,
};
use asyncwarden::change::{
    ChangeSet, ContentId, FileChange, FileChangeKind, MemoryTree, Tree, hunks_between,
};
use asyncwarden::policy::Policy;
use asyncwarden::python::index::Contents;

const MARK: &str = "  # caused: ";

/// Texts by paths.
type Files = BTreeMap<String, String>;

struct Project {
    name: String,
    rules: Vec<&'static Rule>,
    base: Files,
    head: Files,
    /// Path, line and rule of what is to be found.
    expected: BTreeSet<(String, u32, String)>,
    renames: BTreeMap<String, String>,
}

impl Project {
    fn read(folder: &Path) -> Self {
        let text = |name: &str| fs::read_to_string(folder.join(name)).unwrap_or_default();
        let rule = |code: &str| rule_by_code(code).unwrap_or_else(|| panic!("no rule {code}"));
        let mut head = files(&folder.join("head"));
        let mut expected = BTreeSet::new();
        for (path, code) in &mut head {
            for (at, line) in code.lines().enumerate() {
                let codes = line.split_once(MARK).map_or("", |(_, codes)| codes).split(", ");
                let codes = codes.filter(|it| !it.is_empty());
                expected.extend(codes.map(|it| (path.clone(), at as u32 + 1, it.to_owned())));
            }
            let lines = code.lines().map(|line| line.split(MARK).next().unwrap_or_default());
            *code = lines.map(|line| format!("{line}\n")).collect();
        }
        let renames = text("renames");
        let renames = renames.lines().filter_map(|line| line.split_once(' '));
        Self {
            name: folder.file_name().expect("a name").to_string_lossy().into_owned(),
            rules: text("rules").split_whitespace().map(rule).collect(),
            base: files(&folder.join("base")),
            head,
            expected,
            renames: renames.map(|(old, new)| (new.to_owned(), old.to_owned())).collect(),
        }
    }

    fn change(&self) -> ChangeSet {
        let mut files = Vec::new();
        let mut gone: BTreeSet<&String> = self.base.keys().collect();
        for (path, new) in &self.head {
            let old_path = self.renames.get(path).unwrap_or(path);
            gone.remove(old_path);
            let old = self.base.get(old_path);
            let kind = match old {
                None => FileChangeKind::Added,
                Some(_) if old_path != path => FileChangeKind::Renamed,
                Some(old) if old == new => continue,
                Some(_) => FileChangeKind::Modified,
            };
            files.push(changed(path, old.map(|_| old_path), kind, old.map_or("", |it| it), new));
        }
        for path in gone {
            let kind = FileChangeKind::Deleted;
            files.push(changed(path, Some(path), kind, &self.base[path], ""));
        }
        ChangeSet { files }
    }

    fn review(&self) -> Analysis {
        self.review_of(&self.change())
    }

    fn review_of(&self, change: &ChangeSet) -> Analysis {
        let (base, head) = (tree(&self.base), tree(&self.head));
        let policy = Policy::default();
        let request =
            Request { base: &base, head: &head, change, policy: &policy, known: None, go_on: None };
        analyse_with(&request, &self.rules)
    }
}

fn changed(
    path: &str,
    old_path: Option<&String>,
    kind: FileChangeKind,
    old: &str,
    new: &str,
) -> FileChange {
    let hunks = hunks_between(old.as_bytes(), new.as_bytes());
    let old_path = old_path.cloned();
    FileChange { path: path.to_owned(), old_path, kind, hunks, shown: true }
}

fn tree(files: &Files) -> MemoryTree {
    files.iter().map(|(path, text)| (path.clone(), text.as_bytes().to_vec())).collect()
}

/// All files below a folder.
fn files(root: &Path) -> Files {
    let mut found = Files::new();
    let mut folders: Vec<PathBuf> = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(root).expect("below").to_string_lossy().into_owned();
                found.insert(name, fs::read_to_string(&path).expect("UTF-8"));
            }
        }
    }
    found
}

fn projects() -> Vec<Project> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/projects");
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)
        .expect("tests/projects")
        .map(|it| it.expect("an entry").path())
        .collect();
    paths.sort();
    paths.iter().map(|it| Project::read(it)).collect()
}

/// A tree that knows git's names for its files.
struct Named(MemoryTree);

impl Tree for Named {
    fn read(&self, path: &str) -> Option<Arc<[u8]>> {
        self.0.read(path)
    }

    fn paths(&self) -> Vec<String> {
        self.0.paths()
    }

    fn content_id(&self, path: &str) -> Option<ContentId> {
        self.read(path).map(|bytes| ContentId::of(&bytes))
    }
}

/// The same findings, whether nothing is known beforehand and each file is asked itself, or all is known.
#[test]
fn what_is_known_of_files_beforehand_changes_nothing() {
    for mut project in projects() {
        project.renames.clear();
        for _ in 0..2 {
            std::mem::swap(&mut project.base, &mut project.head);
            let (base, head) = (Named(tree(&project.base)), Named(tree(&project.head)));
            let (change, policy) = (project.change(), Policy::default());
            let told = |analysis: Analysis| format!("{:?} {:?}", analysis.findings, analysis.notes);
            let review = |known: Option<&Arc<Contents>>| {
                let request = Request {
                    base: &base,
                    head: &head,
                    change: &change,
                    policy: &policy,
                    known,
                    go_on: None,
                };
                told(analyse_with(&request, &project.rules))
            };
            let plain = told(project.review_of(&change));
            assert_eq!(review(None), plain, "{}: shared by both sides", project.name);
            let first = Arc::new(Contents::default());
            assert_eq!(review(Some(&first)), plain, "{}: found out", project.name);
            let kept = Arc::new(Contents::default());
            first.take_found().into_iter().for_each(|(id, outline)| kept.insert(id, outline));
            assert_eq!(review(Some(&kept)), plain, "{}: known beforehand", project.name);
        }
    }
}

#[test]
fn changes_cause_what_is_marked_and_nothing_else() {
    let mut wrong = Vec::new();
    for project in projects() {
        let analysis = project.review();
        let place = |it: &Finding| (it.place.path.clone(), it.place.line, it.rule.code.to_owned());
        let found: BTreeSet<_> = analysis.findings.iter().map(place).collect();
        for it in project.expected.difference(&found) {
            wrong.push(format!("{}: not found: {it:?}", project.name));
        }
        for it in found.difference(&project.expected) {
            wrong.push(format!("{}: wrongly found: {it:?}", project.name));
        }
        let unread = analysis.skipped.iter().filter(|it| !it.path.starts_with("vendor/"));
        wrong.extend(unread.map(|it| format!("{}: {} {}", project.name, it.path, it.reason)));
        wrong.extend(analysis.notes.iter().map(|it| format!("{}: {it}", project.name)));
    }
    assert!(wrong.is_empty(), "{} wrong\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn findings_in_unchanged_files_name_their_place_and_differ() {
    for project in projects() {
        let changed: BTreeSet<String> =
            project.change().files.into_iter().map(|it| it.path).collect();
        let findings = project.review().findings;
        let names: BTreeSet<_> = findings.iter().map(|it| it.fingerprint.clone()).collect();
        assert_eq!(names.len(), findings.len(), "{}", project.name);
        for finding in findings {
            assert!(changed.contains(&finding.place.path), "{}: {finding:?}", project.name);
            let fix = finding.fix.iter().flat_map(|it| &it.edits);
            assert!(fix.into_iter().all(|it| it.place.path == finding.place.path));
        }
    }
}

#[test]
fn many_callers_are_said_once() {
    let projects = projects();
    let often = projects.iter().find(|it| it.name == "async_function_used_often");
    let findings = often.expect("the project").review().findings;
    assert_eq!(findings.len(), 3);
    let likewise: Vec<&str> =
        findings.iter().flat_map(|it| &it.related).map(|it| it.message.as_str()).collect();
    assert_eq!(likewise.iter().filter(|it| it.starts_with("likewise")).count(), 10);
    assert!(likewise.contains(&"likewise, as in 7 other places"), "{likewise:?}");
}

/// Rule, place and name of each finding.
fn named(analysis: &Analysis) -> Vec<String> {
    let name = |it: &Finding| format!("{} {:?} {}", it.rule.code, it.place, it.fingerprint);
    analysis.findings.iter().map(name).collect()
}

#[test]
fn the_order_of_changed_files_does_not_matter() {
    for project in projects() {
        let mut change = project.change();
        let one = named(&project.review_of(&change));
        change.files.reverse();
        assert_eq!(one, named(&project.review_of(&change)), "{}", project.name);
    }
}

#[test]
fn undoing_a_change_of_clean_code_causes_nothing() {
    for project in projects() {
        let paths: Vec<String> = project.base.keys().cloned().collect();
        let policy = Policy::default();
        let before = check_tree_with(&tree(&project.base), &paths, &policy, &project.rules);
        let renames = project.renames.iter().map(|(new, old)| (old.clone(), new.clone()));
        let undone = Project {
            name: project.name.clone(),
            rules: project.rules.clone(),
            base: project.head.clone(),
            head: project.base.clone(),
            expected: BTreeSet::new(),
            renames: renames.collect(),
        };
        if before.findings.is_empty() {
            assert_eq!(named(&undone.review()), [""; 0], "{}", project.name);
        }
    }
}

#[test]
fn a_comment_at_the_place_suppresses_a_finding_in_an_unchanged_file() {
    for project in projects() {
        let before = project.review();
        for finding in &before.findings {
            let at = finding.related.first().map_or(&finding.place, |it| &it.place);
            let unchanged = project.base.get(&at.path) == project.head.get(&at.path);
            if !unchanged || finding.related.iter().any(|it| it.message.starts_with("likewise")) {
                continue;
            }
            let comment = format!("  # asyncwarden: ignore[{}] known", finding.rule.code);
            let commented = |files: &Files| {
                let mut files = files.clone();
                if let Some(code) = files.get_mut(&at.path) {
                    let lines = code.lines().enumerate().map(|(n, line)| {
                        let comment = if n as u32 + 1 == at.line { &comment } else { "" };
                        format!("{line}{comment}\n")
                    });
                    *code = lines.collect();
                }
                files
            };
            let project = Project {
                name: project.name.clone(),
                rules: project.rules.clone(),
                base: commented(&project.base),
                head: commented(&project.head),
                expected: BTreeSet::new(),
                renames: project.renames.clone(),
            };
            let after = project.review();
            let mut expected = named(&before);
            expected.retain(|it| !it.ends_with(&finding.fingerprint.0));
            if project.name != "async_function_used_often" {
                assert_eq!(named(&after), expected, "{}", project.name);
                assert_eq!(after.suppressed.len(), 1, "{}", project.name);
            }
        }
    }
}
