//! The teams: what their repositories are, and their habits.

/// A team with its repository. What is told twice is so at the beginning and now.
pub(super) struct Team {
    /// The repository's full name.
    pub(super) name: &'static str,
    /// Its files, by path.
    pub(super) files: &'static [(&'static str, &'static str)],
    /// Who writes, those first who write most.
    pub(super) people: &'static [&'static str],
    /// What they work on.
    pub(super) parts: &'static [&'static str],
    /// Number of the first change request that is told of; `None` where they end before the demo's own one.
    pub(super) first_number: Option<i64>,
    /// The week of the first review.
    pub(super) from_week: i64,
    /// Change requests in a week.
    pub(super) pace: [f64; 2],
    /// Findings that a change request brings.
    pub(super) careless: [f64; 2],
    /// How much of what was found is fixed with the next push.
    pub(super) diligent: [f64; 2],
    /// How much of the rest somebody keeps.
    pub(super) stubborn: f64,
    /// How much longer everything waits than elsewhere.
    pub(super) slow: [f64; 2],
    /// Findings in the default branch.
    pub(super) debt: [f64; 2],
    /// Lines of Python there.
    pub(super) lines: [i64; 2],
    /// Whether everybody may see the badge.
    pub(super) badge: bool,
}

macro_rules! files {
    ($folder:literal: $($path:literal),+ $(,)?) => {
        &[$(($path, include_str!(concat!("code/", $folder, "/", $path)))),+]
    };
}

/// Those of the sample, after its change.
macro_rules! sample {
    ($($path:literal),+ $(,)?) => {
        &[$(($path, include_str!(concat!("../sample/head/", $path)))),+]
    };
}

pub(super) const TEAMS: [Team; 6] = [
    // Gets healthier.
    Team {
        name: "acme/orders",
        files: sample![
            "orders/app.py",
            "orders/prices.py",
            "orders/reports.py",
            "orders/repository.py",
            "orders/stock.py",
            "orders/warehouse.py",
            "orders/webhooks.py",
            "orders/worker.py",
        ],
        people: &["maria", "tomasz", "ines"],
        parts: &[
            "price client",
            "order worker",
            "stock check",
            "warehouse protocol",
            "daily report",
            "audit trail",
            "shop webhook",
            "health check",
        ],
        first_number: None,
        from_week: 0,
        pace: [1.6, 1.4],
        careless: [7.5, 1.4],
        diligent: [0.35, 0.9],
        stubborn: 0.08,
        slow: [4.5, 1.2],
        debt: [46.0, 11.0],
        lines: [5_200, 8_900],
        badge: true,
    },
    // Grows, and keeps its house in order.
    Team {
        name: "acme/live-gateway",
        files: files!["gateway":
            "gateway/app.py", "gateway/presence.py", "gateway/relay.py", "gateway/rooms.py",
        ],
        people: &["kwame", "lena", "sofia", "arjun"],
        parts: &[
            "relay",
            "room hand-over",
            "presence sweep",
            "socket heartbeat",
            "backlog",
            "feature flags",
            "node lookup",
            "message encoding",
            "admission control",
        ],
        first_number: Some(318),
        from_week: 0,
        pace: [1.2, 2.6],
        careless: [3.4, 2.2],
        diligent: [0.6, 0.85],
        stubborn: 0.06,
        slow: [1.8, 1.6],
        debt: [19.0, 14.0],
        lines: [6_100, 14_800],
        badge: false,
    },
    // Noisy: much is found, much of it is kept.
    Team {
        name: "acme/price-crawler",
        files: files!["crawler":
            "crawler/fetch.py", "crawler/frontier.py", "crawler/prices.py", "crawler/store.py",
        ],
        people: &["mateo", "yuki", "bea"],
        parts: &[
            "frontier",
            "robots cache",
            "price parser",
            "page store",
            "politeness pause",
            "retry of pages",
            "export",
            "shop adapters",
            "fingerprints",
        ],
        first_number: Some(97),
        from_week: 0,
        pace: [2.2, 2.3],
        careless: [4.6, 4.4],
        diligent: [0.35, 0.4],
        stubborn: 0.3,
        slow: [1.5, 1.6],
        debt: [58.0, 63.0],
        lines: [9_800, 12_300],
        badge: false,
    },
    // Came later, careful with money.
    Team {
        name: "acme/ledger-pipeline",
        files: files!["pipeline":
            "pipeline/extract.py", "pipeline/load.py", "pipeline/schedule.py", "pipeline/transform.py",
        ],
        people: &["ingrid", "paul", "chen"],
        parts: &[
            "bank reader",
            "booking loader",
            "daily schedule",
            "row parser",
            "archive",
            "ledger totals",
            "old ledger's reader",
            "transformer pool",
        ],
        first_number: Some(12),
        from_week: 7,
        pace: [0.9, 1.8],
        careless: [3.4, 2.6],
        diligent: [0.7, 0.8],
        stubborn: 0.1,
        slow: [2.6, 2.2],
        debt: [24.0, 21.0],
        lines: [3_400, 7_700],
        badge: false,
    },
    // Is getting worse.
    Team {
        name: "acme/botkit",
        files: files!["botkit":
            "botkit/client.py", "botkit/dispatcher.py", "botkit/plugins.py", "botkit/storage.py",
        ],
        people: &["noor", "felix", "gus", "olga"],
        parts: &[
            "dispatcher",
            "plugin loader",
            "reminder",
            "chat memory",
            "update loop",
            "broadcast",
            "upload",
            "typing indicator",
            "shared storage",
        ],
        first_number: Some(540),
        from_week: 2,
        pace: [1.0, 2.3],
        careless: [1.8, 5.4],
        diligent: [0.8, 0.3],
        stubborn: 0.12,
        slow: [1.4, 6.0],
        debt: [13.0, 71.0],
        lines: [4_000, 11_600],
        badge: false,
    },
    // Quiet.
    Team {
        name: "acme/node-agent",
        files: files!["agent": "agent/collector.py", "agent/sender.py"],
        people: &["wanda", "tomasz"],
        parts: &[
            "collector",
            "sender",
            "disk watch",
            "load figures",
            "time series names",
            "reconnect",
        ],
        first_number: Some(31),
        from_week: 0,
        pace: [0.8, 0.7],
        careless: [1.4, 1.0],
        diligent: [0.75, 0.85],
        stubborn: 0.05,
        slow: [2.0, 2.0],
        debt: [6.0, 3.0],
        lines: [1_500, 1_900],
        badge: false,
    },
];

/// What is done to a part.
pub(super) const DEEDS: [&str; 12] = [
    "Speed up the {}",
    "Simplify the {}",
    "Let the {} time out",
    "Trace the {}",
    "Retry the {}",
    "Test the {} under load",
    "Bound the {}",
    "Log failures of the {}",
    "Split the {} into two modules",
    "Make the {} restartable",
    "Type the {}",
    "Let the {} stop in order",
];

/// Why somebody keeps what was found, and whether they say so in a command.
pub(super) const REASONS: [Option<&str>; 8] = [
    None,
    Some("False alarm: the folder is in memory, nothing waits for a disk here"),
    Some("Runs at start-up only, before anything else does"),
    None,
    Some("False alarm: the library has done this in a thread since 4.2"),
    Some("Accepted until the old system is switched off in spring"),
    Some("At most three items, a limit would change nothing"),
    Some("Kept on purpose: the whole process ends right after it"),
];

/// A value at a week, between that of the beginning and that of now.
pub(super) fn at_week([first, last]: [f64; 2], week: i64) -> f64 {
    first + (last - first) * week as f64 / (super::WEEKS - 1) as f64
}
