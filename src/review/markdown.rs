//! Text from code and from rules as Markdown that means nothing else: no mentions, no HTML, no broken lists.

/// Keeps `@name` from notifying somebody; nobody sees it.
const ZERO_WIDTH_SPACE: char = '\u{200b}';

/// The text as a code span on one line, whatever is in it.
pub(super) fn code(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let fence = "`".repeat(longest_run(&text) + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// A fence for a block that holds the text: longer than any in it.
pub(super) fn fence(text: &str) -> String {
    "`".repeat(longest_run(text).max(2) + 1)
}

/// A sentence that is Markdown already, on one line; what it holds of HTML, mentions, links and pictures outside of code
/// spans is made harmless.
pub(super) fn sentence(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(at) = rest.find('`') {
        let (before, from) = rest.split_at(at);
        words(before, &mut out);
        let (span, after) = code_span(from);
        match span {
            Some(span) => out.push_str(span),
            None => out.extend(from.chars().take_while(|c| *c == '`').map(|_| "&#96;")),
        }
        rest = after;
    }
    words(rest, &mut out);
    out
}

/// What a sentence says outside of its code spans.
fn words(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '[' => out.push_str("&#91;"),
            // Before a backtick it would make a code span none, and its content Markdown.
            '\\' => out.push_str("&#92;"),
            _ => defuse(c, out),
        }
    }
}

/// The words as they stand: no Markdown in them has an effect.
pub(super) fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '#' | '|' | '~') {
            out.push('\\');
        }
        defuse(c, &mut out);
    }
    out
}

/// The text with each paragraph on one line, since platforms break a comment's lines where the text does. Code blocks
/// and list items stay apart.
pub(super) fn unwrap(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut in_code = false;
    let mut joinable = false;
    for line in text.lines() {
        let fence = line.trim_start().starts_with("```");
        let starts = ["- ", "* ", "#", "|", "> "].iter().any(|mark| line.starts_with(mark));
        let joins = joinable && !in_code && !fence && !starts && !line.trim().is_empty();
        if !out.is_empty() {
            out.push(if joins { ' ' } else { '\n' });
        }
        out.push_str(if joins { line.trim_start() } else { line });
        in_code ^= fence;
        joinable = !in_code && !fence && !line.trim().is_empty();
    }
    out
}

/// The code span that the text starts with, and what follows; without one, what follows the backticks.
fn code_span(text: &str) -> (Option<&str>, &str) {
    let ticks = text.bytes().take_while(|b| *b == b'`').count();
    let mut at = ticks;
    while let Some(next) = text.get(at..).and_then(|rest| rest.find('`')) {
        let start = at + next;
        let run = text.as_bytes()[start..].iter().take_while(|b| **b == b'`').count();
        at = start + run;
        if run == ticks {
            let (span, after) = text.split_at(at);
            return (Some(span), after);
        }
    }
    (None, text.get(ticks..).unwrap_or_default())
}

fn defuse(c: char, out: &mut String) {
    match c {
        '<' => out.push_str("&lt;"),
        '@' => out.extend([c, ZERO_WIDTH_SPACE]),
        // A character's name says the same as the character: `&commat;`.
        '&' => out.push_str("&amp;"),
        _ => out.push(c),
    }
}

fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_span_holds_any_text() {
        for (text, span) in [
            ("time.sleep", "`time.sleep`"),
            ("a `b` c", "``a `b` c``"),
            ("`x`", "`` `x` ``"),
            ("two\nlines", "`two lines`"),
        ] {
            assert_eq!(code(text), span);
        }
    }

    #[test]
    fn a_sentence_keeps_its_code_and_loses_its_mentions() {
        for (text, tamed) in [
            ("`@app.get` is <b>bold</b>", "`@app.get` is &lt;b>bold&lt;/b>"),
            ("ask @octocat", "ask @\u{200b}octocat"),
            ("``a ` b`` and `c", "``a ` b`` and &#96;c"),
            ("one\n\n/close", "one /close"),
            ("`<!-- x -->`", "`<!-- x -->`"),
            ("`a`\\`@octocat`", "`a`&#92;`@octocat`"),
            ("ask &commat;octocat", "ask &amp;commat;octocat"),
            ("![x](https://a.example)", "!&#91;x](https://a.example)"),
        ] {
            assert_eq!(sentence(text), tamed);
        }
    }

    #[test]
    fn plain_words_have_no_markup() {
        assert_eq!(plain("__aenter__/__aexit__"), "\\_\\_aenter\\_\\_/\\_\\_aexit\\_\\_");
        assert_eq!(plain("@asynccontextmanager"), "@\u{200b}asynccontextmanager");
    }

    #[test]
    fn a_paragraph_is_one_line_and_code_keeps_its_lines() {
        let text = "one\ntwo\n\n- a\n  b\n- c\n```python\nx\ny\n```\nend\nend";
        let unwrapped = "one two\n\n- a b\n- c\n```python\nx\ny\n```\nend end";
        assert_eq!(unwrap(text), unwrapped);
    }

    #[test]
    fn a_fence_is_longer_than_those_inside() {
        assert_eq!(fence("no ticks"), "```");
        assert_eq!(fence("a ```` b"), "`````");
    }
}
