//! The Markdown of rule pages and messages as HTML: headings, paragraphs, lists, code, links, emphasis. Whatever is not
//! one of these is text, and all text is escaped, so the result is safe whatever goes in.

/// A page without its title line.
pub(crate) fn page(text: &str) -> String {
    let mut out = String::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        if let Some(info) = line.strip_prefix("```") {
            let code = std::iter::from_fn(|| lines.next().filter(|line| !line.starts_with("```")));
            block(info.trim(), code, &mut out);
        } else if let Some(title) = line.strip_prefix("## ") {
            tag("h2", &inline(title), &mut out);
        } else if let Some(title) = line.strip_prefix("### ") {
            tag("h3", &inline(title), &mut out);
        } else if let Some(first) = line.strip_prefix("- ") {
            let rest = std::iter::from_fn(|| lines.next_if(|next| belongs_to_list(next)));
            list(first, rest, &mut out);
        } else if !line.trim().is_empty() && !line.starts_with("# ") {
            let mut paragraph = line.to_owned();
            while let Some(next) = lines.next_if(|next| continues(next)) {
                paragraph.push(' ');
                paragraph.push_str(next.trim());
            }
            tag("p", &inline(&paragraph), &mut out);
        }
    }
    out
}

fn belongs_to_list(line: &str) -> bool {
    line.starts_with("- ") || line.starts_with("  ")
}

fn list<'a>(first: &str, rest: impl Iterator<Item = &'a str>, out: &mut String) {
    let mut items = vec![first.to_owned()];
    for line in rest {
        match (line.strip_prefix("- "), items.last_mut()) {
            (None, Some(item)) => item.extend([" ", line.trim()]),
            (item, _) => items.push(item.unwrap_or(line).to_owned()),
        }
    }
    let items: String = items.iter().map(|item| format!("<li>{}</li>", inline(item))).collect();
    tag("ul", &items, out);
}

fn continues(line: &str) -> bool {
    !line.trim().is_empty() && !["```", "#", "- "].iter().any(|start| line.starts_with(start))
}

fn tag(name: &str, inner: &str, out: &mut String) {
    out.push_str(&format!("<{name}>{inner}</{name}>\n"));
}

/// A code block; lines that a rule flags are marked.
fn block<'a>(info: &str, lines: impl Iterator<Item = &'a str>, out: &mut String) {
    let python = info == "python";
    // With the keyboard it is scrolled only where it can have the focus.
    out.push_str(r#"<pre tabindex="0"><code>"#);
    for line in lines {
        let (code, comment) = match line.split_once("  # finding:") {
            Some((code, _)) if python => (code, true),
            _ => (line, false),
        };
        if comment {
            out.push_str(&format!("<mark>{}</mark>\n", escape(code)));
        } else {
            out.push_str(&format!("{}\n", escape(code)));
        }
    }
    out.push_str("</code></pre>\n");
}

/// One line: code spans, links, bold and plain text.
pub(crate) fn inline(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(['`', '[', '*']) {
        let (before, from) = rest.split_at(at);
        out.push_str(&escape(before));
        rest = match span(from) {
            Some((html, after)) => {
                out.push_str(&html);
                after
            }
            None => {
                out.push_str(&escape(&from[..1]));
                &from[1..]
            }
        };
    }
    out.push_str(&escape(rest));
    out
}

/// What the text starts with, when it is a whole span, and what follows it.
fn span(text: &str) -> Option<(String, &str)> {
    if text.starts_with('`') {
        let ticks = text.bytes().take_while(|b| *b == b'`').count();
        let (fence, rest) = text.split_at(ticks);
        let (code, after) = rest.split_once(fence)?;
        return Some((format!("<code>{}</code>", escape(code.trim())), after));
    }
    if let Some(rest) = text.strip_prefix("**") {
        let (bold, after) = rest.split_once("**")?;
        return Some((format!("<strong>{}</strong>", inline(bold)), after));
    }
    let (label, rest) = text.strip_prefix('[')?.split_once("](")?;
    let (target, after) = rest.split_once(')')?;
    let safe = target.starts_with("https://") || target.starts_with('/');
    safe.then(|| (format!("<a href=\"{}\">{}</a>", escape(target), inline(label)), after))
}

/// The text with what HTML gives a meaning replaced.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_becomes_html() {
        let text = "# AW1 name\n\nOne `a < b`\ntwo.\n\n## Why\n- x\n  y\n- **z**\n\n```python\nf()  # finding: AW1\ng()\n```\n";
        let html = "<p>One <code>a &lt; b</code> two.</p>\n<h2>Why</h2>\n<ul><li>x y</li><li><strong>z</strong></li></ul>\n\
            <pre tabindex=\"0\"><code><mark>f()</mark>\ng()\n</code></pre>\n";
        assert_eq!(page(text), html);
    }

    #[test]
    fn nothing_but_the_known_marks_becomes_markup() {
        for (text, html) in [
            ("<script>", "&lt;script&gt;"),
            ("[x](javascript:alert(1))", "[x](javascript:alert(1))"),
            ("[x](https://a.example/?\"<)", "<a href=\"https://a.example/?&quot;&lt;\">x</a>"),
            ("`<b>`", "<code>&lt;b&gt;</code>"),
            ("a * b ` c [d", "a * b ` c [d"),
            ("``a ` b``", "<code>a ` b</code>"),
        ] {
            assert_eq!(inline(text), html);
        }
    }
}
