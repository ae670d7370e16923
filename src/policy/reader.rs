//! Reads declared settings from TOML and gathers what can't be used.

use toml::{Table, Value};

use super::nearest;
use crate::change::is_hidden;

/// Most complaints that are written out. The rest is counted.
const MOST_PROBLEMS: usize = 20;

/// Most entries of one list or table.
pub(super) const MOST_ENTRIES: usize = 200;

/// A setting that a table may have: what `docs/configuration.md` says of it, and how its value is taken over.
pub(super) struct Setting<T: 'static> {
    /// Its key within the table.
    pub(super) key: &'static str,
    /// What stands for it when it is not set, in Markdown.
    pub(super) default: &'static str,
    /// What it is, in Markdown.
    pub(super) about: &'static str,
    /// Takes a value over; the text is the full key, for complaints.
    pub(super) read: fn(&mut Reader, &str, &Value, &mut T),
}

/// Gathers what was wrong in one file after the other.
#[derive(Debug, Default)]
pub(super) struct Reader {
    /// The file that is read.
    pub(super) file: &'static str,
    problems: Vec<String>,
    more: usize,
}

impl Reader {
    /// Notes the rest of a sentence about the file.
    pub(super) fn problem(&mut self, what: impl FnOnce() -> String) {
        if self.problems.len() < MOST_PROBLEMS {
            self.problems.push(format!("`{}`: {}.", self.file, what()));
        } else {
            self.more += 1;
        }
    }

    /// All complaints, each a sentence.
    pub(super) fn into_problems(mut self) -> Vec<String> {
        if self.more > 0 {
            self.problems.push(format!("{} more settings can't be used.", self.more));
        }
        self.problems
    }

    /// Takes a table's settings over.
    pub(super) fn settings<T>(
        &mut self,
        prefix: &str,
        table: &Table,
        known: &[Setting<T>],
        target: &mut T,
    ) {
        for (key, value) in table {
            let full = format!("{prefix}{}", cut(key));
            match known.iter().find(|setting| setting.key == key) {
                Some(setting) => (setting.read)(self, &full, value, target),
                None => self.problem(|| {
                    let near = near(key, known.iter().map(|setting| setting.key));
                    match near {
                        Some(near) => {
                            format!(
                                "there is no setting `{full}`; perhaps `{prefix}{near}` is meant"
                            )
                        }
                        None => {
                            let keys = known.iter().map(|it| format!("{prefix}{}", it.key));
                            format!("there is no setting `{full}`; there are {}", listed(keys))
                        }
                    }
                }),
            }
        }
    }

    /// A table; what else there is, is complained of with what the table holds.
    pub(super) fn table<'v>(&mut self, key: &str, value: &'v Value, of: &str) -> Option<&'v Table> {
        let table = value.as_table();
        if table.is_none() {
            self.problem(|| format!("`{key}` is a table {of}"));
        }
        table
    }

    /// The entries of a list or table that are looked at.
    pub(super) fn entries<'v, V>(
        &mut self,
        key: &str,
        all: impl ExactSizeIterator<Item = V> + 'v,
    ) -> impl Iterator<Item = V> + 'v {
        let count = all.len();
        if count > MOST_ENTRIES {
            self.problem(|| {
                format!("`{key}` has {count} entries; only the first {MOST_ENTRIES} are read")
            });
        }
        all.take(MOST_ENTRIES)
    }

    /// A list of texts; a single text is one of one.
    pub(super) fn texts<'v>(&mut self, key: &str, value: &'v Value) -> Vec<&'v str> {
        let single = std::slice::from_ref(value);
        let list = value.as_array().map_or(single, Vec::as_slice);
        let mut texts = Vec::new();
        for value in self.entries(key, list.iter()) {
            match value.as_str() {
                Some(text) => texts.push(text),
                None => self.problem(|| format!("`{key}` is a list of texts")),
            }
        }
        texts
    }

    /// One of some words, each with what it stands for.
    pub(super) fn one_of<T: Copy>(
        &mut self,
        key: &str,
        value: &Value,
        words: &[(&'static str, T)],
    ) -> Option<T> {
        let written = value.as_str().unwrap_or("another type");
        let found = words.iter().find(|(word, _)| *word == written);
        if found.is_none() {
            self.problem(|| {
                let names = || words.iter().map(|(word, _)| *word);
                let (near, written) = (near(written, names()), cut(written));
                match near {
                    Some(near) => {
                        format!("`{key}` can't be `{written}`; perhaps `{near}` is meant")
                    }
                    None => {
                        let all = listed(names().map(str::to_owned));
                        format!("`{key}` can't be `{written}`; it is one of {all}")
                    }
                }
            });
        }
        found.map(|(_, value)| *value)
    }

    /// `true` or `false`.
    pub(super) fn flag(&mut self, key: &str, value: &Value) -> Option<bool> {
        let flag = value.as_bool();
        if flag.is_none() {
            self.problem(|| format!("`{key}` is `true` or `false`"));
        }
        flag
    }
}

/// The word that is meant, if one is near. Long texts mean none: looking takes time that grows with them.
fn near<'a>(word: &str, words: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    if word.len() > 60 { None } else { nearest(word, words) }
}

fn listed(names: impl Iterator<Item = String>) -> String {
    names.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// A foreign text, short enough for a sentence and without what would end its code span or change how it reads.
pub(super) fn cut(text: &str) -> String {
    let harmless = |c: &char| *c != '`' && !c.is_control() && !is_hidden(*c);
    text.chars().filter(harmless).take(60).collect()
}
