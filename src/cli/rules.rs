//! Lists the rules, or explains one.

use std::fmt::Write;

use anyhow::bail;
use clap::ValueEnum;
use serde_json::{Value, json};

use super::Outcome;
use super::output::{print, terminal_has_colors};
use crate::analysis::{Item, RULES, Rule, rule_by_code, rule_by_name};
use crate::policy::nearest;

/// What the command takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Code or name of a rule to explain: `AW501`, `blocking-sleep`.
    #[arg(value_name = "CODE|NAME")]
    rule: Option<String>,
    /// How rules are written.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// A format of rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    Text,
    /// For programs.
    Json,
    /// The table of the documentation, or a rule's page.
    Markdown,
}

/// Runs the command.
pub fn run(args: &Args) -> anyhow::Result<Outcome> {
    let text = match &args.rule {
        Some(name) => {
            let rule = find(name)?;
            match args.format {
                Format::Text => readable(rule, terminal_has_colors()),
                Format::Json => {
                    let mut value = object(rule);
                    value["page"] = rule.document().into();
                    format!("{value:#}\n")
                }
                Format::Markdown => rule.document(),
            }
        }
        None => match args.format {
            Format::Text => list(),
            Format::Json => {
                format!("{:#}\n", RULES.iter().map(|rule| object(rule)).collect::<Value>())
            }
            Format::Markdown => rules_table(),
        },
    };
    print(&text)?;
    Ok(Outcome::Passed)
}

fn find(name: &str) -> anyhow::Result<&'static Rule> {
    if let Some(rule) = rule_by_code(name).or_else(|| rule_by_name(name)) {
        return Ok(rule);
    }
    match nearest(name, RULES.iter().flat_map(|rule| [rule.code, rule.name])) {
        Some(near) => bail!("there is no rule `{name}`; perhaps `{near}` is meant"),
        None => bail!("there is no rule `{name}`; `asyncwarden rules` lists them"),
    }
}

fn object(rule: &Rule) -> Value {
    let items: Vec<Item> = rule.items().collect();
    json!({
        "code": rule.code,
        "name": rule.name,
        "checklist_item": rule.item,
        "items": items,
        "pass": rule.pass(),
        "severity": rule.severity,
        "category": rule.category,
        "summary": rule.summary(),
    })
}

/// One line for each rule.
fn list() -> String {
    let width = RULES.iter().map(|rule| rule.name.len()).max().unwrap_or_default();
    let mut out = String::new();
    for rule in RULES {
        let (code, name, severity) = (rule.code, rule.name, rule.severity.as_str());
        let (item, summary) = (item(rule), rule.summary());
        let _ = writeln!(out, "{code}  {name:width$}  {item:3}  {severity:8}  {summary}");
    }
    out
}

/// The table of all rules that the documentation shows, in Markdown.
pub fn rules_table() -> String {
    let mut out =
        String::from("| Rule | Name | Item | Severity | What it finds |\n|---|---|---|---|---|\n");
    for rule in RULES {
        let summary = rule.summary().replace('|', "\\|");
        let (code, name, severity) = (rule.code, rule.name, rule.severity.title());
        let _ = writeln!(out, "| {code} | `{name}` | {} | {severity} | {summary} |", item(rule));
    }
    out
}

fn item(rule: &Rule) -> String {
    rule.item.map_or_else(|| "-".to_owned(), |item| item.to_string())
}

/// A rule's page for a terminal: headings stand out, code is indented instead of fenced.
fn readable(rule: &Rule, colored: bool) -> String {
    let (bold, plain) = if colored { ("\u{1b}[1m", "\u{1b}[0m") } else { ("", "") };
    let mut out = String::new();
    let mut in_code = false;
    for line in rule.document().lines() {
        if line.starts_with("```") {
            in_code = !in_code;
        } else if in_code && line.is_empty() {
            out.push('\n');
        } else if in_code {
            let _ = writeln!(out, "    {line}");
        } else if line.starts_with('#') {
            let _ = writeln!(out, "{bold}{}{plain}", line.trim_start_matches('#').trim_start());
        } else {
            let _ = writeln!(out, "{line}");
        }
    }
    out
}
