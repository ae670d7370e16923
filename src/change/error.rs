//! What can be wrong with a diff.

/// A text that can't be read as a diff.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line} of the diff: {what}")]
pub struct DiffError {
    /// 1-based line of the diff.
    pub line: usize,
    /// What is wrong there.
    pub what: String,
}

/// A diff that does not fit the text that it is applied to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the text differs from the diff at line {line}")]
pub struct ApplyError {
    /// 1-based line of the text.
    pub line: u32,
}
