//! What is shipped beside the code: the image, completions, manual pages, licences, what the program says of itself.

mod completions;
mod deploy;
mod healthcheck;
mod image;
mod licenses;
mod man;
#[cfg(unix)]
mod supervisor;
mod version;

use std::process::{Command, Output};

use clap::CommandFactory;

fn asyncwarden(arguments: &[&str]) -> Output {
    program().args(arguments).output().unwrap()
}

fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_asyncwarden"));
    command.env_clear();
    command
}

/// What a command wrote that had to succeed.
fn written(arguments: &[&str]) -> String {
    let output = asyncwarden(arguments);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Every command that people see, with the commands above it: `["asyncwarden", "queue", "dead"]`.
fn commands() -> Vec<Vec<String>> {
    fn collect(command: &clap::Command, above: &[String], found: &mut Vec<Vec<String>>) {
        let path = [above, &[command.get_name().to_owned()]].concat();
        for below in command.get_subcommands().filter(|command| !command.is_hide_set()) {
            collect(below, &path, found);
        }
        found.push(path);
    }
    let mut found = Vec::new();
    collect(&asyncwarden::cli::Cli::command(), &[], &mut found);
    found
}

/// The variables that any command reads, each with whether its value is kept from help texts.
fn variables() -> Vec<(String, bool)> {
    fn collect(command: &clap::Command, found: &mut Vec<(String, bool)>) {
        for argument in command.get_arguments() {
            if let Some(name) = argument.get_env() {
                let name = name.to_string_lossy().into_owned();
                found.push((name, argument.is_hide_env_values_set()));
            }
        }
        command.get_subcommands().for_each(|below| collect(below, found));
    }
    let mut found = Vec::new();
    collect(&asyncwarden::cli::Cli::command(), &mut found);
    found.sort();
    found.dedup();
    found
}

#[test]
fn no_command_s_text_shows_a_secret_of_the_environment() {
    let secrets = variables().into_iter().filter(|(_, hidden)| *hidden);
    let secrets: Vec<(String, &str)> =
        secrets.map(|(name, _)| (name, "the-secret-of-it")).collect();
    assert!(secrets.len() > 10, "{secrets:?}");
    let folder = tempfile::tempdir().unwrap();
    let pages = folder.path().display().to_string();
    let mut lines = vec![vec!["man".to_owned()], vec!["man".to_owned(), pages]];
    lines.extend(completions::SHELLS.map(|shell| vec!["completions".to_owned(), shell.to_owned()]));
    lines.extend(commands().iter().map(|path| [&path[1..], &["--help".to_owned()]].concat()));
    for line in &lines {
        let output = program().args(line).envs(secrets.iter().cloned()).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{line:?}");
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(!text.contains("the-secret-of-it"), "{line:?} shows it");
    }
    for page in std::fs::read_dir(folder.path()).unwrap() {
        let text = std::fs::read_to_string(page.unwrap().path()).unwrap();
        assert!(!text.contains("the-secret-of-it"));
    }
}
