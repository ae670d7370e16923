//! Text from code and from rules as Markdown that means nothing else: no mentions, references, links, images or HTML, no
//! broken lists, nothing that is not seen.

use crate::change::visible;

/// Keeps `@name` from notifying somebody; nobody sees it.
const ZERO_WIDTH_SPACE: char = '\u{200b}';

/// The text as a code span on one line, whatever is in it.
pub fn code(text: &str) -> String {
    let text = on_one_line(text);
    if text.is_empty() {
        // Two backticks alone would begin a span that ends in somebody else's.
        return "` `".to_owned();
    }
    let fence = "`".repeat(longest_run(&text) + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// A fence for a block that holds the text: longer than any in it.
pub(super) fn fence(text: &str) -> String {
    "`".repeat(longest_run(text).max(2) + 1)
}

/// A sentence that has code spans and no other Markdown, on one line. What stands outside of the spans has no effect but
/// emphasis: a name with a backtick in it may have put it there.
pub(super) fn sentence(text: &str) -> String {
    let text = on_one_line(text);
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(at) = rest.find('`') {
        let (before, from) = rest.split_at(at);
        defuse(before, &mut out);
        let (span, after) = code_span(from);
        match span {
            Some(span) => out.push_str(span),
            None => out.extend(from.chars().take_while(|c| *c == '`').map(|_| "&#96;")),
        }
        rest = after;
    }
    defuse(rest, &mut out);
    out
}

/// The words as they stand: no Markdown in them has an effect.
pub(super) fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['`', '*', '_', ']', '|', '~']) {
        let (before, from) = rest.split_at(at);
        defuse(before, &mut out);
        out.push('\\');
        let (mark, after) = from.split_at(1);
        out.push_str(mark);
        rest = after;
    }
    defuse(rest, &mut out);
    out
}

/// The text with single blanks for what is blank, and the rest visible.
fn on_one_line(text: &str) -> String {
    visible(&text.split_whitespace().collect::<Vec<_>>().join(" ")).into_owned()
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

/// Takes its effects from text that is no code: escapes (which would take a backtick behind them away from a code span),
/// HTML and character references, links and images, addresses, and what platforms make of `@name`, `#1`, `!1`, `GH-1`.
fn defuse(text: &str, out: &mut String) {
    let mut before = [' '; 3];
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let next = chars.peek().copied().unwrap_or(' ');
        match c {
            '\\' => out.push_str("\\\\"),
            '[' => out.push_str("\\["),
            '<' => out.push_str("&lt;"),
            '&' => out.push_str("&amp;"),
            _ => out.push(c),
        }
        let refers = match c {
            '@' => true,
            '#' | '!' | '&' | '%' | '$' | '~' | '^' => next.is_alphanumeric() || next == '"',
            ':' => next == '/',
            '-' => next.is_ascii_digit() && before[1..] == ['G', 'H'],
            '.' => before.iter().all(|it| it.eq_ignore_ascii_case(&'w')),
            _ => false,
        };
        if refers {
            out.push(ZERO_WIDTH_SPACE);
        }
        before = [before[1], before[2], c];
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
            (" \n", "` `"),
        ] {
            assert_eq!(code(text), span);
        }
    }

    #[test]
    fn a_sentence_keeps_its_code_and_loses_its_mentions() {
        for (text, tamed) in [
            ("`@app.get` is <b>bold</b>", "`@app.get` is &lt;b>bold&lt;/b>"),
            ("ask @octocat", "ask @\u{200b}octocat"),
            ("`a`\\`@all` z`", "`a`\\\\`@all` z&#96;"),
            ("see #1, !2 and GH-3", "see #\u{200b}1, !\u{200b}2 and GH-\u{200b}3"),
            ("&commat;all &#64;all", "&amp;\u{200b}commat;all &amp;#\u{200b}64;all"),
            ("![x](//h) [y](z)", "!\\[x](//h) \\[y](z)"),
            ("https://h www.h", "https:\u{200b}//h www.\u{200b}h"),
            ("`a\u{202e}b\u{1b}[m`", "`a\\u{202e}b\\u{1b}[m`"),
            ("PEP 8: 3 % 2, x! 5 & 6", "PEP 8: 3 % 2, x! 5 &amp; 6"),
            ("``a ` b`` and `c", "``a ` b`` and &#96;c"),
            ("one\n\n/close", "one /close"),
            ("`<!-- x -->`", "`<!-- x -->`"),
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
