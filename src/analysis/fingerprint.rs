//! A finding's name: what stays the same when code moves, is indented otherwise or formatted anew.

use sha2::{Digest, Sha256};

use super::Fingerprint;

/// What a finding is about, but for which of several alike it is.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Key {
    /// The rule's code.
    pub(super) rule: &'static str,
    /// Qualified name of the enclosing definition.
    pub(super) scope: String,
    /// The code, normalised.
    pub(super) code: String,
}

impl Key {
    /// The name of the `occurrence`-th finding, from 0, among those with this key in a file. The file is named by the path
    /// that it had before the change, so that renaming it does not count; and it is named, since otherwise a finding would be
    /// called something else when one like it came up in another file.
    pub(super) fn fingerprint(&self, known_as: &str, occurrence: usize) -> Fingerprint {
        let mut hash = Sha256::new();
        for part in [self.rule, known_as, &self.scope, &self.code, &occurrence.to_string()] {
            hash.update(part.as_bytes());
            hash.update([0]);
        }
        Fingerprint(hex::encode(&hash.finalize()[..16]))
    }
}

/// Code without what formatters change: spaces, line ends, comments, parentheses, trailing commas, the kind of quotes.
pub(super) fn normalise(code: &str) -> String {
    let mut out = String::with_capacity(code.len());
    let mut chars = code.char_indices().peekable();
    // Something that does not count has just been passed: it may keep two words apart.
    let mut gap = false;
    while let Some((at, c)) = chars.next() {
        match c {
            '#' => while chars.next_if(|(_, c)| *c != '\n').is_some() {},
            '"' | '\'' => {
                let end = at + string_length(&code[at..]);
                out.push('"');
                out.push_str(unquoted(&code[at..end]));
                out.push('"');
                while chars.next_if(|(next, _)| *next < end).is_some() {}
                gap = false;
            }
            '(' | ')' | '\\' => gap = true,
            c if c.is_whitespace() => gap = true,
            c => {
                if matches!(c, ']' | '}') {
                    drop_comma(&mut out);
                }
                if gap && is_word(c) && out.chars().next_back().is_some_and(is_word) {
                    out.push(' ');
                }
                out.push(c);
                gap = false;
            }
        }
    }
    drop_comma(&mut out);
    out
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn drop_comma(out: &mut String) {
    if out.ends_with(',') {
        out.pop();
    }
}

/// The quotes with which a string literal starts.
fn quotes(text: &str) -> &str {
    let (one, three) = (&text[..1], text.get(..3).unwrap_or_default());
    if three == one.repeat(3) { three } else { one }
}

/// What stands between a string literal's quotes; those at the end may be missing.
fn unquoted(literal: &str) -> &str {
    let quote = quotes(literal);
    let rest = &literal[quote.len()..];
    rest.strip_suffix(quote).unwrap_or(rest)
}

/// How many bytes the string literal at the start of the text has, quotes included.
fn string_length(text: &str) -> usize {
    let quote = quotes(text);
    let mut at = quote.len();
    while at < text.len() {
        let rest = &text[at..];
        if rest.starts_with(quote) {
            return at + quote.len();
        }
        let mut chars = rest.chars();
        let c = chars.next().map_or(1, char::len_utf8);
        let escaped = rest.starts_with('\\').then(|| chars.next().map_or(0, char::len_utf8));
        at += c + escaped.unwrap_or(0);
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::normalise;

    #[test]
    fn formatting_does_not_count() {
        let one = normalise("await  fetch( 'a # b',\n    timeout = 3,  # soon\n)");
        assert_eq!(one, normalise("await fetch(\"a # b\", timeout=3)"));
        assert_eq!(normalise("return (\n    x\n)"), normalise("return x"));
        assert_eq!(normalise("sleep( 1 )"), normalise("sleep(1)"));
    }

    #[test]
    fn words_and_strings_do_count() {
        assert_ne!(normalise("await x"), normalise("awaitx"));
        assert_ne!(normalise("f('a b')"), normalise("f('ab')"));
        assert_eq!(normalise(r#"f("\"", 1)"#), "f\"\\\"\",1");
    }
}
