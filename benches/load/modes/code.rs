//! Repositories, and what change requests do to them.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use rand::RngExt;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;

/// The Python files of a repository.
#[derive(Clone)]
pub struct Code {
    files: BTreeMap<String, Arc<str>>,
    /// Those that lines can be put into.
    open: Vec<String>,
}

/// What is put in front of a `return`.
const LINES: [&[&str]; 6] = [
    &["attempt = None"],
    &["seen = set()"],
    &["import time", "time.sleep(1)"],
    &["import asyncio", "asyncio.create_task(asyncio.sleep(1))"],
    &["import requests", "requests.get(\"https://example.org\", timeout=1)"],
    &["import asyncio", "await asyncio.sleep(0)"],
];

/// A file's new content by its path.
pub type Changed = Vec<(String, String)>;

impl Code {
    /// Of so many modules that import each other.
    pub fn generated(modules: usize) -> Self {
        let name = |at: usize| format!("shop/part_{}/module_{at}.py", at % 7);
        let mut files: BTreeMap<String, Arc<str>> =
            (0..modules).map(|at| (name(at), module(at, modules).into())).collect();
        files.insert("shop/__init__.py".to_owned(), "".into());
        for part in 0..7 {
            files.insert(format!("shop/part_{part}/__init__.py"), "".into());
        }
        Self::from(files)
    }

    /// The Python files below a folder.
    pub fn below(root: &Path) -> Self {
        let (mut files, mut folders) = (BTreeMap::new(), vec![root.to_owned()]);
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(&folder).unwrap().flatten() {
                let path = entry.path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|extension| extension == "py") {
                    let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
                    let text = String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into();
                    files.insert(name, text);
                }
            }
        }
        Self::from(files)
    }

    fn from(files: BTreeMap<String, Arc<str>>) -> Self {
        let takes = |(_, text): &(&String, &Arc<str>)| with_lines(text, LINES[0]).is_some();
        let open = files.iter().filter(takes).map(|(path, _)| path.clone()).collect();
        Self { files, open }
    }

    pub fn len(&self) -> usize {
        self.files.len()
    }

    pub fn bytes(&self) -> usize {
        self.files.values().map(|text| text.len()).sum()
    }

    pub fn files(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files.iter().map(|(path, text)| (&**path, &**text))
    }

    /// What a push does: lines in up to `most` files, and a note that no other push has.
    pub fn push(&self, number: usize, most: usize, chance: &mut StdRng) -> Changed {
        let mut changed = BTreeMap::from([("NOTES.md".to_owned(), format!("Push {number}.\n"))]);
        for _ in 0..chance.random_range(1..=most) {
            let path = self.open.choose(chance).unwrap();
            let lines = LINES.choose(chance).unwrap();
            changed.insert(path.clone(), with_lines(&self.files[path], lines).unwrap());
        }
        changed.into_iter().collect()
    }
}

/// A file that nobody wrote by hand.
pub fn hostile(chance: &mut StdRng) -> String {
    let many = 20_000;
    match chance.random_range(0..6) {
        0 => format!("x = {}1{}\n", "(".repeat(many), ")".repeat(many)),
        1 => format!("x = a{}\n", ".b()".repeat(many)),
        2 => format!("async def poll():\n    x = \"{}\n", "a".repeat(many)),
        3 => "async def poll():\n    import time\n    time.sleep(1)\n".repeat(2_000),
        4 => format!("if a:\n    pass\n{}", "elif b:\n    pass\n".repeat(2_000)),
        _ => "\u{feff}\0\u{202e}async def \u{1F600}(:\n\t \tawait await await\n".repeat(500),
    }
}

/// The text with lines in front of the first `return` of its last coroutine.
fn with_lines(text: &str, lines: &[&str]) -> Option<String> {
    let coroutine = text.rfind("async def ")?;
    let at = coroutine + text[coroutine..].find("\n        return ")? + 1;
    let (before, behind) = text.split_at(at);
    let mut whole = before.to_owned();
    for line in lines {
        let _ = writeln!(whole, "        {line}");
    }
    whole.push_str(behind);
    Some(whole)
}

/// About what a module of a service looks like.
fn module(at: usize, modules: usize) -> String {
    let other = (at * 7 + 3) % modules;
    let mut text = format!(
        "\"\"\"Part {at} of the shop.\"\"\"\n\nimport asyncio\nimport logging\n\nfrom shop.part_{}.module_{other} import fetch_{other}, Store{other}\n\nlogger = logging.getLogger(__name__)\n\n\nasync def fetch_{at}(key: str, timeout: float = 1.0) -> dict:\n    async with asyncio.timeout(timeout):\n        await asyncio.sleep(0)\n        return {{\"key\": key, \"part\": {at}}}\n\n\nclass Store{at}:\n    def __init__(self, other: \"Store{other} | None\" = None) -> None:\n        self.other = other\n        self.lock = asyncio.Lock()\n        self.items: dict[str, dict] = {{}}\n\n",
        other % 7
    );
    for method in 0..8 {
        let _ = write!(
            text,
            "    async def load_{method}(self, keys: list[str]) -> list[dict]:\n        \"\"\"Reads what the keys stand for.\"\"\"\n        found = []\n        for key in keys:\n            async with self.lock:\n                if key in self.items:\n                    found.append(self.items[key])\n                    continue\n            try:\n                item = await fetch_{other}(key)\n            except TimeoutError:\n                logger.warning(\"no answer for %s\", key)\n                continue\n            self.items[key] = item\n            found.append(item)\n        if self.other is not None:\n            found.extend(await asyncio.gather(*(fetch_{other}(key) for key in keys)))\n        return found\n\n"
        );
    }
    text
}
