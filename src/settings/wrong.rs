//! All that is wrong with the settings, so that a person repairs it in one go.

use super::SettingsError;

/// What was found wrong so far, each once.
#[derive(Debug, Default)]
pub(super) struct Wrong(Vec<SettingsError>);

/// A setting that may not be set; `None` when it can't be used.
pub(super) type Looked<T> = Option<Option<T>>;

impl Wrong {
    pub(super) fn note(&mut self, error: SettingsError) {
        if !self.0.contains(&error) {
            self.0.push(error);
        }
    }

    /// The value, unless it can't be used.
    pub(super) fn value<T>(&mut self, found: Result<T, SettingsError>) -> Option<T> {
        found.map_err(|error| self.note(error)).ok()
    }

    /// The value; where it can't be used or isn't set, what stands for it.
    pub(super) fn or<T>(&mut self, found: Result<Option<T>, SettingsError>, usual: T) -> T {
        self.value(found).flatten().unwrap_or(usual)
    }

    /// What something that is set needs.
    pub(super) fn needed<T>(
        &mut self,
        set: &'static str,
        name: &'static str,
        found: Looked<T>,
    ) -> Option<T> {
        match found {
            Some(None) => {
                self.note(SettingsError::Missing { set, missing: name });
                None
            }
            // What can't be used was noted.
            found => found.flatten(),
        }
    }

    /// What was looked at, if nothing is wrong with it, or else all that is.
    pub(super) fn end<T>(self, looked: Option<T>) -> Result<T, Vec<SettingsError>> {
        match looked {
            Some(looked) if self.0.is_empty() => Ok(looked),
            _ => Err(self.0),
        }
    }
}

/// The first thing that is wrong.
pub(super) fn first(wrong: Vec<SettingsError>) -> SettingsError {
    wrong.into_iter().next().expect("something is wrong where nothing came of it")
}
