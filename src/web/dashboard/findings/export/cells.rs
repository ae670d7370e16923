//! Rows as comma-separated values that spreadsheets take for text.

use std::borrow::Cow;

use csv::{Terminator, WriterBuilder};

use super::{Exported, Failure};

/// The columns' names, in the order of the rows' cells.
const COLUMNS: [&str; 24] = [
    "first_seen_at",
    "platform",
    "repository",
    "change_request",
    "change_request_title",
    "change_request_url",
    "rule",
    "name",
    "item",
    "severity",
    "confidence",
    "message",
    "path",
    "line",
    "end_line",
    "commit",
    "code_url",
    "review_url",
    "state",
    "closed_at",
    "settled_by",
    "settled_how",
    "settled_note",
    "thread",
];

/// Some of the rows, the first ones below the columns' names.
pub(super) fn part(rows: &[Exported], first: bool) -> Result<Vec<u8>, Failure> {
    let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(Vec::new());
    if first {
        writer.write_record(COLUMNS)?;
    }
    for row in rows {
        let cells = cells(row);
        writer.write_record(cells.iter().map(|cell| text(cell).into_owned()))?;
    }
    Ok(writer.into_inner()?)
}

fn cells(row: &Exported) -> [String; 24] {
    let time =
        |at: &chrono::DateTime<chrono::Utc>| at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
    let some = |cell: &Option<String>| cell.clone().unwrap_or_default();
    [
        time(&row.first_seen_at),
        row.platform.to_owned(),
        row.repository.clone(),
        row.change_request.to_string(),
        row.change_request_title.clone(),
        some(&row.change_request_url),
        row.rule.clone(),
        row.name.clone(),
        some(&row.item),
        row.severity.to_owned(),
        row.confidence.clone(),
        row.message.clone(),
        row.path.clone(),
        row.line.to_string(),
        row.end_line.to_string(),
        row.commit.clone(),
        some(&row.code_url),
        row.review_url.clone(),
        row.state.to_owned(),
        row.closed_at.as_ref().map(time).unwrap_or_default(),
        some(&row.settled_by),
        row.settled_how.unwrap_or_default().to_owned(),
        some(&row.settled_note),
        some(&row.thread),
    ]
}

/// The cell with an apostrophe before what spreadsheets would take for a formula.
fn text(cell: &str) -> Cow<'_, str> {
    match cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) {
        true => Cow::Owned(format!("'{cell}")),
        false => Cow::Borrowed(cell),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        for formula in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1"] {
            assert_eq!(text(formula), format!("'{formula}"));
        }
        for plain in ["", "a=1", "'=1", "src/a.py", " =1"] {
            assert_eq!(text(plain), plain);
        }
    }
}
