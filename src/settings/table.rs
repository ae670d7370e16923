//! The table of settings in `docs/configuration.md`.

use std::fmt::Write;

use clap::Args;

use super::Arguments;

/// All settings as a Markdown table, made from the code that reads them.
pub fn markdown_table() -> String {
    let command = Arguments::augment_args(clap::Command::new("settings"));
    let mut table = String::from("| variable | flag | what it is |\n|---|---|---|\n");
    for arg in command.get_arguments() {
        let variable = arg.get_env().map(|name| name.to_string_lossy()).unwrap_or_default();
        let flag = arg.get_long().unwrap_or_default();
        let help = help(arg).replace('|', "\\|");
        // A secret's file twin says no more than its name.
        let end = if help.ends_with('.') { "" } else { "." };
        let _ = writeln!(table, "| `{variable}` | `--{flag}` | {help}{end} |");
    }
    table
}

/// What stands for a setting that isn't set, in words, as its help ends with.
pub(super) fn default_of(key: &str) -> Option<String> {
    let command = Arguments::augment_args(clap::Command::new("settings"));
    let arg = command.get_arguments().find(|arg| arg.get_id() == key)?;
    let help = help(arg);
    let (_, words) = help.split_once("Default: ")?;
    Some(words.trim_end_matches('.').to_owned())
}

fn help(arg: &clap::Arg) -> String {
    let help = arg.get_long_help().or(arg.get_help());
    help.map(ToString::to_string).unwrap_or_default()
}
