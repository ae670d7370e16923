//! Times as people read them: relative, with the exact one behind it.

use chrono::{DateTime, TimeDelta, Utc};

/// A time in three forms.
pub(in crate::web) struct When {
    pub(in crate::web) iso: String,
    pub(in crate::web) exact: String,
    pub(in crate::web) relative: String,
}

impl When {
    pub(in crate::web) fn new(time: DateTime<Utc>, now: DateTime<Utc>) -> Self {
        Self {
            iso: time.to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
            exact: time.format("%-d %B %Y, %H:%M:%S UTC").to_string(),
            relative: relative(now - time),
        }
    }
}

fn relative(age: TimeDelta) -> String {
    let ago =
        |count: i64, unit: &str| format!("{count} {unit}{} ago", if count == 1 { "" } else { "s" });
    match age {
        age if age < TimeDelta::minutes(1) => "just now".to_owned(),
        age if age < TimeDelta::hours(1) => ago(age.num_minutes(), "minute"),
        age if age < TimeDelta::days(1) => ago(age.num_hours(), "hour"),
        age if age < TimeDelta::days(14) => ago(age.num_days(), "day"),
        age if age < TimeDelta::days(70) => ago(age.num_weeks(), "week"),
        age if age < TimeDelta::days(730) => ago(age.num_days() / 30, "month"),
        age => ago(age.num_days() / 365, "year"),
    }
}

/// How long something took.
pub(super) fn duration(took: TimeDelta) -> String {
    match took.num_milliseconds().max(0) {
        ms @ 0..1_000 => format!("{ms} ms"),
        ms @ 1_000..60_000 => format!("{}.{} s", ms / 1_000, ms % 1_000 / 100),
        ms => format!("{} min {} s", ms / 60_000, ms / 1_000 % 60),
    }
}

/// Whole hours as people say them.
pub(super) fn hours(hours: i64) -> String {
    let days = (hours + 12) / 24;
    match hours {
        ..1 => "< 1 hour".to_owned(),
        1 => "1 hour".to_owned(),
        2..48 => format!("{hours} hours"),
        _ => format!("{days} days"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_told_in_their_largest_unit() {
        for (seconds, text) in [
            (-5, "just now"),
            (59, "just now"),
            (60, "1 minute ago"),
            (3_599, "59 minutes ago"),
            (7_200, "2 hours ago"),
            (86_400, "1 day ago"),
            (20 * 86_400, "2 weeks ago"),
            (400 * 86_400, "13 months ago"),
            (800 * 86_400, "2 years ago"),
        ] {
            assert_eq!(relative(TimeDelta::seconds(seconds)), text);
        }
    }

    #[test]
    fn durations_are_short() {
        for (ms, text) in [(-1, "0 ms"), (340, "340 ms"), (1_250, "1.2 s"), (61_000, "1 min 1 s")] {
            assert_eq!(duration(TimeDelta::milliseconds(ms)), text);
        }
    }

    #[test]
    fn from_two_days_on_hours_are_days() {
        for (count, text) in
            [(0, "< 1 hour"), (1, "1 hour"), (47, "47 hours"), (48, "2 days"), (60, "3 days")]
        {
            assert_eq!(hours(count), text);
        }
    }
}
