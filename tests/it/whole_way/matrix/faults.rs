//! What can happen to a call.

use std::time::Duration;

use asyncwarden::forge::ForgeKind;
use asyncwarden::forge::simulator::Fault;

/// What has to become of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// It goes away by itself.
    Passing,
    /// It goes away by itself, and takes longer than the client waits.
    Slow,
    /// It is over when the time is that it names.
    Limit,
    /// It looks as if it were meant, and perhaps it is.
    Refusal,
}

impl Kind {
    /// How often in a row it happens, each a case of its own.
    pub(super) fn times(self, read: bool) -> &'static [u32] {
        match self {
            Kind::Passing if read => &[3],
            Kind::Passing | Kind::Refusal => &[1, 3],
            Kind::Slow => &[1],
            Kind::Limit => &[3],
        }
    }

    pub(super) fn is_refusal(self) -> bool {
        self == Kind::Refusal
    }

    /// How long the client waits for an answer.
    pub(super) fn timeout(self) -> Duration {
        if self == Kind::Slow { LATE / 2 } else { Duration::from_secs(60) }
    }
}

/// How late what is late comes.
const LATE: Duration = Duration::from_secs(1);

/// The faults that a platform knows.
pub(super) fn faults(forge: ForgeKind, rest: bool) -> Vec<(Kind, Fault)> {
    use Kind::{Limit, Passing, Refusal, Slow};
    let mut faults = vec![
        (Passing, Fault::BadGateway),
        (Passing, Fault::BadGatewayAfter),
        (Passing, Fault::ResetBefore),
        (Passing, Fault::ResetAfter),
        (Passing, Fault::Truncated),
        (Passing, Fault::Page),
        (Passing, Fault::PageAfter),
        (Slow, Fault::SlowAfter(LATE)),
        (Slow, Fault::Slow(LATE)),
        (Limit, Fault::TooManyRequests(Some(90))),
        (Limit, Fault::TooManyRequests(None)),
        (Refusal, Fault::unprocessable("it is not as it should be")),
        (Refusal, Fault::forbidden()),
        (Refusal, Fault::not_found()),
    ];
    if forge == ForgeKind::GitHub {
        faults.extend([
            (Limit, Fault::SecondaryLimit(90)),
            (Limit, Fault::UsedUp(90)),
            (Passing, Fault::unauthorized()),
            (Passing, Fault::TokensExpired),
        ]);
        if !rest {
            faults.push((Limit, Fault::GraphUsedUp(90)));
        }
    } else {
        faults.push((Refusal, Fault::unauthorized()));
    }
    faults
}
