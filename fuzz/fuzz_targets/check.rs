//! Whatever the bytes of a file, the whole analysis ends and is sound.
#![no_main]

use asyncwarden::analysis::check_tree;
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

fuzz_target!(|data: &[u8]| {
    let data = &data[..data.len().min(fuzzing::LONGEST)];
    let files = [("app/a.py", data), ("app/b.py", &data[data.len() / 2..])];
    let tree = fuzzing::tree(&files);
    let paths = ["app/a.py".to_owned(), "app/b.py".to_owned()];
    let analysis = check_tree(&tree, &paths, &Policy::default());
    fuzzing::assert_sound(&analysis, &files);
});
