//! What a local run prints, in the formats that people and machines read.

mod checklist;
mod github;
mod gitlab;
#[cfg(test)]
mod hostile_tests;
mod json;
mod sarif;
#[cfg(test)]
mod tests;
mod text;

use std::collections::BTreeMap;
use std::io::{ErrorKind, IsTerminal, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::ValueEnum;
use serde_json::Value;

use super::Outcome;
use super::repair::{Repairing, Repairs};
use crate::analysis::{Analysis, Finding, Severity};
use crate::change::{Tree, is_hidden};
use crate::policy::{Audience, Policy, Threshold};

/// How findings are printed, and what they mean for the exit code.
#[derive(Debug, clap::Args)]
pub(super) struct OutputArgs {
    /// How findings are written.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Write to this file instead of standard output.
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// When the text format has colours: on a terminal (unless NO_COLOR is set), always, or never.
    #[arg(long, value_enum, default_value_t = Color::Auto, value_name = "WHEN")]
    color: Color,
    /// The least severity that fails the gate (exit code 1), whatever the repository's settings say.
    #[arg(long, value_enum, value_name = "SEVERITY")]
    fail_on: Option<FailOn>,
    /// Add the verdict on each of the checklist's 63 items to the text format; JSON and SARIF always have them.
    #[arg(long)]
    checklist: bool,
    /// Print findings only: no closing line in the text format, no progress bar.
    #[arg(long, short)]
    pub(super) quiet: bool,
}

/// A format of findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Excerpts of the source, for people.
    Text,
    /// One object with everything that was found out.
    Json,
    /// SARIF 2.1.0.
    Sarif,
    /// Workflow commands of GitHub Actions.
    Github,
    /// A Code Quality report of GitLab.
    Gitlab,
}

/// When there are colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Color {
    Auto,
    Always,
    Never,
}

/// What fails the gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum FailOn {
    Critical,
    High,
    Medium,
    Low,
    Never,
}

/// What a run found out.
pub(super) struct Report<'a> {
    pub(super) analysis: &'a Analysis,
    /// The files that findings are in, for excerpts.
    pub(super) head: &'a dyn Tree,
    pub(super) policy: &'a Policy,
    /// What can't be used in the repository's settings, each a sentence.
    pub(super) problems: &'a [String],
}

/// A report with what the gate says to it.
struct Judged<'a> {
    report: Report<'a>,
    /// What fails the gate; `None` when nothing does.
    threshold: Option<Threshold>,
    failed: bool,
}

impl OutputArgs {
    /// Does with the repairs as asked, writes the report of what is left, and gives the gate's result. `root` is the folder
    /// that paths are relative to; `again` analyses once more when files have been written.
    pub(super) fn write_repaired(
        &self,
        report: Report<'_>,
        repairing: Repairing,
        root: &Path,
        again: impl FnOnce(&[String]) -> Analysis,
    ) -> anyhow::Result<Outcome> {
        if repairing == Repairing::Told {
            return self.write(report);
        }
        let repairs = Repairs::of(report.analysis);
        if repairing == Repairing::Shown {
            let outcome = self.judge(report.policy, report.analysis).1;
            self.put(&repairs.diff(report.head))?;
            return Ok(outcome);
        }
        let written = repairs.make(root, report.head)?;
        if !self.quiet {
            let (found, files) = (repairs.count(), written.len());
            let _ = match found {
                0 => writeln!(std::io::stderr(), "There is nothing to repair."),
                _ => writeln!(std::io::stderr(), "Repaired {}.", text::repaired(found, files)),
            };
        }
        if written.is_empty() {
            return self.write(report);
        }
        let analysis = again(&written);
        self.write(Report { analysis: &analysis, ..report })
    }

    /// What fails the gate, and whether something does.
    fn judge(&self, policy: &Policy, analysis: &Analysis) -> (Option<Threshold>, Outcome) {
        let threshold = self.threshold(policy);
        let failed = analysis.findings.iter().any(|it| fails(threshold, policy, it));
        (threshold, if failed { Outcome::GateFailed } else { Outcome::Passed })
    }

    /// Writes the report and gives the gate's result.
    fn write(&self, report: Report<'_>) -> anyhow::Result<Outcome> {
        let (threshold, outcome) = self.judge(report.policy, report.analysis);
        let judged = Judged { failed: outcome == Outcome::GateFailed, threshold, report };
        let text = match self.format {
            Format::Text => {
                let mut text = text::render(&judged, self.colored(), self.quiet);
                if self.checklist {
                    text.push_str(&checklist::render(judged.report.analysis));
                }
                text
            }
            Format::Json => json::render(&judged),
            Format::Sarif => sarif::render(&judged),
            Format::Github => github::render(&judged),
            Format::Gitlab => gitlab::render(&judged),
        };
        self.put(&text)?;
        Ok(outcome)
    }

    fn put(&self, text: &str) -> anyhow::Result<()> {
        match &self.output {
            Some(file) => std::fs::write(file, text)
                .with_context(|| format!("`{}` can't be written", file.display())),
            None => print(text),
        }
    }

    fn threshold(&self, policy: &Policy) -> Option<Threshold> {
        let severity = match self.fail_on {
            None => policy.gate.severity,
            Some(FailOn::Critical) => Severity::Critical,
            Some(FailOn::High) => Severity::High,
            Some(FailOn::Medium) => Severity::Medium,
            Some(FailOn::Low) => Severity::Low,
            Some(FailOn::Never) => return None,
        };
        Some(Threshold { severity, ..policy.gate })
    }

    fn colored(&self) -> bool {
        match self.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => self.output.is_none() && terminal_has_colors(),
        }
    }
}

/// Whether standard output is a terminal that takes colours, and nobody asked for none.
pub(super) fn terminal_has_colors() -> bool {
    let stdout = std::io::stdout();
    stdout.is_terminal() && anstream::AutoStream::choice(&stdout) != anstream::ColorChoice::Never
}

/// Writes to standard output. Whoever reads it may stop reading.
pub(super) fn print(text: &str) -> anyhow::Result<()> {
    let mut stdout = std::io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(error).context("standard output can't be written")
        }
        _ => Ok(()),
    }
}

fn fails(threshold: Option<Threshold>, policy: &Policy, finding: &Finding) -> bool {
    let reaches = |it: Threshold| it.admits(finding.severity, finding.confidence);
    threshold.is_some_and(reaches) && policy.choice.hears(Audience::Gate, &finding.place.path)
}

/// What a finding is called: `AW501 blocking-sleep`.
fn title(finding: &Finding) -> String {
    format!("{} {}", finding.rule.code, finding.rule.name)
}

/// A JSON document. What a terminal would obey, or nobody would see, is written as an escape, which means the same.
fn document(value: &Value) -> String {
    let mut out = String::new();
    let mut units = [0; 2];
    // Such characters stand in strings only; the line ends between them are ours.
    for c in format!("{value:#}\n").chars() {
        if c != '\n' && (c.is_control() || is_hidden(c)) {
            out.extend(c.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04x}")));
        } else {
            out.push(c);
        }
    }
    out
}

impl Judged<'_> {
    fn findings(&self) -> &[Finding] {
        &self.report.analysis.findings
    }

    /// Whether the repository's settings want the finding shown at its place.
    fn is_inline(&self, finding: &Finding) -> bool {
        self.report.policy.admits(Audience::Inline, finding)
    }

    /// Whether the finding is one of those that fail the gate.
    fn fails(&self, finding: &Finding) -> bool {
        fails(self.threshold, self.report.policy, finding)
    }

    /// Whether the repository's settings want the finding named at all.
    fn is_named(&self, finding: &Finding) -> bool {
        self.is_inline(finding)
            || self.fails(finding)
            || self.report.policy.admits(Audience::Summary, finding)
    }

    /// Files that were not analysed in full, with what is to say of them. Of many for the same reason, the first
    /// one stands for all: a folder of generated code is no news.
    fn skipped(&self) -> Vec<(&str, String)> {
        let mut reasons: Vec<(&str, &str, usize)> = Vec::new();
        for skipped in &self.report.analysis.skipped {
            match reasons.iter_mut().find(|(_, reason, _)| *reason == skipped.reason) {
                Some((_, _, count)) => *count += 1,
                None => reasons.push((&skipped.path, &skipped.reason, 1)),
            }
        }
        let sentence = |reason: &str, count| match count {
            1 => reason.to_owned(),
            2 => format!("{reason}; likewise 1 other file"),
            count => format!("{reason}; likewise {} other files", count - 1),
        };
        reasons.into_iter().map(|(path, why, count)| (path, sentence(why, count))).collect()
    }

    /// How many findings there are of each severity, worst first.
    fn counts(&self) -> Vec<(Severity, usize)> {
        let mut counts: BTreeMap<Severity, usize> = Severity::ALL.map(|s| (s, 0)).into();
        for finding in self.findings() {
            *counts.entry(finding.severity).or_default() += 1;
        }
        counts.into_iter().rev().collect()
    }
}
