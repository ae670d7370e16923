//! A rule's page with what its declaration says: how the rule is configured, and which items of the checklist it answers.

use super::{Category, Item, Rule, Severity};

const CONFIGURATION: &str = "## Configuration\n";

impl Rule {
    /// The whole page, in Markdown: what it flags, why that matters, what is found and what is better, when to ignore it, how to
    /// configure it, and the items that it answers.
    pub fn document(&self) -> String {
        let mut text = self.page.trim_end().to_owned();
        text.push_str("\n\n");
        // What a page says of settings of the rule's own comes first.
        if !text.contains(CONFIGURATION) {
            text.push_str(CONFIGURATION);
        }
        text.push_str(&self.configuration());
        let items: String = self.items().filter_map(answers).collect();
        let none = "None of the checklist: this is about asyncwarden's own comments.\n";
        text.push_str("\n## Checklist\n");
        text.push_str(if items.is_empty() { none } else { &items });
        text
    }

    /// The items of the checklist that it speaks to, the one that it answers first in front.
    pub fn items(&self) -> impl Iterator<Item = Item> + '_ {
        self.item.into_iter().chain(self.also.iter().copied())
    }

    fn configuration(&self) -> String {
        let Rule { code, name, severity, .. } = self;
        let other = if *severity == Severity::Low { "medium" } else { "low" };
        let catalogue = match self.category {
            Category::Blocking => {
                "\nWhat holds the thread up is data. A name that asyncwarden can't know is added to it:\n\n```toml\n[[catalogue]]\nname = \"acme.client.fetch\"\nblocks = \"http\"\ninstead = \"acme.aio.fetch\"\n```\n"
            }
            _ => "",
        };
        format!(
            "{} by default. `.asyncwarden.toml`, or `[tool.asyncwarden]` of `pyproject.toml`, says otherwise for a repository or for some of its files:\n\n```toml\nignore = [\"{code}\"]\n\n[severity]\n{name} = \"{other}\"\n\n[paths.\"scripts/**\"]\nignore = [\"{code}\"]\n```\n\nOne finding is kept away by a comment in its line, with a reason for the next reader: `# asyncwarden: ignore[{code}] and why`.\n{catalogue}",
            severity.title()
        )
    }
}

fn answers(item: Item) -> Option<String> {
    let row = item.row()?;
    Some(format!(
        "- {item} {} (chapter {}): {}\n",
        readable(row.title),
        row.chapter,
        readable(row.question)
    ))
}

/// The names of methods as code: Markdown takes two underscores for emphasis.
fn readable(text: &str) -> String {
    ["__aenter__", "__aexit__"]
        .into_iter()
        .fold(text.to_owned(), |text, name| text.replace(name, &format!("`{name}`")))
}
