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
        let help = arg.get_long_help().or(arg.get_help()).map(ToString::to_string);
        let help = help.unwrap_or_default().replace('|', "\\|");
        // A secret's file twin says no more than its name.
        let end = if help.ends_with('.') { "" } else { "." };
        let _ = writeln!(table, "| `{variable}` | `--{flag}` | {help}{end} |");
    }
    table
}
