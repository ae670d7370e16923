//! Findings that people keep, with who and why.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::super::change_href;
use super::super::time::When;
use crate::forge::ForgeKind;
use crate::store::trends::Kept;

/// How many are listed.
pub(super) const LISTED: i64 = 20;

/// A finding that is kept.
pub(super) struct Row {
    pub(super) kept: Kept,
    /// How they said it.
    pub(super) how: &'static str,
    pub(super) sign: char,
    /// Address of the change request's page.
    pub(super) href: String,
    pub(super) when: When,
}

impl Row {
    pub(super) fn new(kept: Kept, forge: ForgeKind, repository: &str, now: DateTime<Utc>) -> Self {
        let how = match kept.how.as_deref() {
            Some("thread") => "resolved its thread",
            Some("command") => "by a command",
            _ => "settled it",
        };
        let href = change_href(forge, repository, kept.number);
        Self { how, href, sign: forge.number_sign(), when: When::new(kept.at, now), kept }
    }
}

/// How many findings comments in the code suppress: for each change request what the first one of its reviews says, which
/// is the newest.
pub(super) fn suppressed(reviews: impl IntoIterator<Item = (i64, i64)>) -> i64 {
    let mut newest = BTreeMap::new();
    for (change_request, suppressed) in reviews {
        newest.entry(change_request).or_insert(suppressed);
    }
    newest.values().sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_request_counts_once() {
        assert_eq!(suppressed([]), 0);
        assert_eq!(suppressed([(7, 2), (6, 1), (7, 9), (6, 0)]), 3);
    }
}
