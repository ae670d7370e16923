//! Completions: there for each shell, naming every command; and bash completes with them.

use std::process::{Command, Stdio};

use super::{commands, written};

pub(super) const SHELLS: [&str; 5] = ["bash", "zsh", "fish", "elvish", "powershell"];

#[test]
fn they_name_every_command() {
    for shell in SHELLS {
        let script = written(&["completions", shell]);
        for command in commands() {
            let name = command.last().unwrap();
            assert!(script.contains(name.as_str()), "{shell} doesn't know {command:?}");
        }
        assert!(script.contains("--gitlab-url") || script.contains("gitlab-url"), "{shell}");
    }
}

/// What bash offers for the last of these words.
fn offered(words: &[&str]) -> Vec<String> {
    let (line, last) = (words.join(" "), words.len() - 1);
    let ask = format!(
        "source /dev/stdin\nCOMP_WORDS=({line})\nCOMP_CWORD={last}\n\
         _asyncwarden asyncwarden \"${{COMP_WORDS[{last}]}}\" \"${{COMP_WORDS[{last}-1]}}\"\n\
         printf '%s\\n' \"${{COMPREPLY[@]}}\""
    );
    let script = written(&["completions", "bash"]);
    let mut bash = Command::new("bash")
        .args(["--norc", "-c", &ask])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    std::io::Write::write_all(&mut bash.stdin.take().unwrap(), script.as_bytes()).unwrap();
    let output = bash.wait_with_output().unwrap();
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

#[test]
fn bash_completes_commands_flags_and_values() {
    assert_eq!(offered(&["asyncwarden", "que"]), ["queue"]);
    assert_eq!(offered(&["asyncwarden", "queue", "red"]), ["redrive"]);
    assert_eq!(offered(&["asyncwarden", "serve", "--gitlab-u"]), ["--gitlab-url"]);
    let formats = offered(&["asyncwarden", "check", "--format", "sa"]);
    assert_eq!(formats, ["sarif"]);
}
