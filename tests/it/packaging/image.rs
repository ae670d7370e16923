//! The image, without Docker: its build sees all that is compiled, and nothing else of the folder.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
const DOCKERFILE: &str = include_str!("../../../Dockerfile");
const IGNORED: &str = include_str!("../../../.dockerignore");
const UNIT: &str = include_str!("../../../deploy/asyncwarden.service");
const OPERATIONS: &str = include_str!("../../../docs/operations.md");

/// The instructions of a stage, with the lines that they go on in, without comments.
fn stage(name: &str) -> Vec<String> {
    let mut instructions: Vec<String> = Vec::new();
    let mut goes_on = false;
    for line in DOCKERFILE.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
        let (text, more) = line.strip_suffix('\\').map_or((line, false), |text| (text, true));
        match instructions.last_mut() {
            Some(last) if goes_on => last.push_str(text),
            _ => instructions.push(text.to_owned()),
        }
        goes_on = more;
    }
    let of_stage = instructions.iter().skip_while(|line| !line.ends_with(&format!(" AS {name}")));
    let rest = of_stage.skip(1).take_while(|line| !line.starts_with("FROM "));
    rest.cloned().collect()
}

fn arguments<'a>(stage: &'a [String], instruction: &str) -> Vec<&'a str> {
    let lines = stage.iter().filter_map(|line| line.strip_prefix(instruction)?.strip_prefix(' '));
    lines.collect()
}

/// What the build stage copies from the folder.
fn copied() -> Vec<String> {
    let build = stage("build");
    let words = arguments(&build, "COPY").into_iter().map(|line| line.split_whitespace().collect());
    let lines = words.filter(|words: &Vec<&str>| !words[0].starts_with("--from="));
    let sources = lines.flat_map(|words| words[..words.len() - 1].to_vec());
    sources.map(str::to_owned).collect()
}

fn copy(from: &Path, to: &Path) {
    if from.is_dir() {
        std::fs::create_dir_all(to).unwrap();
        for entry in std::fs::read_dir(from).unwrap() {
            let name = entry.unwrap().file_name();
            copy(&from.join(&name), &to.join(&name));
        }
    } else {
        std::fs::copy(from, to).unwrap();
    }
}

/// What `COPY` finds is what `.dockerignore` lets through, and that is named there one by one behind `*`.
#[test]
fn what_is_copied_is_what_the_build_is_given() {
    let mut lines = IGNORED.lines();
    assert_eq!(lines.next(), Some("*"));
    let given: BTreeSet<_> = lines.map(|line| line.strip_prefix('!').unwrap()).collect();
    let copied = copied();
    assert_eq!(given, copied.iter().map(String::as_str).collect());
    for path in copied {
        assert!(Path::new(ROOT).join(&path).exists(), "{path} is not there");
    }
}

/// All files that the library was compiled from, as the compiler noted them: sources, templates, migrations, what is included.
/// There may be notes of earlier builds beside.
fn compiled_from() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_BIN_EXE_asyncwarden")).with_file_name("deps");
    let notes = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let notes = notes.filter(|path| path.extension().is_some_and(|extension| extension == "d"));
    let written = |path: &PathBuf| std::fs::metadata(path).unwrap().modified().unwrap();
    let mut of_library: Vec<(_, String)> = notes
        .map(|path| (written(&path), std::fs::read_to_string(&path).unwrap()))
        .filter(|(_, text)| text.contains("/libasyncwarden-") && text.contains(".rlib: "))
        .collect();
    of_library.sort();
    let (_, note) = of_library.pop().expect("a note of the library");
    let line = note.lines().find(|line| line.contains(".rlib: ")).unwrap();
    let (_, files) = line.split_once(": ").unwrap();
    files.split_whitespace().map(|file| Path::new(ROOT).join(file)).collect()
}

#[test]
fn the_build_in_the_image_has_all_that_it_compiles() {
    let context = tempfile::tempdir().unwrap();
    for path in copied() {
        copy(&Path::new(ROOT).join(&path), &context.path().join(&path));
    }
    let root = Path::new(ROOT).canonicalize().unwrap();
    let own = |file: PathBuf| Some(file.canonicalize().ok()?.strip_prefix(&root).ok()?.to_owned());
    let files: Vec<PathBuf> = compiled_from().into_iter().filter_map(own).collect();
    for sample in ["src/lib.rs", "src/web/mod.rs", "LICENSE", "templates/style.css"] {
        assert!(files.contains(&sample.into()), "cargo noted no {sample}");
    }
    assert!(files.iter().any(|file| file.starts_with("migrations/postgres")), "{files:?}");
    let missing: Vec<_> = files.iter().filter(|file| !context.path().join(file).exists()).collect();
    assert!(missing.is_empty(), "not in the image's build: {missing:?}");

    // The manifest names targets, which have to be there even if they aren't built.
    let read = Command::new(env!("CARGO"))
        .args(["metadata", "--locked", "--offline", "--no-deps", "--format-version", "1"])
        .current_dir(context.path())
        .output()
        .unwrap();
    assert!(read.status.success(), "{}", String::from_utf8_lossy(&read.stderr));
}

#[test]
fn the_image_runs_as_nobody_and_asks_itself_whether_it_is_well() {
    let service = stage("service");
    assert_eq!(arguments(&service, "USER"), ["10001:10001"]);
    assert_eq!(arguments(&service, "VOLUME"), ["/data"]);
    assert!(arguments(&service, "RUN").is_empty(), "there is no shell in it");
    let [entrypoint] = arguments(&service, "ENTRYPOINT")[..] else { panic!("one") };
    let program: Vec<String> = serde_json::from_str(entrypoint).unwrap();
    let [check] = arguments(&service, "HEALTHCHECK")[..] else { panic!("one") };
    let (_, check) = check.split_once("CMD ").unwrap();
    let check: Vec<String> = serde_json::from_str(check).unwrap();
    assert_eq!(check, [&program[..], &["healthcheck".to_owned()]].concat());
    let version = format!("org.opencontainers.image.version=\"{}\"", env!("CARGO_PKG_VERSION"));
    assert!(arguments(&service, "LABEL").concat().contains(&version), "{version}");
}

/// What a text tells the C library's allocator.
fn for_the_allocator(text: &str) -> BTreeSet<&str> {
    text.split_whitespace().filter(|word| word.starts_with("MALLOC_")).collect()
}

#[test]
fn the_allocator_is_told_the_same_everywhere() {
    let image = stage("service");
    let image = arguments(&image, "ENV").join(" ");
    let image = for_the_allocator(&image);
    assert_eq!(image.len(), 3, "{image:?}");
    assert_eq!(for_the_allocator(&UNIT.replace("Environment=", "")), image);
    assert_eq!(for_the_allocator(&OPERATIONS.replace('`', " ")), image);
}
