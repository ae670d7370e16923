//! What a repository says about names outside of it.

use toml::Value;

use super::reader::{Reader, Setting};
use crate::python::{Blocks, Kind, Runner};

/// Longest dotted name of a catalogue entry.
const LONGEST_NAME: usize = 200;

/// One `[[catalogue]]` entry: a fact about a dotted name, in addition to the built-in ones or instead of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownName {
    /// Canonical dotted name: `acme.client.fetch`, `acme.Session.get`.
    pub name: String,
    /// What calling it does.
    pub kind: Kind,
    /// Calling it holds the thread up, and with what.
    pub blocks: Option<Blocks>,
    /// What to write instead on the event loop: a dotted name, without markup.
    pub instead: Option<String>,
    /// Dotted class of the result.
    pub gives: Option<String>,
    /// A dotted name that it is another name of; its facts are that one's.
    pub same_as: Option<String>,
    /// Where it runs the callable that it is given, or the plain function that it decorates.
    pub runs_in: Option<Runner>,
    /// 0-based position of that callable.
    pub argument: u8,
    /// Methods any of which gives an instance back.
    pub closed_by: Vec<String>,
    /// It decorates functions that a framework calls.
    pub handler: bool,
}

impl Default for KnownName {
    fn default() -> Self {
        Self {
            name: String::new(),
            kind: Kind::Function,
            blocks: None,
            instead: None,
            gives: None,
            same_as: None,
            runs_in: None,
            argument: 0,
            closed_by: Vec::new(),
            handler: false,
        }
    }
}

/// Names of kinds, as settings write them.
const KINDS: [(&str, Kind); 8] = [
    ("function", Kind::Function),
    ("coroutine", Kind::Coroutine),
    ("awaitable-context", Kind::AwaitableContext),
    ("future", Kind::Future),
    ("async-context", Kind::AsyncContext),
    ("async-iterator", Kind::AsyncIterator),
    ("class", Kind::Class),
    ("decorator", Kind::Decorator),
];

/// Names of where callables run, as settings write them.
const RUNNERS: [(&str, Runner); 4] = [
    ("thread", Runner::Thread),
    ("process", Runner::Process),
    ("loop", Runner::Loop),
    ("caller", Runner::Caller),
];

/// Names of what blocks, as settings write them.
const BLOCKS: [(&str, Blocks); 10] = [
    ("sleep", Blocks::Sleep),
    ("http", Blocks::Http),
    ("file", Blocks::File),
    ("database", Blocks::Database),
    ("process", Blocks::Process),
    ("network", Blocks::Network),
    ("console", Blocks::Console),
    ("thread", Blocks::Thread),
    ("legacy", Blocks::Legacy),
    ("cpu", Blocks::Cpu),
];

/// What an entry may say.
pub(super) const OF_CATALOGUE: &[Setting<KnownName>] = &[
    Setting {
        key: "name",
        default: "needed",
        about: "The dotted name, as it is imported: `\"acme.client.fetch\"`, `\"acme.Session.get\"`.",
        read: |reader, key, value, known| {
            known.name = dotted(reader, key, value).unwrap_or_default();
        },
    },
    Setting {
        key: "kind",
        default: "`\"function\"`",
        about: "What calling it does: `function`, `coroutine`, `awaitable-context`, `future`, `async-context`, \
                `async-iterator`, `class`, `decorator`.",
        read: |reader, key, value, known| {
            known.kind = reader.one_of(key, value, &KINDS).unwrap_or(known.kind);
        },
    },
    Setting {
        key: "blocks",
        default: "it does not block",
        about: "What holds the thread up when it is called: `sleep`, `http`, `file`, `database`, `process`, `network`, \
                `console`, `thread`, `legacy`, `cpu`.",
        read: |reader, key, value, known| known.blocks = reader.one_of(key, value, &BLOCKS),
    },
    Setting {
        key: "instead",
        default: "nothing",
        about: "The name to use instead on the event loop: `\"acme.aio.fetch\"`.",
        read: |reader, key, value, known| known.instead = dotted(reader, key, value),
    },
    Setting {
        key: "gives",
        default: "nothing known",
        about: "The class of the result, as a dotted name.",
        read: |reader, key, value, known| known.gives = dotted(reader, key, value),
    },
    Setting {
        key: "same-as",
        default: "nothing",
        about: "A known name that it is another name of: `\"requests.get\"`.",
        read: |reader, key, value, known| known.same_as = dotted(reader, key, value),
    },
    Setting {
        key: "runs-in",
        default: "it calls none",
        about: "Where it runs the callable that it is given, or the `def` that it decorates: `thread`, `process`, `loop`, `caller`.",
        read: |reader, key, value, known| known.runs_in = reader.one_of(key, value, &RUNNERS),
    },
    Setting {
        key: "argument",
        default: "`0`",
        about: "Position of that callable among the arguments, from 0.",
        read: |reader, key, value, known| match value
            .as_integer()
            .and_then(|it| u8::try_from(it).ok())
        {
            Some(position) => known.argument = position,
            None => reader.problem(|| format!("`{key}` is a position such as `0` or `1`")),
        },
    },
    Setting {
        key: "closed-by",
        default: "`[]`",
        about: "Methods of a class, or of what a call gives, any of which gives it back: `[\"close\"]`.",
        read: |reader, key, value, known| {
            let names = reader.texts(key, value).into_iter().map(Value::from);
            known.closed_by = names.filter_map(|it| dotted(reader, key, &it)).collect();
        },
    },
    Setting {
        key: "handler",
        default: "`false`",
        about: "Whether it decorates functions that a framework calls for each request, message or event.",
        read: |reader, key, value, known| {
            known.handler = reader.flag(key, value).unwrap_or_default();
        },
    },
];

/// Reads all entries.
pub(super) fn catalogue(reader: &mut Reader, key: &str, value: &Value, known: &mut Vec<KnownName>) {
    let Some(list) = value.as_array() else {
        reader.problem(|| format!("`{key}` is a list of tables, each written `[[{key}]]`"));
        return;
    };
    for value in reader.entries(key, list.iter()) {
        let Some(table) = reader.table(key, value, "that starts with `[[catalogue]]`") else {
            continue;
        };
        let mut entry = KnownName::default();
        reader.settings(&format!("{key}."), table, OF_CATALOGUE, &mut entry);
        if !entry.name.is_empty() {
            known.push(entry);
        } else if !table.contains_key("name") {
            reader.problem(|| format!("an entry of `{key}` has no `name`"));
        }
    }
}

/// A name of Python with dots between its words. Nothing else gets into messages that way.
fn dotted(reader: &mut Reader, key: &str, value: &Value) -> Option<String> {
    let word = |word: &str| {
        let mut chars = word.chars();
        let letter = |c: char| c == '_' || c.is_alphabetic();
        chars.next().is_some_and(letter) && chars.all(|c| c == '_' || c.is_alphanumeric())
    };
    let text = value.as_str().filter(|it| it.len() <= LONGEST_NAME && it.split('.').all(word));
    if text.is_none() {
        reader.problem(|| format!("`{key}` is a dotted name such as \"acme.client.fetch\""));
    }
    text.map(str::to_owned)
}
