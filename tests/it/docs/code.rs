//! Blocks of code are what they claim to be: commands that parse, settings that are understood.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use asyncwarden::cli::Cli;
use asyncwarden::policy::Policy;
use asyncwarden::settings::{Arguments, HooksFile};
use clap::error::ErrorKind;
use clap::{CommandFactory, Parser};

use super::page::{Block, Page, ROOT, files, pages};
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

/// Lines of YAML, the jobs and hooks that people copy, that run the program.
fn lines_of_yaml(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let keys = ["entry: ", "run: ", "command: "];
    text.lines().enumerate().map(move |(at, line)| {
        let line = line.trim();
        let line = line.strip_prefix("- ").unwrap_or(line);
        (at + 1, keys.iter().find_map(|key| line.strip_prefix(key)).unwrap_or(line))
    })
}

#[test]
fn commands_of_jobs_parse() {
    let is_yaml = |path: &PathBuf| path.extension().is_some_and(|it| it == "yml" || it == "yaml");
    let files = files().into_iter().filter(is_yaml).map(|path| {
        let text = std::fs::read_to_string(Path::new(ROOT).join(&path)).expect("UTF-8");
        (path.display().to_string(), text)
    });
    let blocks = pages().into_iter().flat_map(|page| {
        let path = page.path.display().to_string();
        let blocks = page.blocks.into_iter().filter(|block| block.info == "yaml");
        blocks.map(move |block| (format!("{path}:{}", block.line), block.code)).collect::<Vec<_>>()
    });
    let mut wrong = Vec::new();
    let mut seen = 0;
    for (place, text) in files.chain(blocks) {
        for (line, code) in
            lines_of_yaml(&text).filter(|(_, code)| code.starts_with("asyncwarden "))
        {
            for command in shell::commands("sh", code) {
                // What the runner puts in place of `$@` is not known here.
                let command: Vec<_> =
                    command.into_iter().filter(|it| !it.starts_with('$')).collect();
                let Some(arguments) = shell::arguments(&command) else { continue };
                seen += 1;
                let error = refused(arguments);
                wrong
                    .extend(error.map(|it| format!("{place}, line {line}: {code}: {}", said(&it))));
            }
        }
    }
    assert!(seen > 1, "{seen}");
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
