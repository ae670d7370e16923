//! Tables and pages of the documentation that are made from the code. `UPDATE_README=1` writes them anew.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use asyncwarden::analysis::{RULES, Rule};

fn docs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs")
}

/// A page with the text between two marks replaced.
pub fn with_part(page: &str, mark: &str, part: &str) -> String {
    let (open, close) = (format!("<!-- {mark} -->"), format!("<!-- /{mark} -->"));
    let (before, rest) = page.split_once(&open).expect("the opening mark");
    let (_, after) = rest.split_once(&close).expect("the closing mark");
    format!("{before}{open}\n{}\n{close}{after}", part.trim())
}

/// Writes a page anew, or holds it to what it would be.
fn keep(path: &Path, fresh: &str) {
    if std::env::var_os("UPDATE_README").is_some() {
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("it can be made");
        std::fs::write(path, fresh).expect("the page can be written");
        return;
    }
    let page = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        fresh == page,
        "{} is behind the code: UPDATE_README=1 tests/run -E 'test(readme)'",
        path.display()
    );
}

/// The table of rules, with the way to each one's page.
fn rule_table() -> String {
    RULES.iter().fold(asyncwarden::cli::rules_table(), |table, rule| {
        let code = rule.code;
        table.replace(&format!("\n| {code} |"), &format!("\n| [{code}](rules/{code}.md) |"))
    })
}

fn rule_page(rule: &Rule) -> String {
    format!(
        "<!-- Made from the rule's page below src/analysis/rules by UPDATE_README=1 tests/run -E 'test(readme)'. -->\n{}\n\
         [All rules](../rules.md)\n",
        rule.document()
    )
}

#[test]
fn tables_show_what_the_code_says() {
    let tables = [
        ("configuration.md", "settings", asyncwarden::settings::markdown_table()),
        ("configuration.md", "policy", asyncwarden::policy::markdown_table()),
        ("install-github.md", "permissions", asyncwarden::forge::github::app::permissions_table()),
        ("commands.md", "commands", asyncwarden::review::command::help()),
        ("rules.md", "rules", rule_table()),
        ("metrics.md", "metrics", asyncwarden::telemetry::metrics::markdown_table()),
    ];
    for (name, mark, table) in tables {
        let path = docs().join(name);
        let page = std::fs::read_to_string(&path).expect("the page");
        keep(&path, &with_part(&page, mark, &table));
    }
}

#[test]
fn every_rule_has_its_page_and_every_page_its_rule() {
    let folder = docs().join("rules");
    let name = |rule: &&Rule| format!("{}.md", rule.code);
    for rule in RULES {
        keep(&folder.join(name(rule)), &rule_page(rule));
    }
    let expected: BTreeSet<String> = RULES.iter().map(name).collect();
    let found = std::fs::read_dir(&folder).expect("the folder");
    for path in found.map(|entry| entry.expect("an entry").path()) {
        let known = path.file_name().is_some_and(|it| expected.contains(&*it.to_string_lossy()));
        if !known && std::env::var_os("UPDATE_README").is_some() {
            std::fs::remove_file(&path).expect("it can be deleted");
        } else {
            assert!(known, "{} is of no rule", path.display());
        }
    }
}
