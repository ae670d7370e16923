//! Whether a repository ever runs asyncio in debug mode, as far as its tests' set-up, its builds and its entries say.

use super::Index;
use crate::change::Tree;

/// Most files that are looked at.
const MOST_FILES: usize = 300;

/// Most bytes of a file that are looked at.
const MOST_BYTES: usize = 256 * 1024;

/// Names of files that say how tests and programs are run.
const NAMES: [&str; 25] = [
    "conftest.py",
    "noxfile.py",
    "tasks.py",
    "__main__.py",
    "main.py",
    "app.py",
    "manage.py",
    "run.py",
    "cli.py",
    "setup.cfg",
    "pyproject.toml",
    "tox.ini",
    "pytest.ini",
    "pytest.toml",
    "Makefile",
    "justfile",
    "Justfile",
    "Dockerfile",
    "docker-compose.yml",
    "docker-compose.yaml",
    "compose.yaml",
    "compose.yml",
    "Jenkinsfile",
    "azure-pipelines.yml",
    "Procfile",
];

/// Folders of such files, and beginnings of their names.
const PLACES: [&str; 6] = [".circleci/", ".ci/", "ci/", "scripts/", ".travis", ".env"];

/// What turns debug mode on, by itself.
const SIGNS: [&str; 6] =
    ["PYTHONASYNCIODEBUG", "PYTHONDEVMODE", "set_debug(", "asyncio_debug", "-X dev", "-Xdev"];

impl Index<'_> {
    /// Whether something in the repository turns asyncio's debug mode on. Looks at files that say how things are run, not at
    /// all of them, and only once.
    pub fn runs_in_debug_mode(&self) -> bool {
        *self.debug_mode.get_or_init(|| turned_on(self.tree))
    }
}

fn turned_on(tree: &dyn Tree) -> bool {
    let paths = tree.paths().into_iter().filter(|path| says_how_to_run(path));
    paths.take(MOST_FILES).filter_map(|path| tree.read(&path)).any(|bytes| shows(&bytes))
}

fn says_how_to_run(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let ends = [".yml", ".yaml", ".sh", ".mk"].iter().any(|end| name.ends_with(end));
    NAMES.contains(&name)
        || PLACES.iter().any(|place| path.starts_with(place))
        || (path.starts_with('.') && ends)
        || (!path.contains('/') && ends)
}

/// Whether a file turns debug mode on.
pub(in crate::python) fn shows(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(MOST_BYTES)]);
    SIGNS.iter().any(|sign| text.contains(sign))
        || text.lines().any(|line| {
            line.contains("debug=True") && (line.contains("asyncio") || line.contains("Runner("))
        })
}
