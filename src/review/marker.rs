//! Hidden signed markers at the end of what we post.

use crate::analysis::Fingerprint;

/// Signs and verifies markers with keys that the service derives from its secrets.
#[derive(Clone)]
pub struct Marker {
    keys: Vec<Vec<u8>>,
}

/// What a marker says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Marked {
    /// The body is an inline comment about this finding.
    Finding(Fingerprint),
    /// The body is the summary.
    Summary,
}

impl Marker {
    /// The first key signs; any of them verifies, so that secrets can be rotated. Needs at least one key.
    pub fn new(keys: Vec<Vec<u8>>) -> Self {
        Self { keys }
    }
}
