//! The README's generated tables are those of the code. `UPDATE_README=1` writes them anew.

use std::process::Command;

const README: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");

/// The README with the text between two marks replaced.
pub fn with_part(readme: &str, mark: &str, part: &str) -> String {
    let (open, close) = (format!("<!-- {mark} -->"), format!("<!-- /{mark} -->"));
    let (before, rest) = readme.split_once(&open).expect("the opening mark");
    let (_, after) = rest.split_once(&close).expect("the closing mark");
    format!("{before}{open}\n{}\n{close}{after}", part.trim())
}

fn rule_table() -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_asyncwarden"))
        .args(["rules", "--format", "markdown"])
        .output()
        .expect("the program runs");
    assert!(output.status.success());
    String::from_utf8(output.stdout).expect("UTF-8")
}

#[test]
fn the_readme_shows_the_code_s_tables() {
    let readme = std::fs::read_to_string(README).expect("the README");
    let fresh = with_part(&readme, "settings", &asyncwarden::settings::markdown_table());
    let fresh = with_part(&fresh, "policy", &asyncwarden::policy::markdown_table());
    let permissions = asyncwarden::forge::github::app::permissions_table();
    let fresh = with_part(&fresh, "permissions", &permissions);
    let fresh = with_part(&fresh, "commands", &asyncwarden::review::command::help());
    let fresh = with_part(&fresh, "rules", &rule_table());
    if std::env::var_os("UPDATE_README").is_some() {
        std::fs::write(README, &fresh).expect("the README can be written");
        return;
    }
    assert!(
        fresh == readme,
        "README.md is behind the code: UPDATE_README=1 tests/run -E 'test(readme)'"
    );
}
