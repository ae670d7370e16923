//! A short smoke run of all fuzz targets: on the inputs that they keep, and on mutations of them.

#[path = "../../fuzz/src/lib.rs"]
mod targets;

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use targets::{TARGETS, damage, mutate, run};

/// Targets that read Python: an unoptimised analysis takes its time.
const OF_PYTHON: [&str; 3] = ["check", "review", "suppression"];
/// Mutations for each target. Always the same, so that a failure is one of the change that it shows up with.
const MUTATIONS: [usize; 2] = [40, 400];

/// Which of the marked cases are inputs, too: one in so many.
const CASES: usize = 12;

/// The inputs that a target keeps, and for those that read Python some marked cases, in the order of their names.
fn kept(name: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let mut paths = files(&format!("fuzz/corpus/{name}"));
    assert!(!paths.is_empty(), "{name} keeps no input");
    if OF_PYTHON.contains(&name) {
        let mut cases = files("tests/cases");
        cases.retain(|path| path.extension().is_some_and(|extension| extension == "py"));
        paths.extend(cases.into_iter().step_by(CASES));
    }
    paths.into_iter().map(|path| (path.clone(), fs::read(path).expect("readable"))).collect()
}

fn files(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let files = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{folder:?}: {error}"));
    let mut paths: Vec<PathBuf> = files.map(|it| it.expect("an entry").path()).collect();
    paths.sort();
    paths
}

/// Runs a target on the inputs that it keeps, then on mutations of them.
fn smoke(name: &str) {
    let inputs = kept(name);
    for (path, bytes) in &inputs {
        ends_well(name, bytes, &path.display().to_string());
    }
    let of_python = OF_PYTHON.contains(&name);
    let most = MUTATIONS[usize::from(!of_python)];
    for (seed, (path, bytes)) in (1_u32..).zip(inputs.iter().cycle()).take(most) {
        let change = if of_python { mutate } else { damage };
        let bytes = change(bytes, seed, 4 * 1024);
        ends_well(name, &bytes, &format!("mutation {seed} of {}", path.display()));
    }
}

fn ends_well(name: &str, bytes: &[u8], what: &str) {
    if catch_unwind(AssertUnwindSafe(|| run(name, bytes))).is_err() {
        let file = std::env::temp_dir().join(format!("asyncwarden-fuzzing-{name}"));
        fs::write(&file, bytes).expect("a file for what failed");
        panic!("{name} fails on {what}; the input is in {}", file.display());
    }
}

/// One test for each target, so that they run at the same time.
macro_rules! smoke_runs {
    ($($name:ident)*) => {
        $(#[test] fn $name() { smoke(stringify!($name)); })*

        #[test]
        fn each_target_has_a_smoke_run_and_a_binary() {
            let names: Vec<&str> = TARGETS.iter().map(|(name, _)| *name).collect();
            assert_eq!(names, [$(stringify!($name)),*]);
            for name in names {
                let file = format!("fuzz/fuzz_targets/{name}.rs");
                let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file));
                let call = format!("fuzzing::run(\"{name}\", data)");
                assert!(text.is_ok_and(|text| text.contains(&call)), "{name}");
            }
        }
    };
}

smoke_runs! { archive check comments configuration diff markdown review sign_in suppression webhook }
