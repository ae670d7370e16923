//! The rules, in the order of the checklist's sections.

use super::Rule;

/// All rules, by code.
pub const RULES: &[&Rule] = &[&super::suppression::RULE];
