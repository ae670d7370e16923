//! Markdown of comments as HTML that is safe to show: no scripts, no foreign images, only the few tags that comments use.

use std::fmt;

use pulldown_cmark::{CodeBlockKind, CowStr, Event, Options, Parser, Tag, TagEnd, html};

/// HTML that needs no escaping.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Html(String);

impl Html {
    /// Whether there is nothing to show.
    pub fn is_empty(&self) -> bool {
        self.0.trim().is_empty()
    }
}

impl fmt::Display for Html {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl askama::filters::HtmlSafe for Html {}

/// Tags of raw HTML that are kept; everything else is shown as text.
const KEPT: [&str; 12] =
    ["details", "summary", "sub", "sup", "b", "i", "em", "strong", "kbd", "code", "s", "p"];

/// A markdown parser with the extensions that both platforms have.
pub fn parse(text: &str) -> Parser<'_> {
    Parser::new_ext(
        text,
        Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS,
    )
}

/// Renders a comment. `replaced` gives the lines that a suggestion replaces, from how many lines above to how many
/// below the comment's last line; `None` stands for the comment's own range.
pub fn render(text: &str, replaced: impl Fn(Option<(u32, u32)>) -> Vec<String>) -> Html {
    let mut cleaner = Cleaner::default();
    let mut events = Vec::new();
    let mut suggestion: Option<(Option<(u32, u32)>, String)> = None;
    for event in parse(text) {
        match (event, &mut suggestion) {
            (Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))), _)
                if info.starts_with("suggestion") =>
            {
                suggestion = Some((offsets(&info), String::new()));
            }
            (Event::Text(text), Some((_, code))) => code.push_str(&text),
            (Event::End(TagEnd::CodeBlock), Some((range, code))) => {
                let block = suggestion_block(&replaced(*range), code);
                events.push(Event::Html(CowStr::from(block)));
                suggestion = None;
            }
            (Event::Html(raw) | Event::InlineHtml(raw), _) => {
                events.push(Event::Html(CowStr::from(cleaner.clean(&raw))));
            }
            (Event::Start(Tag::Image { .. }) | Event::End(TagEnd::Image), _) => {}
            (Event::Start(Tag::Link { link_type, dest_url, title, id }), _) => {
                let harmless = ["https://", "http://", "#", "/"]
                    .iter()
                    .any(|start| dest_url.starts_with(start));
                let dest_url = if harmless { dest_url } else { CowStr::from("#") };
                events.push(Event::Start(Tag::Link { link_type, dest_url, title, id }));
            }
            (event, _) => events.push(event),
        }
    }
    events.push(Event::Html(CowStr::from(cleaner.close())));
    let mut out = String::new();
    html::push_html(&mut out, events.into_iter());
    Html(out)
}

/// `suggestion:-1+2` replaces from one line above to two lines below; plain `suggestion` the comment's range.
pub fn offsets(info: &str) -> Option<(u32, u32)> {
    let (above, below) = info.strip_prefix("suggestion:-")?.split_once('+')?;
    Some((above.parse().ok()?, below.trim().parse().ok()?))
}

fn suggestion_block(replaced: &[String], code: &str) -> String {
    let mut out = String::from(
        "<div class=\"suggestion\"><div class=\"title\">Suggested change</div><table>",
    );
    let old = replaced.iter().map(|line| ("del", "-", line.as_str()));
    let new = code.lines().map(|line| ("add", "+", line));
    for (class, sign, line) in old.chain(new) {
        let line = escape(line);
        out.push_str(&format!(
            "<tr class=\"{class}\"><td class=\"sign\">{sign}</td><td class=\"code\">{line}</td></tr>"
        ));
    }
    out.push_str("</table></div>\n");
    out
}

/// Text with the characters escaped that mean something in HTML.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            other => out.push(other),
        }
    }
    out
}

/// Keeps a few plain tags of raw HTML, drops HTML comments, escapes the rest, and closes what was left open.
#[derive(Default)]
struct Cleaner {
    open: Vec<&'static str>,
    /// Inside of a comment that began in an earlier piece.
    in_comment: bool,
}

impl Cleaner {
    fn clean(&mut self, raw: &str) -> String {
        let (mut out, mut rest) = (String::new(), raw);
        while !rest.is_empty() {
            if self.in_comment {
                let Some((_, after)) = rest.split_once("-->") else { break };
                (self.in_comment, rest) = (false, after);
            } else if let Some(after) = rest.strip_prefix("<!--") {
                (self.in_comment, rest) = (true, after);
            } else if let Some((tag, after)) = self.tag(rest) {
                out.push_str(&tag);
                rest = after;
            } else {
                let first = rest.chars().next().map_or(0, char::len_utf8);
                let end = rest[first..].find('<').map_or(rest.len(), |at| at + first);
                // The first character is `<` or the piece starts with text; both are text here.
                out.push_str(&escape(&rest[..end]));
                rest = &rest[end..];
            }
        }
        out
    }

    /// A tag that is kept, and what follows it.
    fn tag<'a>(&mut self, text: &'a str) -> Option<(String, &'a str)> {
        let (inside, after) = text.strip_prefix('<')?.split_once('>')?;
        if matches!(inside.trim_end_matches([' ', '/']), "br" | "hr") {
            return Some((format!("<{}>", &inside[..2]), after));
        }
        let (name, closing) = match inside.strip_prefix('/') {
            Some(name) => (name, true),
            None => (inside, false),
        };
        let (name, attribute) = name.split_once(' ').unwrap_or((name, ""));
        let kept = KEPT.into_iter().find(|kept| *kept == name)?;
        if !closing {
            self.open.push(kept);
            let open = if kept == "details" && attribute == "open" { " open" } else { "" };
            return Some((format!("<{kept}{open}>"), after));
        }
        // A tag that was never opened would close something of the page.
        let at = self.open.iter().rposition(|open| *open == kept)?;
        let closed = self.open.split_off(at);
        Some((closed.iter().rev().map(|name| format!("</{name}>")).collect(), after))
    }

    fn close(&mut self) -> String {
        self.open.drain(..).rev().map(|name| format!("</{name}>")).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> String {
        render(text, |_| Vec::new()).to_string()
    }

    #[test]
    fn what_a_comment_says_cannot_break_out_of_the_page() {
        for (text, bad) in [
            ("<script>alert(1)</script>", "<script"),
            ("<img src=x onerror=alert(1)>", "<img"),
            ("![x](https://elsewhere.example/pixel.png)", "<img"),
            ("[x](javascript:alert(1))", "javascript:"),
            ("<b onclick=alert(1)>x</b>", "onclick"),
            ("</div></main>", "</div>"),
            ("<details>never closed", "<details>never closed\n</p>"),
            ("<details>ä<script>", "<script"),
        ] {
            let html = plain(text);
            assert!(!html.contains(bad), "{text} became {html}");
        }
        assert!(plain("<details>\n\nopen").contains("</details>"));
    }

    #[test]
    fn markers_vanish_and_folds_stay() {
        let html =
            plain("<details><summary>More</summary>\n\n`x`\n\n</details>\n\n<!-- mark\n1 -->");
        assert_eq!(
            html.replace('\n', ""),
            "<details><summary>More</summary><p><code>x</code></p></details>"
        );
    }

    #[test]
    fn a_suggestion_shows_what_it_replaces() {
        let lines = |range| vec![format!("{range:?}")];
        let html = render("```suggestion:-1+2\nawait <x>\n```", lines).to_string();
        assert!(html.contains("<td class=\"code\">Some((1, 2))</td>"), "{html}");
        assert!(html.contains("<td class=\"code\">await &lt;x&gt;</td>"), "{html}");
    }
}
