//! What may not be in a piece of a page of ours.

/// Tags, with all that may be in them. Of links, the address is looked at, too.
const TAGS: [&str; 43] = [
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "p",
    "ul",
    "ol",
    "li",
    "pre tabindex=\"0\"",
    "pre",
    "code",
    "mark",
    "strong",
    "em",
    "del",
    "blockquote",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "details",
    "details open",
    "summary",
    "sub",
    "sup",
    "b",
    "i",
    "kbd",
    "s",
    "div class=\"suggestion\"",
    "div class=\"title\"",
    "tr class=\"del\"",
    "tr class=\"add\"",
    "td class=\"sign\"",
    "td class=\"code\"",
    "th style=\"text-align: left\"",
    "th style=\"text-align: right\"",
    "td style=\"text-align: left\"",
    "td style=\"text-align: right\"",
];
/// Those that have no end.
const SINGLE: [&str; 4] = ["br", "hr", "br /", "hr /"];
/// More attributes that a renderer of others writes, by how they begin.
const OTHERS: [&str; 5] = [
    "code class=\"language-",
    "ol start=\"",
    "input disabled=\"\" type=\"checkbox\"",
    "th style=\"text-align: center\"",
    "td style=\"text-align: center\"",
];

/// Fails when there is a tag or an attribute that isn't ours, or, where the renderer sees to that, one is not closed.
pub(super) fn assert_plain(html: &str, balanced: bool) {
    let mut open: Vec<&str> = Vec::new();
    let mut rest = html;
    while let Some((before, from)) = rest.split_once('<') {
        assert!(!balanced || !before.contains('"'), "a bare quote in {before:?}");
        let (tag, after) = from.split_once('>').unwrap_or_else(|| panic!("no end of <{from}"));
        rest = after;
        if let Some(name) = tag.strip_prefix('/') {
            let opened = open.pop();
            assert!(!balanced || opened == Some(name), "</{name}> closes {opened:?}: {html}");
            continue;
        }
        if SINGLE.contains(&tag) || tag.starts_with("input ") {
            assert!(SINGLE.contains(&tag) || is_known(tag), "<{tag}>: {html}");
            continue;
        }
        assert!(is_known(tag) || is_link(tag), "<{tag}>: {html}");
        open.push(tag.split_once(' ').map_or(tag, |(name, _)| name));
    }
    assert!(!balanced || open.is_empty(), "{open:?} are not closed: {html}");
}

fn is_known(tag: &str) -> bool {
    TAGS.contains(&tag)
        || OTHERS
            .iter()
            .any(|begin| tag.strip_prefix(begin).is_some_and(|rest| rest.matches('"').count() <= 1))
}

/// Whether a tag is a link and nothing more, to a place that a browser only goes to.
fn is_link(tag: &str) -> bool {
    let Some(address) = tag.strip_prefix("a href=\"") else { return false };
    let Some((address, title)) = address.split_once('"') else { return false };
    let titled = title.strip_prefix(" title=\"").and_then(|rest| rest.strip_suffix('"'));
    let plain = title.is_empty() || titled.is_some_and(|rest| !rest.contains('"'));
    plain
        && ["https://", "http://", "mailto:", "/", "#"]
            .iter()
            .any(|start| address.starts_with(start))
}
