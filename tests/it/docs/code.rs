//! Blocks of code are what they claim to be: commands that parse, settings that are understood.

use std::sync::Arc;

use asyncwarden::cli::Cli;
use asyncwarden::policy::Policy;
use asyncwarden::settings::{Arguments, HooksFile};
use clap::error::ErrorKind;
use clap::{CommandFactory, Parser};

use super::page::{Block, Page, pages};
use super::shell;

/// What the command line says to these arguments, unless it takes them.
fn refused(arguments: &[String]) -> Option<clap::Error> {
    let line = std::iter::once("asyncwarden").chain(arguments.iter().map(String::as_str));
    let error = Cli::command().try_get_matches_from(line).err()?;
    let shown = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
    (!shown).then_some(error)
}

/// Why an argument that stands for another, such as ID, or one left out of a mention, is no mistake.
fn is_mention(error: &clap::Error, arguments: &[String]) -> bool {
    let stands_for = |word: &String| {
        word.len() > 1 && word.chars().all(|c| c.is_ascii_uppercase() || c == '-' || c == '_')
    };
    match error.kind() {
        ErrorKind::MissingRequiredArgument
        | ErrorKind::MissingSubcommand
        | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => true,
        ErrorKind::ValueValidation | ErrorKind::InvalidValue => arguments.iter().any(stands_for),
        _ => false,
    }
}

fn said(error: &clap::Error) -> String {
    error.to_string().lines().next().unwrap_or_default().to_owned()
}

#[test]
fn commands_parse() {
    let mut wrong = Vec::new();
    let mut seen = 0;
    for page in pages() {
        for Block { line, info, code } in &page.blocks {
            let commands = shell::commands(info, code);
            for arguments in commands.iter().filter_map(|command| shell::arguments(command)) {
                seen += 1;
                if let Some(error) = refused(arguments) {
                    wrong.push(format!("{}: {arguments:?}: {}", page.place(*line), said(&error)));
                }
            }
        }
        for (line, code) in page.inline.iter().filter(|(_, code)| code.starts_with("asyncwarden "))
        {
            for command in shell::commands("sh", code) {
                let Some(arguments) = shell::arguments(&command) else { continue };
                let error = refused(arguments).filter(|it| !is_mention(it, arguments));
                wrong.extend(
                    error.map(|it| format!("{}: `{code}`: {}", page.place(*line), said(&it))),
                );
            }
        }
    }
    assert!(seen > 10, "{seen}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[derive(Parser)]
struct Service {
    #[command(flatten)]
    settings: Arguments,
}

/// What is wrong with a block of TOML, by what stands behind its fence; alone, `toml` means settings of a repository.
fn misunderstood(info: &str, code: &str) -> Vec<String> {
    let repository = |file: &str| {
        let read = |name: &str| (name == file).then(|| Arc::from(code.as_bytes()));
        Policy::from_files(read).1
    };
    // Three dots stand for a secret.
    let code = &code.replace("...", "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=");
    let place = tempfile::tempdir().expect("a folder");
    let file = place.path().join("settings.toml");
    std::fs::write(&file, code).expect("it can be written");
    match info {
        "toml" => repository(".asyncwarden.toml"),
        "toml pyproject" => repository("pyproject.toml"),
        "toml hooks" => HooksFile::at(file).read().err().iter().map(ToString::to_string).collect(),
        "toml service" => {
            let line =
                Service::try_parse_from(["asyncwarden", "--config", &file.to_string_lossy()]);
            let error = line.expect("two arguments").settings.resolve().err();
            let error = error.map(|error| error.to_string());
            // The files with secrets that it names are on another machine.
            error.filter(|text| !text.contains("No such file")).into_iter().collect()
        }
        _ => vec![format!("`{info}` is not one of toml, toml pyproject, toml hooks, toml service")],
    }
}

fn tables(page: &Page) -> impl Iterator<Item = &Block> {
    page.blocks.iter().filter(|block| block.info.starts_with("toml"))
}

#[test]
fn settings_are_understood() {
    let mut wrong = Vec::new();
    let mut seen = 0;
    for page in pages() {
        for Block { line, info, code } in tables(&page) {
            seen += 1;
            let problems = misunderstood(info, code).into_iter();
            wrong.extend(problems.map(|problem| format!("{}: {problem}", page.place(*line))));
        }
    }
    assert!(seen > 2, "{seen}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn settings_that_do_not_exist_are_known() {
    for (info, code) in [
        ("toml", "ignroe = []"),
        ("toml pyproject", "[tool.asyncwarden]\ngate = 1"),
        ("toml hooks", "[[hook]]\nnmae = 1"),
        ("toml service", "lsiten = \"1\""),
        ("toml service", "workers = 0"),
        ("toml what", ""),
    ] {
        assert!(!misunderstood(info, code).is_empty(), "{info}: {code}");
    }
    let service = "listen = \"127.0.0.1:80\"\n[github]\nprivate_key_file = \"/etc/none\"\n";
    assert_eq!(misunderstood("toml service", service), Vec::<String>::new());
}
