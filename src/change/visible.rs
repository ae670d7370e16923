//! Text of others, such as a path or a name, with nothing in it that a person would not see.

use std::borrow::Cow;

/// The text with what shows nothing itself written out: control characters, line ends too, which a terminal or a log
/// would obey, and the marks that turn around or hide what is beside them. `a\nb` is six characters then, on one line.
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.contains(|c: char| c.is_control() || is_hidden(c)) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if c.is_control() || is_hidden(c) {
            out.extend(c.escape_default());
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

/// Characters that show nothing themselves and turn around, hide or part what is beside them, in other places than
/// control characters.
pub fn is_hidden(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_sees_is_written_out() {
        for (text, shown) in [
            ("src/app.py", "src/app.py"),
            ("größe/日本.py", "größe/日本.py"),
            ("a\n::error::b.py", "a\\n::error::b.py"),
            ("\u{1b}[31mred\u{7}", "\\u{1b}[31mred\\u{7}"),
            ("\u{9b}31m\u{7f}\0", "\\u{9b}31m\\u{7f}\\u{0}"),
            ("a\u{202e}yp.exe", "a\\u{202e}yp.exe"),
            ("a\u{2028}b\u{200b}\u{feff}\u{e0041}", "a\\u{2028}b\\u{200b}\\u{feff}\\u{e0041}"),
        ] {
            assert_eq!(visible(text), shown);
        }
    }
}
