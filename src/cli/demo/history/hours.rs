//! When people work: on weekdays, in the daytime, in UTC.

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, TimeDelta, Utc, Weekday};

use super::chance::Chance;

/// First and last hour.
const HOURS: (i64, i64) = (7, 17);

/// Whether people work that day.
pub(super) fn is_workday(day: NaiveDate) -> bool {
    !matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
}

/// Some time in the working hours of a day.
pub(super) fn during(day: NaiveDate, chance: &mut Chance) -> DateTime<Utc> {
    let second = chance.between(HOURS.0 * 3600, HOURS.1 * 3600);
    // Not on the full second, as nothing is.
    day.and_time(NaiveTime::MIN).and_utc()
        + TimeDelta::seconds(second)
        + TimeDelta::milliseconds(chance.between(0, 1000))
}

/// About so many working hours later: what would be at night is done the next morning.
pub(super) fn later(from: DateTime<Utc>, hours: i64, chance: &mut Chance) -> DateTime<Utc> {
    let wait = TimeDelta::minutes(60 * hours) + TimeDelta::seconds(chance.between(60, 3400));
    let at = from + wait;
    let first = at.date_naive().and_time(NaiveTime::MIN).and_utc() + TimeDelta::hours(HOURS.0);
    let last = first + TimeDelta::hours(HOURS.1 - HOURS.0);
    if is_workday(at.date_naive()) && at >= first && at < last {
        return at;
    }
    let mut day = at.date_naive();
    if at >= last || !is_workday(day) {
        day = next(day);
        while !is_workday(day) {
            day = next(day);
        }
    }
    let morning = day.and_time(NaiveTime::MIN).and_utc() + TimeDelta::hours(HOURS.0);
    morning + TimeDelta::milliseconds(chance.between(60_000, 3 * 3_600_000))
}

fn next(day: NaiveDate) -> NaiveDate {
    day.checked_add_days(Days::new(1)).unwrap_or(day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_works_at_night_or_at_weekends() {
        let mut chance = Chance::of("hours");
        let mut at: DateTime<Utc> = "2026-11-27T16:40:00Z".parse().expect("a time");
        for hours in 0..400 {
            let next = later(at, hours % 40, &mut chance);
            assert!(next > at && is_workday(next.date_naive()), "{next} after {at}");
            let hour = next.time() - NaiveTime::MIN;
            assert!(
                hour >= TimeDelta::hours(HOURS.0) && hour < TimeDelta::hours(HOURS.1),
                "{next}"
            );
            at = next;
        }
    }
}
