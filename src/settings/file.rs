//! The settings file.

use std::path::Path;

use clap::Args;
use serde::Deserialize;
use zeroize::Zeroizing;

use super::error::one_line;
use super::{Arguments, SettingsError};
use crate::policy::nearest;

/// Reads a TOML file. A table's name goes before its keys: `app_id` in `[github]` is `github_app_id`.
pub(super) fn read(path: &Path) -> Result<Arguments, SettingsError> {
    let refuse =
        |problem: String| SettingsError::File { path: path.display().to_string(), problem };
    let text = std::fs::read_to_string(path).map_err(|error| refuse(error.to_string()))?;
    parse(&Zeroizing::new(text)).map_err(refuse)
}

/// The settings that a file's text states, or what is wrong with it, on one line.
pub(crate) fn parse(text: &str) -> Result<Arguments, String> {
    let file: toml::Table = text.parse().map_err(|error: toml::de::Error| place(text, &error))?;
    let mut flat = toml::Table::new();
    flatten("", file, &mut flat)?;
    Arguments::deserialize(flat).map_err(|error| one_line(error.message()))
}

/// The message with its line, without the excerpt, which could show a secret.
pub(super) fn place(text: &str, error: &toml::de::Error) -> String {
    let line = error.span().map_or(1, |span| text[..span.start].lines().count().max(1));
    format!("line {line}: {}", one_line(error.message()))
}

/// Turns nested tables and scalars into one table of texts.
fn flatten(prefix: &str, table: toml::Table, flat: &mut toml::Table) -> Result<(), String> {
    for (key, value) in table {
        let key = format!("{prefix}{}", key.to_ascii_lowercase().replace('-', "_"));
        let key = key.strip_prefix("asyncwarden_").unwrap_or(&key).to_owned();
        let text = match value {
            toml::Value::Table(inner) => {
                flatten(&format!("{key}_"), inner, flat)?;
                continue;
            }
            toml::Value::String(text) => text,
            toml::Value::Integer(number) => number.to_string(),
            toml::Value::Float(number) => number.to_string(),
            toml::Value::Array(parts) => parts
                .into_iter()
                .map(|part| part.as_str().map(str::to_owned))
                .collect::<Option<Vec<_>>>()
                .ok_or_else(|| format!("`{key}` is not a list of texts"))?
                .join(","),
            _ => return Err(format!("`{key}` is neither a text nor a number")),
        };
        known(&key)?;
        if flat.insert(key.clone(), toml::Value::String(text)).is_some() {
            return Err(format!("`{key}` is there twice"));
        }
    }
    Ok(())
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
