//! Patterns of paths.

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

/// Longest pattern, in bytes. It bounds what a pattern costs to compile and how deep its braces nest.
const LONGEST: usize = 200;

/// A pattern of paths from the repository's root: `*` and `?` stop at `/`, `**` does not, `{a,b}` is either. Without a `/`
/// it is met at any depth, and what lies in a folder that meets it does, too.
#[derive(Clone)]
pub(super) struct Pattern {
    text: String,
    set: GlobSet,
}

impl Pattern {
    /// Compiles a pattern.
    ///
    /// # Errors
    /// Why it is none, as the rest of a sentence.
    pub(super) fn new(text: &str) -> Result<Self, String> {
        if text.len() > LONGEST {
            return Err(format!("is longer than {LONGEST} bytes"));
        }
        let trimmed = text.trim().trim_start_matches("./").trim_end_matches('/');
        let anchored = trimmed.trim_start_matches('/');
        if anchored.is_empty() {
            return Err("is empty".to_owned());
        }
        let deep = if trimmed.contains('/') { "" } else { "**/" };
        let mut set = GlobSetBuilder::new();
        for glob in [format!("{deep}{anchored}"), format!("{deep}{anchored}/**")] {
            let glob = GlobBuilder::new(&glob).literal_separator(true).build();
            set.add(glob.map_err(|error| error.kind().to_string())?);
        }
        let set = set.build().map_err(|error| error.kind().to_string())?;
        Ok(Self { text: text.to_owned(), set })
    }

    pub(super) fn is_met_by(&self, path: &str) -> bool {
        self.set.is_match(path)
    }

    /// The longer of two patterns says more about the files that meet it.
    pub(super) fn narrowness(&self) -> (usize, &str) {
        (self.text.len(), &self.text)
    }
}

impl std::fmt::Debug for Pattern {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.text.fmt(f)
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Pattern {}

#[cfg(test)]
mod tests {
    use super::Pattern;

    #[test]
    fn patterns_name_files_and_folders() {
        for (pattern, path, met) in [
            ("tests", "tests/test_a.py", true),
            ("tests/", "pkg/tests/unit/test_a.py", true),
            ("/tests", "pkg/tests/test_a.py", false),
            ("/tests", "tests/test_a.py", true),
            ("./scripts/*.py", "scripts/run.py", true),
            ("scripts/*.py", "scripts/deep/run.py", false),
            ("scripts/**", "scripts/deep/run.py", true),
            ("scripts/**/*.py", "scripts/run.py", true),
            ("test_*.py", "pkg/test_a.py", true),
            ("test_*.py", "pkg/latest_a.py", false),
            ("src/{a,b}/x.py", "src/b/x.py", true),
            ("src/a", "src/ab.py", false),
            ("[ab].py", "b.py", true),
        ] {
            let pattern = Pattern::new(pattern).expect("a pattern");
            assert_eq!(pattern.is_met_by(path), met, "{pattern:?} {path}");
        }
    }

    #[test]
    fn what_is_no_pattern_is_refused() {
        for text in ["", "/", " ", "a[", "{a", &"{".repeat(300), &"x".repeat(201)] {
            assert!(Pattern::new(text).is_err(), "{text}");
        }
        let costly = "{a,**/b,[a-z]*}".repeat(13);
        assert!(!Pattern::new(&costly).expect("a pattern").is_met_by(&"a/".repeat(2000)));
    }
}
