//! What the default branch held, week by week.

use chrono::{DateTime, Datelike, Days, NaiveTime, TimeDelta, Utc};

use super::chance::Chance;
use super::team::{Team, at_week};
use super::{Told, WEEKS};
use crate::analysis::{Finding, Severity};
use crate::store::baselines::{self, Baseline};
use crate::store::trends::Counts;
use crate::store::{StoreError, Transaction, repositories};

/// Writes a look at the default branch for each Monday morning.
pub(super) async fn look(
    tx: &mut Transaction,
    told: &Told,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let row = repositories::remember(tx, &told.repository, now).await?;
    for (baseline, rules) in baselines_of(told.team, &told.code.findings, now) {
        baselines::add(tx, row, &baseline, &rules).await?;
    }
    Ok(())
}

type Rules = Vec<(&'static str, Severity, i64)>;

fn baselines_of(team: &Team, findings: &[Finding], now: DateTime<Utc>) -> Vec<(Baseline, Rules)> {
    let mut chance = Chance::of(&format!("{} main", team.name));
    let today = now.date_naive();
    let monday = today - Days::new(u64::from(today.weekday().num_days_from_monday()));
    let mut made = Vec::new();
    for week in team.from_week..WEEKS {
        let morning =
            (monday - TimeDelta::weeks(WEEKS - 1 - week)).and_time(NaiveTime::MIN).and_utc();
        let at = morning + TimeDelta::seconds(chance.between(5 * 3600, 6 * 3600));
        // Nothing gets better or worse in a straight line.
        let wanted = (at_week(team.debt, week) * (0.93 + 0.14 * chance.part())).round() as i64;
        let rules = rules_of(findings, wanted);
        let mut found = Counts::default();
        rules.iter().for_each(|(_, severity, count)| found.add(*severity, *count));
        let lines = at_week(team.lines.map(|lines| lines as f64), week) as i64;
        let baseline = Baseline {
            commit_sha: chance.sha(),
            branch: "main".to_owned(),
            at,
            files: lines / 140,
            lines,
            found,
            badge: team.badge,
        };
        if at < now {
            made.push((baseline, rules));
        }
    }
    made
}

/// So many findings, each rule's share of them like its share of what reviews find; rarer rules have none when there are few.
fn rules_of(findings: &[Finding], wanted: i64) -> Rules {
    let mut rules: Rules = Vec::new();
    for at in 0..wanted as usize {
        let Some(finding) = findings.get((at * at / 3 + at) % findings.len().max(1)) else { break };
        let (code, severity) = (finding.rule.code, finding.severity);
        match rules.iter_mut().find(|(known, its, _)| *known == code && *its == severity) {
            Some((_, _, count)) => *count += 1,
            None => rules.push((code, severity, 1)),
        }
    }
    rules
}
