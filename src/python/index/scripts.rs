//! The programs that a repository's packaging declares.

use super::Index;
use crate::change::Tree;

/// Files that declare programs, at the repository's root.
const FILES: [&str; 3] = ["pyproject.toml", "setup.cfg", "setup.py"];

impl Index<'_> {
    /// The entries of declared programs: modules and functions, as in `name = "package.module:function"`. Read once.
    pub fn scripts(&self) -> &[(String, String)] {
        self.scripts.get_or_init(|| declared(self.tree))
    }
}

fn declared(tree: &dyn Tree) -> Vec<(String, String)> {
    let texts = FILES.iter().filter_map(|path| tree.read(path));
    texts.flat_map(|bytes| entries(&String::from_utf8_lossy(&bytes))).collect()
}

/// What reads like `package.module:function` in a file, whatever section it stands in.
fn entries(text: &str) -> Vec<(String, String)> {
    let is_name = |it: &str| {
        !it.is_empty()
            && it.chars().all(|c| c.is_alphanumeric() || c == '_')
            && !it.starts_with(|c: char| c.is_ascii_digit())
    };
    let words =
        text.split(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '=' | ',' | '[' | ']'));
    let pairs = words.filter_map(|word| word.split_once(':'));
    let pairs =
        pairs.filter(|(module, function)| module.split('.').all(is_name) && is_name(function));
    pairs.map(|(module, function)| (module.to_owned(), function.to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::entries;

    #[test]
    fn entries_are_found_in_all_three_spellings() {
        let text = "[project.scripts]\nserve = \"pkg.cli:main\"\n[options.entry_points]\nconsole_scripts =\n    work=worker:run\n\
            setup(entry_points={'console_scripts': ['x=a.b:go']})\nurl = \"https://example.org\"\nx = {a: 1}\n";
        let found = entries(text);
        let found: Vec<_> = found.iter().map(|(m, f)| format!("{m}:{f}")).collect();
        assert_eq!(found, ["pkg.cli:main", "worker:run", "a.b:go"]);
    }
}
