//! Whether everything at GitHub is as the service needs it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};

use super::app::Extent;
use super::http::Call;
use super::warnings::missing;
use super::wire::{AppWire, HookWire, InstalledWire};
use super::{GitHub, parse};
use crate::examination::{Examined, apart, in_time, unreachable};
use crate::forge::call::{Answer, Repeatable};
use crate::forge::{Circumstances, ForgeError};

const APP: &str = "GitHub: App";
const CLOCK: &str = "GitHub: clock";
const LIMIT: &str = "GitHub: rate limit";
const PERMISSIONS: &str = "GitHub: permissions";
const EVENTS: &str = "GitHub: events";
const HOOK: &str = "GitHub: webhook";
const DELIVERIES: &str = "GitHub: deliveries";
const INSTALLATIONS: &str = "GitHub: installations";

/// Most installations that are looked at, in pages of a hundred.
const PAGES: usize = 10;
/// Most names in a sentence.
const NAMED: usize = 5;
/// The App's word is dated back by 60 s and holds for 9 min.
const MOST_AHEAD: i64 = 60;
const MOST_BEHIND: i64 = 9 * 60;

impl GitHub {
    pub(super) async fn examine_all(&self, circumstances: &Circumstances<'_>) -> Vec<Examined> {
        let mut found = Vec::new();
        let mut app = None;
        let reached = async {
            let (said, known) = self.reach().await;
            app = known;
            said
        };
        found.extend(in_time(APP, reached).await);
        // Whoever isn't known there isn't told anything else.
        let Some(app) = app else { return found };
        found.extend(granted(&app));
        let (hook, deliveries, installations) = tokio::join!(
            in_time(HOOK, self.hook(circumstances.webhook_url)),
            in_time(DELIVERIES, self.deliveries(circumstances.now)),
            in_time(INSTALLATIONS, self.installed(&app)),
        );
        found.into_iter().chain(hook).chain(deliveries).chain(installations).collect()
    }

    /// Whether GitHub can be reached, knows the App and takes its key, by a clock that is like its own.
    async fn reach(&self) -> (Vec<Examined>, Option<AppWire>) {
        let asked = Utc::now();
        let token = match self.key.token(asked.timestamp()) {
            Ok(token) => token,
            Err(error) => {
                let advice = "make a new private key in the App's settings";
                return (vec![Examined::failed(APP, error.to_string(), advice)], None);
            }
        };
        let call = Call::get(self.transport.url("/app"));
        let answer = match self.transport.send(&call, &format!("Bearer {token}")).await {
            Ok(answer) => answer,
            Err(none) => {
                let host = self.transport.url("").host_str().unwrap_or_default().to_owned();
                let said = format!("{host} can't be reached: {}", none.0);
                return (vec![Examined::failed(APP, said, unreachable(&none.0))], None);
            }
        };
        let clock = clock(&answer, asked);
        match (answer.status, parse::<AppWire>("read the App", &answer)) {
            (200, Ok(app)) => {
                let name = app.slug.as_deref().unwrap_or_default();
                let said = format!("it is {name}, number {}, and its key is taken", app.id);
                let found = [Some(Examined::well(APP, said)), Some(clock), limit(&answer)];
                (found.into_iter().flatten().collect(), Some(app))
            }
            (status, _) => {
                let complaint = answer.complaint();
                let said =
                    format!("GitHub does not know the App by its key ({status}: {complaint})");
                let advice = "ASYNCWARDEN_GITHUB_APP_ID and the private key have to be of one App of this GitHub; make a new key in the App's settings if it was taken back; repair the clock if it is said to be wrong";
                (vec![Examined::failed(APP, said, advice), clock], None)
            }
        }
    }

    /// Whether GitHub calls where the service is.
    ///
    /// Source: GitHub REST API, "Get a webhook configuration for an app".
    async fn hook(&self, ours: Option<&str>) -> Vec<Examined> {
        const READ: &str = "read the App's webhook";
        let call = Call::get(self.transport.url("/app/hook/config"));
        let answer = match self.app_call(READ, Repeatable::Yes, call).await {
            Ok(answer) => answer,
            Err(ForgeError::Status { status: 403 | 404, .. }) => {
                return vec![Examined::unknown(HOOK, "GitHub does not show the App's webhook")];
            }
            Err(error) => return vec![failed(HOOK, &error)],
        };
        let hook: HookWire = match parse(READ, &answer) {
            Ok(hook) => hook,
            Err(error) => return vec![failed(HOOK, &error)],
        };
        let url = hook.url.unwrap_or_default();
        let mut found = Vec::new();
        match ours {
            _ if url.is_empty() => found.push(Examined::failed(
                HOOK,
                "the App has no webhook",
                "set it in the App's settings: the address, a secret, and Active",
            )),
            None => found.push(Examined::warning(
                HOOK,
                format!("GitHub calls {url}; whether that is this service is not known"),
                "set ASYNCWARDEN_PUBLIC_URL",
            )),
            Some(ours) if is_same(&url, ours) => {
                found.push(Examined::well(HOOK, format!("GitHub calls {url}")));
            }
            Some(ours) => found.push(Examined::failed(
                HOOK,
                format!("GitHub calls {url}, and the service is at {ours}"),
                "set the address in the App's settings, or ASYNCWARDEN_PUBLIC_URL",
            )),
        }
        if hook.secret.unwrap_or_default().is_empty() && !url.is_empty() {
            found.push(Examined::failed(
                HOOK,
                "the webhook has no secret, so that its calls are refused",
                "set the one of ASYNCWARDEN_GITHUB_WEBHOOK_SECRET in the App's settings",
            ));
        }
        let unchecked = hook.insecure_ssl.is_some_and(|it| it != "0" && it != 0);
        if unchecked {
            found.push(Examined::warning(
                HOOK,
                "GitHub calls without looking at the certificate",
                "switch SSL verification on in the App's settings",
            ));
        }
        if hook.content_type.is_some_and(|kind| kind != "json") {
            found.push(Examined::failed(
                HOOK,
                "GitHub calls with forms, which are not understood",
                "choose the content type application/json in the App's settings",
            ));
        }
        found
    }

    /// Whether what GitHub sent in a day arrived.
    async fn deliveries(&self, now: DateTime<Utc>) -> Vec<Examined> {
        let attempts = match self.attempts(now - TimeDelta::days(1)).await {
            Ok((attempts, _)) => attempts,
            Err(error) => return vec![failed(DELIVERIES, &error)],
        };
        let mut deliveries: BTreeMap<&str, (bool, i64)> = BTreeMap::new();
        // The newest comes first.
        for attempt in attempts.iter().rev() {
            let (arrived, status) = deliveries.entry(&attempt.guid).or_default();
            *arrived |= (200..300).contains(&attempt.status_code);
            *status = attempt.status_code;
        }
        let all = deliveries.len();
        let lost: Vec<i64> = deliveries
            .values()
            .filter(|(arrived, _)| !arrived)
            .map(|(_, status)| *status)
            .collect();
        if lost.is_empty() {
            let said = match all {
                0 => "GitHub sent nothing in 24 hours".to_owned(),
                all => format!("all {all} of the last 24 hours arrived"),
            };
            return vec![Examined::well(DELIVERIES, said)];
        }
        let statuses: BTreeSet<String> = lost
            .iter()
            .map(|status| match status {
                0 => "no answer".to_owned(),
                status => status.to_string(),
            })
            .collect();
        let statuses: Vec<String> = statuses.into_iter().collect();
        let said = format!(
            "{} of {all} of the last 24 hours did not arrive ({})",
            lost.len(),
            statuses.join(", ")
        );
        let advice = match lost.contains(&401) {
            true => {
                "401 is a wrong secret: it has to be the same in the App's settings and in ASYNCWARDEN_GITHUB_WEBHOOK_SECRET; the service asks for what was lost by itself"
            }
            false => {
                "the service has to be reachable from GitHub; it asks for what was lost by itself"
            }
        };
        vec![Examined::warning(DELIVERIES, said, advice)]
    }

    /// Where the App is installed, and whether it may work there.
    ///
    /// Source: GitHub REST API, "List installations for the authenticated app".
    async fn installed(&self, app: &AppWire) -> Vec<Examined> {
        const LIST: &str = "list installations";
        let mut installed: Vec<InstalledWire> = Vec::new();
        let mut next = Some(self.transport.url("/app/installations?per_page=100"));
        for _ in 0..PAGES {
            let Some(url) = next.take() else { break };
            let answer = match self.app_call(LIST, Repeatable::Yes, Call::get(url)).await {
                Ok(answer) => answer,
                Err(error) => return vec![failed(INSTALLATIONS, &error)],
            };
            match parse::<Vec<InstalledWire>>(LIST, &answer) {
                Ok(page) => {
                    next = self.transport.next_page(&answer).filter(|_| !page.is_empty());
                    installed.extend(page);
                }
                Err(error) => return vec![failed(INSTALLATIONS, &error)],
            }
        }
        judged(app, &installed)
    }
}

fn judged(app: &AppWire, installed: &[InstalledWire]) -> Vec<Examined> {
    if installed.is_empty() {
        let name = app.slug.as_deref().unwrap_or_default();
        return vec![Examined::warning(
            INSTALLATIONS,
            "nobody installed the App yet",
            format!("install it: its page is /apps/{name}/installations/new"),
        )];
    }
    let (suspended, working): (Vec<_>, Vec<_>) =
        installed.iter().partition(|one| one.suspended_at.is_some());
    let lacking: Vec<_> = working
        .iter()
        .copied()
        .filter(|one| one.permissions.as_ref().is_some_and(|has| !missing(has).is_empty()))
        .collect();
    let mut found = vec![Examined::well(
        INSTALLATIONS,
        format!("{} can be worked in", working.len() - lacking.len()),
    )];
    if !suspended.is_empty() {
        let said = format!("{} suspended: {}", suspended.len(), names(&suspended));
        let advice = "nothing is reviewed there until their owners let the App work again";
        found.push(Examined::warning(INSTALLATIONS, said, advice));
    }
    if !lacking.is_empty() {
        let said = format!("{} without what the App needs: {}", lacking.len(), names(&lacking));
        let advice = "their owners have to accept the App's new permissions";
        found.push(Examined::warning(INSTALLATIONS, said, advice));
    }
    found
}

fn names(installed: &[&InstalledWire]) -> String {
    let name = |one: &&InstalledWire| {
        let login = one.account.as_ref().and_then(|account| account.login.clone());
        login.unwrap_or_else(|| one.id.to_string())
    };
    let named: Vec<String> = installed.iter().take(NAMED).map(name).collect();
    let more = installed.len().saturating_sub(NAMED);
    match more {
        0 => named.join(", "),
        more => format!("{} and {more} more", named.join(", ")),
    }
}

/// What the App may do, and what it is told of.
fn granted(app: &AppWire) -> Vec<Examined> {
    let Some(granted) = &app.permissions else {
        return vec![Examined::unknown(PERMISSIONS, "GitHub does not say what the App may do")];
    };
    let lacking = missing(granted);
    let permission = |it: &super::app::Permission| {
        let said = format!("lacks {}: {}, needed for {}", it.name, it.level, it.why);
        Examined::failed(
            PERMISSIONS,
            said,
            "grant it in the App's settings, and accept it in each installation",
        )
    };
    let mut found: Vec<Examined> = lacking.iter().map(permission).collect();
    if found.is_empty() {
        found.push(Examined::well(PERMISSIONS, "all that is needed"));
    }
    let Some(told) = &app.events else { return found };
    // Older servers know no merge queues.
    let extent = Extent { merge_queue: granted.contains_key("merge_queues"), ..Extent::default() };
    let before = found.len();
    for wanted in extent.events().into_iter().filter(|it| !told.iter().any(|told| told == it.event))
    {
        let said = format!("the App is not told of {}: {}", wanted.event, wanted.why);
        found.push(Examined::warning(EVENTS, said, "subscribe to it in the App's settings"));
    }
    if found.len() == before {
        found.push(Examined::well(EVENTS, "all that are needed"));
    }
    found
}

/// How this machine's clock is beside GitHub's, which takes the App's word for a few minutes only.
fn clock(answer: &Answer, asked: DateTime<Utc>) -> Examined {
    if answer.header("date").is_none() {
        return Examined::unknown(CLOCK, "GitHub does not say what time it is");
    }
    // Whole seconds are told, and the answer took its time.
    let ahead = (asked - answer.date()).num_seconds();
    let advice = "have this machine's clock set by NTP";
    match ahead {
        -30..=30 => Examined::well(CLOCK, "this machine's is like GitHub's"),
        ahead if ahead > MOST_AHEAD => Examined::failed(
            CLOCK,
            format!(
                "this machine's is {} GitHub's, which takes no App's word from the future",
                apart(ahead)
            ),
            advice,
        ),
        ahead if ahead < -MOST_BEHIND => Examined::failed(
            CLOCK,
            format!(
                "this machine's is {} GitHub's, for which the App's word is too old",
                apart(ahead)
            ),
            advice,
        ),
        ahead => {
            Examined::warning(CLOCK, format!("this machine's is {} GitHub's", apart(ahead)), advice)
        }
    }
}

/// How many requests the App itself has left in this hour.
fn limit(answer: &Answer) -> Option<Examined> {
    let number = |name| answer.header(name).and_then(|text| text.parse::<i64>().ok());
    let (all, left) = (number("x-ratelimit-limit")?, number("x-ratelimit-remaining")?);
    let said = format!("{left} of {all} requests as the App are left in this hour");
    Some(match left * 10 > all {
        true => Examined::well(LIMIT, said),
        false => Examined::warning(
            LIMIT,
            said,
            "wait; if it stays so, something else uses the App's key",
        ),
    })
}

fn is_same(one: &str, other: &str) -> bool {
    let parsed = |text: &str| url::Url::parse(text.trim_end_matches('/')).ok();
    parsed(one).is_some_and(|one| Some(one) == parsed(other))
}

fn failed(about: &str, error: &ForgeError) -> Examined {
    let said = error.to_string();
    let advice = unreachable(&said);
    Examined::failed(about, said, advice)
}
