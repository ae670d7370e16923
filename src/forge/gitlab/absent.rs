//! What a project was found to be without, so that not each review asks for it in vain.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::forge::ForgeError;

/// How long it is not asked again: servers are updated, and licences bought.
const REMEMBERED: Duration = Duration::from_secs(3600);

/// Projects without something, and since when that is known.
#[derive(Debug, Default)]
pub(super) struct Absent(Mutex<BTreeMap<i64, Instant>>);

impl Absent {
    /// Whether the project was found to be without it not long ago.
    pub(super) fn is_known(&self, project: i64) -> bool {
        self.lock().get(&project).is_some_and(|since| since.elapsed() < REMEMBERED)
    }

    /// Notes it if the error says so: there is no such thing, or not for this token.
    pub(super) fn note(&self, project: i64, error: &ForgeError) {
        if !matches!(error, ForgeError::Status { status: 401 | 403 | 404 | 405, .. }) {
            return;
        }
        let mut known = self.lock();
        known.retain(|_, since| since.elapsed() < REMEMBERED);
        known.insert(project, Instant::now());
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<i64, Instant>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forge::ForgeKind;

    #[test]
    fn only_what_is_refused_as_such_is_remembered_and_for_its_project_alone() {
        let absent = Absent::default();
        for (project, status) in [(1, 404), (2, 500), (3, 403), (4, 422)] {
            let (forge, operation, message) = (ForgeKind::GitLab, "list", String::new());
            absent.note(project, &ForgeError::Status { forge, operation, status, message });
        }
        let known: Vec<i64> = (0..6).filter(|project| absent.is_known(*project)).collect();
        assert_eq!(known, [1, 3]);
    }
}
