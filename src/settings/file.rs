//! The settings file.

use std::path::Path;

use clap::Args;
use serde::Deserialize;
use toml::de::{DeTable, DeValue};
use zeroize::Zeroizing;

use super::error::one_line;
use super::{Arguments, SettingsError};
use crate::policy::nearest;

/// Reads a TOML file. A table's name goes before its keys: `app_id` in `[github]` is `github_app_id`. What can be used of it,
/// and what is wrong with the rest.
pub(super) fn read(path: &Path) -> (Arguments, Vec<SettingsError>) {
    let refuse =
        |problem: String| SettingsError::File { path: path.display().to_string(), problem };
    let text = match std::fs::read_to_string(path) {
        Ok(text) => Zeroizing::new(text),
        Err(error) => return (Arguments::default(), vec![refuse(error.to_string())]),
    };
    let (read, problems) = parse(&text);
    (read, problems.into_iter().map(refuse).collect())
}

/// The settings that a file's text states as far as they can be used, and what is wrong with the rest, each on one line.
pub(crate) fn parse(text: &str) -> (Arguments, Vec<String>) {
    let table = match DeTable::parse(text) {
        Ok(table) => table,
        Err(error) => return (Arguments::default(), vec![place(text, &error)]),
    };
    let mut flat = Flat::default();
    flat.add("", table.get_ref());
    flat.problems.sort();
    let place =
        |(at, problem): (usize, String)| format!("{}: {}", position(text, at), one_line(problem));
    let mut problems: Vec<_> = flat.problems.into_iter().map(place).collect();
    let read = Arguments::deserialize(flat.table).unwrap_or_else(|error| {
        problems.push(one_line(error.message()));
        Arguments::default()
    });
    (read, problems)
}

/// The message with its place, without the excerpt, which could show a secret.
pub(super) fn place(text: &str, error: &toml::de::Error) -> String {
    let start = error.span().map_or(0, |span| span.start);
    format!("{}: {}", position(text, start), one_line(error.message()))
}

/// A place in a text, for a person.
fn position(text: &str, at: usize) -> String {
    let before = text.get(..at).unwrap_or(text);
    let line = before.rsplit('\n').next().unwrap_or_default();
    format!("line {}, column {}", before.matches('\n').count() + 1, line.chars().count() + 1)
}

/// Nested tables and scalars as one table of texts.
#[derive(Default)]
struct Flat {
    table: toml::Table,
    /// Each with where its key begins.
    problems: Vec<(usize, String)>,
}

impl Flat {
    fn add(&mut self, prefix: &str, table: &DeTable<'_>) {
        // Tables keep no order of their own.
        let mut entries: Vec<_> = table.iter().collect();
        entries.sort_by_key(|(key, _)| key.span().start);
        for (key, value) in entries {
            let at = key.span().start;
            let key = format!("{prefix}{}", key.get_ref().to_ascii_lowercase().replace('-', "_"));
            let key = key.strip_prefix("asyncwarden_").unwrap_or(&key).to_owned();
            if let DeValue::Table(inner) = value.get_ref() {
                self.add(&format!("{key}_"), inner);
                continue;
            }
            let text = match text_of(&key, value.get_ref()) {
                Ok(text) => text,
                Err(problem) => {
                    self.problems.push((at, problem));
                    continue;
                }
            };
            if let Err(problem) = known(&key) {
                self.problems.push((at, problem));
            } else if self.table.insert(key.clone(), toml::Value::String(text)).is_some() {
                self.problems.push((at, format!("`{key}` is there twice")));
            }
        }
    }
}

fn text_of(key: &str, value: &DeValue<'_>) -> Result<String, String> {
    match value {
        DeValue::String(text) => Ok(text.to_string()),
        DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
            .map(|number| number.to_string())
            .map_err(|_| format!("`{key}` is too large")),
        DeValue::Float(number) => Ok(number.as_str().to_owned()),
        DeValue::Array(parts) => parts
            .iter()
            .map(|part| part.get_ref().as_str())
            .collect::<Option<Vec<_>>>()
            .map(|parts| parts.join(","))
            .ok_or_else(|| format!("`{key}` is not a list of texts")),
        _ => Err(format!("`{key}` is neither a text nor a number")),
    }
}

/// Refuses a key that no setting has, and names the nearest one.
fn known(key: &str) -> Result<(), String> {
    let command = Arguments::augment_args(clap::Command::new("settings"));
    let names: Vec<&str> = command
        .get_arguments()
        .map(|arg| arg.get_id().as_str())
        .filter(|id| *id != "config")
        .collect();
    if names.contains(&key) {
        return Ok(());
    }
    Err(match nearest(key, names.iter().copied()) {
        Some(name) => format!("there is no setting `{key}`; did you mean `{name}`?"),
        None => format!("there is no setting `{key}`; there are {}", names.join(", ")),
    })
}
