//! What may not be in a comment of ours, read as the platforms read it.

use asyncwarden::analysis::RULES;
use asyncwarden::review::raw_marker;
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

/// Where the service's pages are, and our links lead.
pub(super) const PUBLIC_URL: &str = "https://warden.example";

/// The HTML that we write ourselves.
const TAGS: [&str; 7] =
    ["<details>", "</details>", "<summary>", "</summary>", "<sub>", "</sub>", "<br>"];

/// Fails when a comment mentions somebody, shows a picture, links elsewhere, holds HTML that isn't ours or leaves something
/// open. Those that carry a marker end with it.
pub(super) fn assert_harmless(text: &str) {
    let options =
        Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    let mut words = String::new();
    let mut html = String::new();
    let (mut in_code, mut depth) = (false, 0_u32);
    let mut last = None;
    for event in Parser::new_ext(text, options) {
        if !matches!(event, Event::Text(_)) {
            assert_no_mention(&words, text);
            words.clear();
        }
        last = match event {
            Event::Html(raw) | Event::InlineHtml(raw) => {
                html.push_str(&raw);
                Some((raw.trim().to_owned(), depth))
            }
            Event::Text(more) => {
                if !in_code {
                    words.push_str(&more);
                }
                None
            }
            Event::Start(tag) => {
                depth += 1;
                in_code |= matches!(tag, Tag::CodeBlock(_));
                assert!(!matches!(tag, Tag::Image { .. }), "a picture: {text}");
                if let Tag::Link { dest_url, .. } = tag {
                    assert!(is_ours(&dest_url), "a link to {dest_url}: {text}");
                }
                None
            }
            Event::End(tag) => {
                depth -= 1;
                in_code &= tag != TagEnd::CodeBlock;
                // The end of the block that the marker is.
                last.filter(|_| tag == TagEnd::HtmlBlock)
            }
            _ => None,
        };
    }
    assert_no_mention(&words, text);
    assert_our_html(&html, text);
    if let Some(marker) = raw_marker(text) {
        // Within its own block only, or what is above it was never closed.
        assert!(last.is_some_and(|(raw, depth)| raw == marker && depth <= 1), "no marker: {text}");
    }
}

fn assert_no_mention(words: &str, text: &str) {
    let mut before = None;
    let mut letters = words.chars().peekable();
    while let Some(letter) = letters.next() {
        let names = letters.peek().is_some_and(|next| next.is_alphanumeric() || *next == '_');
        let within = before.is_some_and(char::is_alphanumeric);
        assert!(letter != '@' || within || !names, "{words:?} mentions somebody: {text}");
        before = Some(letter);
    }
}

fn assert_our_html(html: &str, text: &str) {
    for (open, close) in [("<details>", "</details>"), ("<summary>", "</summary>")] {
        assert_eq!(html.matches(open).count(), html.matches(close).count(), "{open}: {text}");
    }
    let mut rest = TAGS.iter().fold(html.to_owned(), |rest, tag| rest.replace(tag, ""));
    if let Some(marker) = raw_marker(text) {
        rest = rest.replacen(marker, "", 1);
    }
    assert!(!rest.contains('<'), "{rest:?} is no HTML of ours: {text}");
    assert_no_mention(&rest, text);
}

/// Whether a link leads to a page of ours, or stands in a rule's page.
fn is_ours(url: &str) -> bool {
    url.starts_with(PUBLIC_URL) && !url[PUBLIC_URL.len()..].starts_with(['.', '@', ':'])
        || RULES.iter().any(|rule| rule.page.contains(&format!("]({url})")))
}
