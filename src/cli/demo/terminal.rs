//! Markdown of comments as lines for a terminal: wrapped, no raw HTML, no hidden markers.
//!
//! Colours are always written; the stream that prints them drops them where they aren't wanted.

use pulldown_cmark::{CodeBlockKind, CowStr, Event, Tag, TagEnd};

use super::words::{self, Word};
use crate::forge::simulator::page::markdown;

pub(super) const BOLD: &str = "\u{1b}[1m";
pub(super) const DIM: &str = "\u{1b}[2m";
pub(super) const RED: &str = "\u{1b}[31m";
pub(super) const GREEN: &str = "\u{1b}[32m";
const CYAN: &str = "\u{1b}[36m";
const UNDERLINE: &str = "\u{1b}[4m";
pub(super) const PLAIN: &str = "\u{1b}[0m";

/// Most lines of a fold in the summary.
const MOST_LINES: usize = 40;

/// Whether what is folded is shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Folds {
    /// Only the folds' titles.
    #[default]
    Closed,
    /// All of it.
    Open,
}

/// The lines that a suggestion replaces, by how many lines it reaches above and below the comment's last line; `None`
/// is the comment's own range.
pub(super) type Replaced<'a> = &'a dyn Fn(Option<(u32, u32)>) -> Vec<String>;

/// Renders Markdown as lines of at most `width` characters, but for code and tables.
pub(super) fn render(
    text: &str,
    width: usize,
    folds: Folds,
    replaced: Replaced<'_>,
) -> Vec<String> {
    let mut page = Page { width, folds, ..Page::default() };
    for event in markdown::parse(text) {
        page.event(event, replaced);
    }
    page.end_block();
    while page.lines.last().is_some_and(String::is_empty) {
        page.lines.pop();
    }
    page.lines
}

#[derive(Default)]
struct Page {
    width: usize,
    folds: Folds,
    /// First line of the fold that is open.
    fold: usize,
    /// Inside of a fold that is closed, below its title.
    hidden: bool,
    lines: Vec<String>,
    words: Vec<Word>,
    /// White space was seen: the next text starts a word.
    gap: bool,
    styles: Vec<&'static str>,
    /// For each open list the next number, or `None` for bullets.
    lists: Vec<Option<u64>>,
    /// What stands before the block's first line, in place of the indent.
    bullet: Option<String>,
    /// Inside of a fenced block: of a suggestion the language with its offsets, and the text.
    code: Option<(Option<String>, String)>,
    /// Rows of cells of lines.
    rows: Vec<Vec<Vec<Word>>>,
    /// The lines of the cell at hand.
    cell: Vec<Word>,
    /// Where the open link leads.
    link: Option<String>,
    in_comment: bool,
}

impl Page {
    fn event(&mut self, event: Event<'_>, replaced: Replaced<'_>) {
        match event {
            Event::Html(raw) | Event::InlineHtml(raw) => self.html(&raw),
            _ if self.hidden => {}
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag, replaced),
            Event::Text(text) => match &mut self.code {
                Some((_, code)) => code.push_str(&text),
                None => self.text(&text),
            },
            Event::Code(text) => {
                self.styles.push(CYAN);
                self.word(&format!("`{text}`"));
                self.styles.pop();
            }
            Event::SoftBreak => self.gap = true,
            Event::HardBreak => self.flush(),
            Event::Rule => {
                self.block(|page| page.lines.push(format!("{DIM}{}{PLAIN}", "-".repeat(20))));
            }
            _ => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Strong => self.styles.push(BOLD),
            Tag::Link { dest_url, .. } => {
                self.styles.push(UNDERLINE);
                self.link = Some(dest_url.into_string());
            }
            Tag::Heading { .. } => {
                self.end_block();
                self.styles.push(BOLD);
            }
            Tag::List(first) => {
                self.flush();
                self.lists.push(first);
            }
            Tag::Item => {
                self.flush();
                let depth = "  ".repeat(self.lists.len().saturating_sub(1));
                self.bullet = Some(match self.lists.last_mut() {
                    Some(Some(number)) => {
                        *number += 1;
                        format!("{depth}{}. ", *number - 1)
                    }
                    _ => format!("{depth}- "),
                });
            }
            Tag::CodeBlock(kind) => {
                self.end_block();
                let suggestion = match kind {
                    CodeBlockKind::Fenced(info) if info.starts_with("suggestion") => Some(info),
                    _ => None,
                };
                self.code = Some((suggestion.map(CowStr::into_string), String::new()));
            }
            Tag::TableHead | Tag::TableRow => self.rows.push(Vec::new()),
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd, replaced: Replaced<'_>) {
        match tag {
            TagEnd::Strong => {
                self.styles.pop();
            }
            TagEnd::Link => {
                self.styles.pop();
                let link = self.link.take().unwrap_or_default();
                // A line of its own has room for the address.
                if self.folds == Folds::Open && self.lists.is_empty() && self.rows.is_empty() {
                    self.gap = true;
                    self.word(&link);
                }
            }
            TagEnd::Heading(_) => {
                self.styles.pop();
                self.end_block();
            }
            TagEnd::Item => self.flush(),
            TagEnd::List(_) => {
                self.lists.pop();
                if self.lists.is_empty() {
                    self.end_block();
                }
            }
            TagEnd::Paragraph if self.lists.is_empty() => self.end_block(),
            TagEnd::Paragraph => self.flush(),
            TagEnd::CodeBlock => {
                if let Some((suggestion, code)) = self.code.take() {
                    self.block(|page| page.code_block(suggestion.as_deref(), &code, replaced));
                }
            }
            TagEnd::TableCell => {
                self.cell_line();
                let cell = std::mem::take(&mut self.cell);
                if let Some(row) = self.rows.last_mut() {
                    row.push(cell);
                }
            }
            TagEnd::Table => {
                let rows = std::mem::take(&mut self.rows);
                self.block(|page| page.lines.extend(words::table(&rows)));
            }
            _ => {}
        }
    }

    /// Adds text, split into words, in the current style.
    fn text(&mut self, text: &str) {
        if self.hidden {
            return;
        }
        for piece in text.split_inclusive(char::is_whitespace) {
            let word = piece.trim_end();
            self.word(word);
            self.gap |= word.len() < piece.len();
        }
    }

    /// Adds text that is not split, to the last word unless white space came between.
    fn word(&mut self, text: &str) {
        if self.hidden || text.is_empty() {
            return;
        }
        if std::mem::take(&mut self.gap) || self.words.is_empty() {
            self.words.push(Word::default());
        }
        let style: String = self.styles.concat();
        if let Some(last) = self.words.last_mut() {
            last.width += text.chars().count();
            last.text += &match style.is_empty() {
                true => text.to_owned(),
                false => format!("{style}{text}{PLAIN}"),
            };
        }
    }

    /// Drops tags and comments; a fold's title stays.
    fn html(&mut self, raw: &str) {
        let mut rest = raw;
        loop {
            if self.in_comment {
                let Some((_, after)) = rest.split_once("-->") else { return };
                (self.in_comment, rest) = (false, after);
            }
            let Some((before, after)) = rest.split_once('<') else { break };
            self.text(before);
            if let Some(comment) = after.strip_prefix("!--") {
                (self.in_comment, rest) = (true, comment);
                continue;
            }
            let (tag, after) = after.split_once('>').unwrap_or((after, ""));
            self.tag(tag);
            rest = after;
        }
        self.text(rest);
    }

    fn tag(&mut self, tag: &str) {
        match tag {
            "b" | "strong" => self.styles.push(BOLD),
            "sub" | "sup" => self.styles.push(DIM),
            "/b" | "/strong" | "/sub" | "/sup" => {
                self.styles.pop();
            }
            "summary" => {
                self.styles.push(if self.folds == Folds::Open { BOLD } else { DIM });
                self.text("> ");
            }
            "/summary" => {
                self.styles.pop();
                self.end_block();
                self.hidden = self.folds == Folds::Closed;
                self.fold = self.lines.len();
            }
            "details" | "details open" => self.end_block(),
            "/details" => {
                self.end_block();
                self.hidden = false;
                self.shorten();
            }
            "br" | "br/" | "br /" if self.rows.is_empty() => self.flush(),
            "br" | "br/" | "br /" => self.cell_line(),
            _ => {}
        }
    }

    /// Cuts a fold that is too long for a terminal.
    fn shorten(&mut self) {
        let more = self.lines.len().saturating_sub(self.fold + MOST_LINES);
        if self.folds == Folds::Open && more > MOST_LINES / 10 {
            self.lines.truncate(self.fold + MOST_LINES);
            let note = format!("  {DIM}… {more} more lines, in the browser{PLAIN}");
            self.lines.extend([note, String::new()]);
        }
    }

    /// Writes the words that wait, wrapped.
    fn flush(&mut self) {
        self.gap = false;
        let words = std::mem::take(&mut self.words);
        if words.iter().all(|word| word.width == 0) {
            return;
        }
        let first = self.bullet.take().unwrap_or_else(|| "  ".repeat(self.lists.len()));
        self.lines.extend(words::wrap(&words, first, self.width));
    }

    /// Ends a block: what follows stands below an empty line.
    fn end_block(&mut self) {
        self.flush();
        if self.lines.last().is_some_and(|line| !line.is_empty()) {
            self.lines.push(String::new());
        }
    }

    fn block(&mut self, write: impl FnOnce(&mut Self)) {
        self.end_block();
        write(self);
        self.end_block();
    }

    fn code_block(&mut self, suggestion: Option<&str>, code: &str, replaced: Replaced<'_>) {
        let Some(suggestion) = suggestion else {
            self.lines.extend(code.lines().map(|line| format!("    {CYAN}{line}{PLAIN}")));
            return;
        };
        let replaced = replaced(markdown::offsets(suggestion));
        self.lines.push(format!("{BOLD}Suggested change{PLAIN}"));
        self.lines.extend(replaced.iter().map(|line| format!("  {RED}- {line}{PLAIN}")));
        self.lines.extend(code.lines().map(|line| format!("  {GREEN}+ {line}{PLAIN}")));
    }

    fn cell_line(&mut self) {
        self.cell.push(words::join(&std::mem::take(&mut self.words)));
        self.gap = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> String {
        let file = ["import time", "time.sleep(", "    1)"];
        let replaced = |offsets: Option<(u32, u32)>| {
            let (above, _) = offsets.unwrap_or((0, 0));
            file[2 - above as usize..].iter().map(|line| (*line).to_owned()).collect()
        };
        let lines = render(text, 30, Folds::Open, &replaced);
        anstream::adapter::strip_str(&lines.join("\n")).to_string()
    }

    #[test]
    fn a_comment_reads_well_without_markup() {
        let text = "**`time.sleep` blocks** the event loop; nothing else is served.\n\n\
            ```suggestion:-1+0\nawait asyncio.sleep(1)\n```\n\n\
            <details><summary>Why</summary>\n\n- one\n- two words that need a second line\n\n</details>\n\n\
            <sub>AW501 &middot; [page](https://example.com)</sub>\n\n<!-- marker v1 -->";
        insta::assert_snapshot!(plain(text), @r"
        `time.sleep` blocks the event
        loop; nothing else is served.

        Suggested change
          - time.sleep(
          -     1)
          + await asyncio.sleep(1)

        > Why

        - one
        - two words that need a second
          line

        AW501 · page
        https://example.com
        ");
        let closed = render(text, 30, Folds::Closed, &|_| Vec::new()).concat();
        assert!(closed.contains("Why") && !closed.contains("one") && closed.contains("AW501"));
    }

    #[test]
    fn tables_are_aligned() {
        insta::assert_snapshot!(plain("| Pass | Found |\n|---|---|\n| Blocking | 3 |\n| a | `b` c<br>d |"), @r"
        Pass      Found
        --------  -----
        Blocking  3
        a         `b` c
                  d
        ");
    }
}
