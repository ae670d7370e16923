//! What a team's reviews can find: what the rules find in its files, in the rules' own words.

use std::sync::Arc;

use super::chance::Chance;
use super::team::Team;
use crate::analysis::{Finding, Verdict, check_tree};
use crate::change::MemoryTree;
use crate::policy::{Audience, Policy};

/// A repository's files with all that there is to find in them.
pub(super) struct Code {
    pub(super) files: Vec<(&'static str, Arc<[u8]>)>,
    pub(super) findings: Vec<Finding>,
    /// Of each item of the checklist, when all of the findings are there.
    pub(super) verdicts: Vec<Verdict>,
    /// The default branch's commit, from which everybody starts.
    base: String,
    policy: Policy,
}

impl Code {
    pub(super) fn read(team: &Team) -> Self {
        let files: Vec<(&str, Arc<[u8]>)> =
            team.files.iter().map(|(path, text)| (*path, text.as_bytes().into())).collect();
        let mut tree = MemoryTree::default();
        for (path, bytes) in &files {
            tree.insert(*path, bytes.to_vec());
        }
        let paths: Vec<_> = files.iter().map(|(path, _)| (*path).to_owned()).collect();
        let policy = Policy::default();
        let analysis = check_tree(&tree, &paths, &policy);
        let base = Chance::of(&format!("{} base", team.name)).sha();
        Self { files, findings: analysis.findings, verdicts: analysis.verdicts, base, policy }
    }

    pub(super) fn base(&self) -> String {
        self.base.clone()
    }

    /// Whether a finding gets a comment at its line.
    pub(super) fn is_commented(&self, finding: usize) -> bool {
        self.policy.admits(Audience::Inline, &self.findings[finding])
    }

    /// Whether a finding fails the gate.
    pub(super) fn is_failing(&self, finding: usize) -> bool {
        self.policy.admits(Audience::Gate, &self.findings[finding])
    }
}
