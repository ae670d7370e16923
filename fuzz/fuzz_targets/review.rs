//! Whatever the change of a file, its review ends and is sound, and a change of nothing says nothing.
#![no_main]

use asyncwarden::analysis::{Request, analyse};
use asyncwarden::change::{ChangeSet, FileChange, FileChangeKind, hunks_between};
use asyncwarden::policy::Policy;
use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    if seed % 4 == 0 {
        return fuzzer_mutate(data, size, max_size);
    }
    let bytes = fuzzing::mutate(&data[..size], seed, max_size);
    data[..bytes.len()].copy_from_slice(&bytes);
    bytes.len()
});

/// The file under review, and two of its neighbours that do not change.
const CHANGED: &str = "app/a.py";

fuzz_target!(|data: &[u8]| {
    let data = &data[..data.len().min(fuzzing::LONGEST)];
    let seed =
        data.iter().fold(1_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add((*byte).into()));
    let changed = fuzzing::mutate(data, seed, fuzzing::LONGEST);
    let neighbour = &data[data.len() / 2..];
    for (old, new) in [(data, &changed[..]), (&changed[..], data), (data, data)] {
        let base = fuzzing::tree(&[(CHANGED, old), ("app/b.py", neighbour)]);
        let files = [(CHANGED, new), ("app/b.py", neighbour)];
        let head = fuzzing::tree(&files);
        let change = ChangeSet {
            files: vec![FileChange {
                path: CHANGED.to_owned(),
                old_path: Some(CHANGED.to_owned()),
                kind: FileChangeKind::Modified,
                hunks: hunks_between(old, new),
                shown: true,
            }],
        };
        let policy = Policy::default();
        let (base, head, change, policy) = (&base, &head, &change, &policy);
        let analysis = analyse(&Request { base, head, change, policy, known: None });
        fuzzing::assert_sound(&analysis, &files);
        assert!(old != new || analysis.findings.is_empty(), "a change of nothing has findings");
    }
});
