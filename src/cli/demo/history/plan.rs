//! Change requests with their pushes, from a team's habits and chance.

use chrono::{DateTime, Datelike, Days, NaiveDate, TimeDelta, Utc};

use super::chance::Chance;
use super::code::Code;
use super::team::{DEEDS, REASONS, Team, at_week};
use super::{WEEKS, hours};
use crate::forge::RevisionState;

/// Number of the last change request before the demo's own one.
const LAST_BEFORE_OURS: i64 = 41;
/// Most pushes to a change request.
const MOST_PUSHES: usize = 5;

/// A change request with what became of it by now.
pub(super) struct Change {
    pub(super) number: i64,
    pub(super) title: String,
    pub(super) author: &'static str,
    /// Its branch.
    pub(super) branch: String,
    /// At least one.
    pub(super) pushes: Vec<Push>,
    pub(super) kept: Vec<Kept>,
    /// How it ended, and when.
    pub(super) ended: Option<(DateTime<Utc>, RevisionState)>,
}

/// A push, and what its review finds.
pub(super) struct Push {
    pub(super) at: DateTime<Utc>,
    pub(super) head: String,
    /// The review's name in addresses.
    pub(super) key: String,
    /// By their place among the code's findings.
    pub(super) found: Vec<usize>,
    /// Whether the next push came before its review was posted.
    pub(super) stale: bool,
    /// How many findings comments in the code suppress.
    pub(super) suppressed: usize,
    /// Changed lines.
    pub(super) lines: usize,
}

/// A finding that somebody keeps.
pub(super) struct Kept {
    pub(super) at: DateTime<Utc>,
    pub(super) finding: usize,
    pub(super) by: &'static str,
    /// Why, if they said so.
    pub(super) why: Option<&'static str>,
}

/// What happens to a change request.
#[derive(Clone, Copy)]
pub(super) enum What<'a> {
    Pushed(&'a Push),
    Kept(&'a Kept),
    Ended(RevisionState),
}

impl Change {
    /// All that happened, in no order.
    pub(super) fn events(&self) -> impl Iterator<Item = (DateTime<Utc>, What<'_>)> {
        let pushed = self.pushes.iter().map(|push| (push.at, What::Pushed(push)));
        let kept = self.kept.iter().map(|kept| (kept.at, What::Kept(kept)));
        let ended = self.ended.iter().map(|(at, state)| (*at, What::Ended(*state)));
        pushed.chain(kept).chain(ended)
    }
}

/// All change requests of a team, in the order of their numbers.
pub(super) fn changes(team: &Team, code: &Code, now: DateTime<Utc>) -> Vec<Change> {
    let mut chance = Chance::of(team.name);
    let titles = titles(team, &mut chance);
    // What a team does wrong once, it does wrong again.
    let mut usual: Vec<usize> = (0..code.findings.len()).collect();
    chance.shuffle(&mut usual);
    let mut maker = Maker { team, usual, chance, now };
    let begun = maker.beginnings();
    let first = team.first_number.unwrap_or(LAST_BEFORE_OURS + 1 - begun.len() as i64);
    let mut number = first;
    let mut changes = Vec::new();
    for (index, (at, week)) in begun.into_iter().enumerate() {
        let title = &titles[index % titles.len()];
        changes.push(maker.change(number, title, at, week));
        // Elsewhere numbers go to other things, too.
        number += if team.first_number.is_some() { maker.chance.between(1, 4) } else { 1 };
    }
    changes
}

fn titles(team: &Team, chance: &mut Chance) -> Vec<String> {
    let of = |part: &'static &str| DEEDS.iter().map(move |deed| deed.replace("{}", part));
    let mut titles: Vec<_> = team.parts.iter().flat_map(of).collect();
    chance.shuffle(&mut titles);
    titles
}

struct Maker<'a> {
    team: &'a Team,
    usual: Vec<usize>,
    chance: Chance,
    now: DateTime<Utc>,
}

impl Maker<'_> {
    /// When change requests were opened, with their weeks, in order.
    fn beginnings(&mut self) -> Vec<(DateTime<Utc>, i64)> {
        let today = self.now.date_naive();
        let monday = today - Days::new(u64::from(today.weekday().num_days_from_monday()));
        let mut begun = Vec::new();
        for week in self.team.from_week..WEEKS {
            let first = monday - TimeDelta::weeks(WEEKS - 1 - week);
            for _ in 0..self.chance.about(at_week(self.team.pace, week)) {
                let day: NaiveDate = first + Days::new(self.chance.between(0, 5) as u64);
                begun.push((hours::during(day, &mut self.chance), week));
            }
        }
        begun.retain(|(at, _)| *at < self.now - TimeDelta::hours(1));
        begun.sort();
        begun
    }

    fn change(&mut self, number: i64, title: &str, at: DateTime<Utc>, week: i64) -> Change {
        let author = self.chance.one_of(self.team.people);
        let expected = at_week(self.team.careless, week);
        let count = self.chance.about(expected).min(self.usual.len());
        let mut there = Vec::new();
        for _ in 0..count {
            let found = *self.chance.one_of(&self.usual);
            if !there.contains(&found) {
                there.push(found);
            }
        }
        let branch = title.to_lowercase().replace(['\'', '’'], "").replace(' ', "-");
        let (pushes, kept) = self.pushes(there, at, week);
        let ended = self.end(&pushes, &kept, week);
        let title = title.to_owned();
        Change { number, title, author, branch: format!("{number}-{branch}"), pushes, kept, ended }
    }

    /// Pushes until all is well or nobody cares any more, as far as they have come by now.
    fn pushes(
        &mut self,
        mut there: Vec<usize>,
        opened: DateTime<Utc>,
        week: i64,
    ) -> (Vec<Push>, Vec<Kept>) {
        let diligence = at_week(self.team.diligent, week);
        let (mut at, mut pushes, mut kept) = (opened, Vec::new(), Vec::<Kept>::new());
        let suppressed = usize::from(self.chance.happens(0.06));
        // Some of it comes only later.
        let mut late = if self.chance.happens(0.3) { there.pop() } else { None };
        while pushes.len() < MOST_PUSHES {
            there.sort_unstable();
            pushes.push(self.push(at, &there, suppressed));
            let cares = |finding: &&usize| kept.iter().all(|kept| kept.finding != **finding);
            let left: Vec<_> = there.iter().filter(cares).copied().collect();
            let (diligent, stubborn) = (diligence * self.chance.part() * 2.0, self.team.stubborn);
            let begun = pushes.len();
            if (left.is_empty() && late.is_none() && !self.chance.happens(0.25))
                || (begun > 1 && self.chance.happens(0.35))
            {
                break;
            }
            if begun < MOST_PUSHES && self.chance.happens(0.05) {
                // Something was forgotten.
                at += TimeDelta::milliseconds(700);
                continue;
            }
            let wait = self.wait(week);
            let next = hours::later(at, wait, &mut self.chance);
            for finding in left {
                if self.chance.happens(diligent) {
                    there.retain(|there| *there != finding);
                } else if self.chance.happens(stubborn) {
                    let wait = self.chance.between(0, wait + 1);
                    let said = hours::later(at, wait, &mut self.chance);
                    // Who pushes first has seen to it before.
                    kept.extend((said < next).then(|| self.keep(finding, said)));
                }
            }
            there.extend(late.take());
            at = next;
        }
        pushes.retain(|push| push.at < self.now);
        kept.retain(|kept| kept.at < self.now);
        for index in 1..pushes.len() {
            let soon = pushes[index].at - pushes[index - 1].at < TimeDelta::seconds(1);
            pushes[index - 1].stale = soon;
        }
        (pushes, kept)
    }

    fn push(&mut self, at: DateTime<Utc>, found: &[usize], suppressed: usize) -> Push {
        Push {
            at,
            head: self.chance.sha(),
            key: self.chance.uuid(),
            found: found.to_vec(),
            stale: false,
            suppressed,
            lines: self.chance.between(6, 240) as usize,
        }
    }

    fn keep(&mut self, finding: usize, at: DateTime<Utc>) -> Kept {
        let by = self.chance.one_of(self.team.people);
        let why = REASONS[self.chance.between(0, REASONS.len() as i64) as usize];
        Kept { at, finding, by, why }
    }

    /// Hours until something is done.
    fn wait(&mut self, week: i64) -> i64 {
        let days = if self.chance.happens(0.3) { self.chance.between(20, 70) } else { 0 };
        let hours = self.chance.between(0, 6) + days;
        (hours as f64 * at_week(self.team.slow, week)) as i64
    }

    /// How it ended, if it did by now.
    fn end(
        &mut self,
        pushes: &[Push],
        kept: &[Kept],
        week: i64,
    ) -> Option<(DateTime<Utc>, RevisionState)> {
        let done = pushes.last()?.at.max(kept.last().map_or(DateTime::UNIX_EPOCH, |kept| kept.at));
        let state = match self.chance.happens(0.07) {
            true => RevisionState::Closed,
            false => RevisionState::Merged,
        };
        let mut wait = self.chance.between(6, 130);
        if self.chance.happens(0.14) {
            // Nobody has the time to look at it.
            wait += self.chance.between(5, 30) * 24;
        }
        let wait = (wait as f64 * at_week(self.team.slow, week)) as i64;
        let at = hours::later(done, wait, &mut self.chance);
        (at < self.now).then_some((at, state))
    }
}
