//! Whose repositories a read may show.

/// What the reader of a page or of the API may see. Every read for people takes one, so that none forgets it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sees {
    /// All repositories.
    All,
    /// Those that the person of this row can read on their platform, as last asked there.
    Person(i64),
}

impl Sees {
    /// What is bound to the mark of [`visible`](self): no person for all.
    pub(super) fn person(self) -> Option<i64> {
        match self {
            Sees::All => None,
            Sees::Person(id) => Some(id),
        }
    }
}

/// The condition that a repository's row, given by its column, is among those that the person bound to the mark may see.
macro_rules! visible {
    ($repository:literal, $mark:literal) => {
        concat!(
            "(CAST(",
            $mark,
            " AS BIGINT) IS NULL OR ",
            $repository,
            " IN (SELECT s.repository_id FROM readable_repositories s WHERE s.person_id = ",
            $mark,
            "))"
        )
    };
}
