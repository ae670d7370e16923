//! Words in lines and cells for a terminal: escape sequences take no room.

use super::terminal::{DIM, PLAIN};

/// A word with its escape sequences, and how many characters are seen of it.
#[derive(Default)]
pub(super) struct Word {
    pub(super) text: String,
    pub(super) width: usize,
}

/// Words as lines of at most `width` characters; the first line starts with `first`, the others below its end.
pub(super) fn wrap(words: &[Word], first: String, width: usize) -> Vec<String> {
    let indent = " ".repeat(first.chars().count());
    let (mut lines, mut line, mut used) = (Vec::new(), first, indent.len());
    let mut fresh = true;
    for word in words.iter().filter(|word| word.width > 0) {
        if !fresh && used + 1 + word.width > width {
            lines.push(std::mem::replace(&mut line, indent.clone()));
            (used, fresh) = (indent.len(), true);
        }
        if !fresh {
            line.push(' ');
            used += 1;
        }
        line += &word.text;
        used += word.width;
        fresh = false;
    }
    lines.push(line);
    lines
}

/// Rows of cells of lines, aligned; a rule below the first row.
pub(super) fn table(rows: &[Vec<Vec<Word>>]) -> Vec<String> {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let widest = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.flatten().map(|line| line.width).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(widest).collect();
    let mut lines = Vec::new();
    for (at, row) in rows.iter().enumerate() {
        let height = row.iter().map(Vec::len).max().unwrap_or(0);
        lines.extend((0..height).map(|line| row_line(row, line, &widths)));
        if at == 0 {
            let rule: Vec<String> = widths.iter().map(|width| "-".repeat(*width)).collect();
            lines.push(format!("{DIM}{}{PLAIN}", rule.join("  ")));
        }
    }
    lines
}

/// One line of a row whose cells may have several.
fn row_line(row: &[Vec<Word>], line: usize, widths: &[usize]) -> String {
    let cells = row.iter().zip(widths).map(|(cell, width)| {
        let (text, used) = cell.get(line).map_or(("", 0), |word| (word.text.as_str(), word.width));
        format!("{text}{}", " ".repeat(width - used))
    });
    cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
}

/// Several words as one.
pub(super) fn join(words: &[Word]) -> Word {
    let texts: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
    let gaps = words.len().saturating_sub(1);
    Word { text: texts.join(" "), width: words.iter().map(|word| word.width).sum::<usize>() + gaps }
}
