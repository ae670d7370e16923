//! `asyncwarden config show`: what every setting is, and who said so.

use std::fmt::Write;

use anyhow::bail;
use clap::ValueEnum;
use serde_json::{Value, json};

use crate::cli::Outcome;
use crate::cli::output::print;
use crate::settings::{Overview, Row, Shown, Source, Sourced};

/// What the command takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// How it is shown.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    #[command(flatten)]
    settings: Sourced,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A line for each setting.
    Text,
    /// One object.
    Json,
    /// A settings file, without the secrets.
    Toml,
}

/// Runs the command.
pub fn run(args: Args) -> anyhow::Result<Outcome> {
    let overview = Overview::of(args.settings);
    if let Some(problem) = overview.file.first() {
        bail!("{problem} (`asyncwarden config check` says all that is wrong)");
    }
    print(&match args.format {
        Format::Text => text(&overview),
        Format::Json => format!("{:#}\n", json(&overview)),
        Format::Toml => toml(&overview),
    })?;
    Ok(Outcome::Passed)
}

fn text(overview: &Overview) -> String {
    let lines: Vec<_> = overview.rows.iter().filter(|row| is_told(row)).map(line).collect();
    let width = |of: fn(&(&'static str, String, &'static str)) -> usize| {
        lines.iter().map(of).max().unwrap_or_default()
    };
    let (names, values) = (width(|line| line.0.len()), width(|line| line.1.chars().count()));
    let mut text = String::new();
    for (name, value, source) in &lines {
        // A long value moves its own line only.
        let values = values.min(60);
        let _ = writeln!(text, "{name:names$}  {value:values$}  {source}");
    }
    for unknown in &overview.unknown {
        let _ = writeln!(text, "{unknown}");
    }
    text
}

/// That a secret's file is not set says nothing.
fn is_told(row: &Row) -> bool {
    row.shown != Shown::Unset || !row.key.ends_with("_file") || row.key == "ca_file"
}

fn line(row: &Row) -> (&'static str, String, &'static str) {
    let (value, source) = match &row.shown {
        Shown::Text(text) => (printable(text), row.source.as_str()),
        Shown::InWords(words) => (printable(words), row.source.as_str()),
        Shown::Secret => ("set".to_owned(), row.source.as_str()),
        Shown::SecretIn(path) => {
            (format!("set, in {}", printable(&path.display().to_string())), row.source.as_str())
        }
        Shown::Unset => ("not set".to_owned(), ""),
    };
    (row.variable, value, source)
}

/// A text that does nothing to a terminal.
fn printable(text: &str) -> String {
    text.chars()
        .flat_map(|c| {
            let escaped = c.is_control().then(|| c.escape_debug());
            let plain = (!c.is_control()).then_some(c);
            escaped.into_iter().flatten().chain(plain)
        })
        .collect()
}

fn json(overview: &Overview) -> Value {
    let row = |row: &Row| {
        let (value, words, secret, file) = match &row.shown {
            Shown::Text(text) => (Some(text), None, false, None),
            Shown::InWords(words) => (None, Some(words), false, None),
            Shown::Secret => (None, None, true, None),
            Shown::SecretIn(path) => (None, None, true, Some(path.display().to_string())),
            Shown::Unset => (None, None, false, None),
        };
        json!({
            "key": row.key,
            "variable": row.variable,
            "set": row.source != Source::Default,
            "source": row.source,
            "value": value,
            "in_words": words,
            "secret": secret,
            "file": file,
        })
    };
    let rows: Vec<Value> = overview.rows.iter().map(row).collect();
    json!({ "settings": rows, "unknown": overview.unknown })
}

fn toml(overview: &Overview) -> String {
    let mut text = String::new();
    for row in overview.rows.iter().filter(|row| row.key != "config" && is_told(row)) {
        let (key, source) = (row.key, row.source.as_str());
        let _ = match (&row.shown, row.source) {
            (Shown::Text(value), Source::Default) => {
                writeln!(text, "# {key} = {} # {source}", quoted(value))
            }
            (Shown::Text(value), _) => writeln!(text, "{key} = {} # {source}", quoted(value)),
            (Shown::Secret, _) => writeln!(text, "# {key} is set # {source}"),
            (Shown::SecretIn(path), _) => {
                writeln!(
                    text,
                    "# {key} is set, in {} # {source}",
                    printable(&path.display().to_string())
                )
            }
            (Shown::InWords(words), _) => writeln!(text, "# {key}: {}", printable(words)),
            (Shown::Unset, _) => writeln!(text, "# {key} is not set"),
        };
    }
    for unknown in &overview.unknown {
        let _ = writeln!(text, "# {unknown}");
    }
    text
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}
