//! The files in which most is found.

use super::super::findings;
use crate::forge::ForgeKind;
use crate::store::trends::FileCount;

/// How many files are listed.
pub(in crate::web) const LISTED: usize = 10;

/// A file with its findings.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::web) struct Row {
    pub(in crate::web) path: String,
    /// In the last weeks.
    pub(in crate::web) found: i64,
    /// In open change requests.
    pub(in crate::web) open: i64,
}

/// Those in which most was found lately; behind them, where there is room, others with open findings.
pub(in crate::web) fn hottest(found: Vec<FileCount>, open: &[FileCount]) -> Vec<Row> {
    let still =
        |path: &str| open.iter().find(|file| file.path == path).map_or(0, |file| file.findings);
    let mut rows: Vec<_> = found
        .into_iter()
        .map(|file| Row { open: still(&file.path), found: file.findings, path: file.path })
        .collect();
    for file in open {
        if rows.len() >= LISTED {
            break;
        }
        if rows.iter().all(|row| row.path != file.path) {
            rows.push(Row { path: file.path.clone(), found: 0, open: file.findings });
        }
    }
    rows.sort_by_key(|row| std::cmp::Reverse((row.found, row.open)));
    rows.truncate(LISTED);
    rows
}

/// A file with the address of its findings.
pub(super) struct Linked {
    pub(super) row: Row,
    pub(super) href: Option<String>,
}

/// The files of a repository with their addresses.
pub(super) fn linked(rows: Vec<Row>, forge: ForgeKind, full_name: &str) -> Vec<Linked> {
    let link = |row: Row| Linked { href: findings::href_of_file(forge, full_name, &row.path), row };
    rows.into_iter().map(link).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_found_lately_comes_first() {
        let file = |path: &str, findings| FileCount { path: path.to_owned(), findings };
        let found = vec![file("a.py", 5), file("b.py", 2), file("c.py", 2)];
        let open = [file("old.py", 9), file("c.py", 2), file("a.py", 1)];
        let row = |path: &str, found, open| Row { path: path.to_owned(), found, open };
        assert_eq!(
            hottest(found, &open),
            [row("a.py", 5, 1), row("c.py", 2, 2), row("b.py", 2, 0), row("old.py", 0, 9)]
        );
        let many = (0..30).map(|n| file(&format!("{n}.py"), 1)).collect();
        assert_eq!(hottest(many, &open).len(), LISTED);
    }
}
