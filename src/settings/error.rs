//! Why settings are refused.

use crate::change::visible;

/// Why settings are refused: one line for the person who starts the service. Holds no secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// Something needs something else.
    #[error("{set} is set, but {missing} is missing")]
    Missing {
        /// What is set.
        set: &'static str,
        /// What it needs.
        missing: &'static str,
    },
    /// A secret is given both as a value and as a file.
    #[error("both {0} and {0}_FILE are set; keep one")]
    Twice(&'static str),
    /// A value that can't be used.
    #[error("{name}: {problem}")]
    Value {
        /// The setting, by its environment variable.
        name: &'static str,
        /// What is wrong with it.
        problem: String,
    },
    /// The settings file can't be used.
    #[error("settings file {path}: {problem}")]
    File {
        /// Which file.
        path: String,
        /// What is wrong with it.
        problem: String,
    },
}

impl SettingsError {
    pub(super) fn value(name: &'static str, problem: impl std::fmt::Display) -> Self {
        Self::Value { name, problem: one_line(problem) }
    }
}

/// Longest message, in Unicode scalar values: the names of all settings fit.
const LONGEST: usize = 3_000;

/// A message on one line, whatever library it came from and whatever it repeats.
pub(crate) fn one_line(message: impl std::fmt::Display) -> String {
    let text = message.to_string();
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    visible(&text).chars().take(LONGEST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_message_repeats_is_seen_and_short() {
        let text = "no `a\u{1b}[31m\n\tb\u{202e}`";
        assert_eq!(one_line(text), "no `a\\u{1b}[31m b\\u{202e}`");
        assert_eq!(one_line("ä".repeat(5_000)).chars().count(), LONGEST);
    }
}
