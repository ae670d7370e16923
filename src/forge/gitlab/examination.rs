//! Whether everything at GitLab is as the service needs it.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Deserialize;
use url::Url;

use super::hooks::Place;
use super::http::Call;
use super::warnings::warnings;
use super::wire::TokenWire;
use super::{GitLab, parse};
use crate::examination::{Examined, apart, in_time, unreachable};
use crate::forge::call::Answer;
use crate::forge::{Circumstances, ForgeError};

const TOKEN: &str = "GitLab: token";
const USER: &str = "GitLab: user";
const CLOCK: &str = "GitLab: clock";
const PROJECTS: &str = "GitLab: projects";
const HOOKS: &str = "GitLab: webhooks";

/// Most projects that are counted, which is a page.
const MOST_COUNTED: usize = 100;
/// Most projects whose webhooks are looked at.
const LOOKED_AT: usize = 20;

#[derive(Deserialize)]
struct MeWire {
    username: String,
    #[serde(default)]
    is_admin: bool,
}

impl GitLab {
    pub(super) async fn examine_all(&self, circumstances: &Circumstances<'_>) -> Vec<Examined> {
        let mut known = false;
        let reached = async {
            let (said, is_known) = self.reach(circumstances.now.date_naive()).await;
            known = is_known;
            said
        };
        let mut found = in_time(TOKEN, reached).await;
        // Whoever isn't known there isn't told anything else.
        if !known {
            return found;
        }
        let (user, projects, hooks) = tokio::join!(
            in_time(USER, self.user()),
            in_time(PROJECTS, self.projects()),
            in_time(HOOKS, self.hooks(circumstances.webhook_url)),
        );
        found.extend(user.into_iter().chain(projects).chain(hooks));
        found
    }

    /// Whether GitLab can be reached and takes the token, what that may do and how long, and what time it is there.
    ///
    /// Source: GitLab REST API, "Personal access tokens", "Using the self-endpoint".
    async fn reach(&self, today: NaiveDate) -> (Vec<Examined>, bool) {
        let asked = Utc::now();
        let call = Call::get(self.transport.url("/personal_access_tokens/self"));
        let answer = match self.transport.send(&call).await {
            Ok(answer) => answer,
            Err(none) => {
                let host = self.transport.url("").host_str().unwrap_or_default().to_owned();
                let said = format!("{host} can't be reached: {}", none.0);
                return (vec![Examined::failed(TOKEN, said, unreachable(&none.0))], false);
            }
        };
        let clock = clock(&answer, asked);
        let complaint = answer.complaint();
        let token = match answer.status {
            200 => return (whole(&answer, today).into_iter().chain([clock]).collect(), true),
            401 => Examined::failed(
                TOKEN,
                format!("GitLab does not take it ({complaint})"),
                "it expired, was taken back, or is of another instance: make a new one with the scope api, and put it into ASYNCWARDEN_GITLAB_TOKEN or its file",
            ),
            300..=399 => Examined::failed(
                TOKEN,
                format!("GitLab leads on to {:?}", answer.header("location").unwrap_or_default()),
                "ASYNCWARDEN_GITLAB_URL has to be the final address",
            ),
            400 | 403 | 404 => {
                let said =
                    "GitLab takes it and does not say what it may do, as with tokens of OAuth";
                return (vec![Examined::unknown(TOKEN, said), clock], true);
            }
            status => Examined::failed(
                TOKEN,
                format!("GitLab answered with {status}: {complaint}"),
                "look whether the instance is well",
            ),
        };
        (vec![token, clock], false)
    }

    /// As whom the service speaks, and to which GitLab.
    async fn user(&self) -> Vec<Examined> {
        let user = self.get::<MeWire>("read own account", "/user").await;
        let version = self.version().await.ok().flatten();
        let version = version.map(|it| format!("; GitLab is {it}")).unwrap_or_default();
        match user {
            Ok(MeWire { username, is_admin: false }) => {
                vec![Examined::well(USER, format!("the service speaks as @{username}{version}"))]
            }
            Ok(MeWire { username, .. }) => vec![Examined::warning(
                USER,
                format!("the service speaks as @{username}, who administers the whole instance"),
                "use a token of a project, a group or a user of its own with the role Developer",
            )],
            Err(error) => vec![failed(USER, &error)],
        }
    }

    /// Whether the bot may comment and set statuses anywhere.
    async fn projects(&self) -> Vec<Examined> {
        const PATH: &str = "/projects?membership=true&min_access_level=30&simple=true&per_page=100";
        match self.listed_projects("list projects", PATH).await {
            Ok(none) if none.is_empty() => vec![Examined::warning(
                PROJECTS,
                "the bot is Developer in no project, so that it can review nothing",
                "make it a member with the role Developer, or use a token of the project or group",
            )],
            Ok(some) => {
                let more = if some.len() == MOST_COUNTED { " or more" } else { "" };
                let said = format!("it is Developer at least in {}{more}", some.len());
                vec![Examined::well(PROJECTS, said)]
            }
            Err(error) => vec![failed(PROJECTS, &error)],
        }
    }

    /// Whether the webhooks call where the service is, as far as the bot may see them.
    async fn hooks(&self, ours: Option<&str>) -> Vec<Examined> {
        let Some(ours) = ours.and_then(|url| Url::parse(url).ok()) else {
            let said = "where the service is called is not known";
            return vec![Examined::warning(HOOKS, said, "set ASYNCWARDEN_PUBLIC_URL")];
        };
        let maintained = match self.maintained(LOOKED_AT).await {
            Ok(places) => places,
            Err(error) => return vec![failed(HOOKS, &error)],
        };
        if maintained.is_empty() {
            return vec![Examined::unknown(
                HOOKS,
                "only a Maintainer sees them: `asyncwarden gitlab install-webhook --dry-run PROJECT` looks, with a Maintainer's token",
            )];
        }
        let mut without = Vec::new();
        let mut found = Vec::new();
        for place in &maintained {
            let hooks = match self.hooks_to(place, &ours).await {
                Ok(hooks) => hooks,
                Err(error) => {
                    found.push(failed(HOOKS, &error));
                    continue;
                }
            };
            let Some(hook) = hooks.first() else {
                without.push(place.full_path.as_str());
                continue;
            };
            if hook.alert_status.as_deref().is_some_and(|status| status != "executable") {
                let said =
                    format!("GitLab switched that of {} off after failures", place.full_path);
                let advice = "repair what its recent events show, and test it: `asyncwarden gitlab install-webhook` does both";
                found.push(Examined::failed(HOOKS, said, advice));
            }
        }
        let well = maintained.len() - without.len() - found.len();
        if well > 0 {
            found.insert(0, Examined::well(HOOKS, format!("{well} call {ours}")));
        }
        if !without.is_empty() {
            let said = format!("none to {ours} in {}", without.join(", "));
            let advice =
                "a group's may call for them; else `asyncwarden gitlab install-webhook PROJECT`";
            found.push(Examined::warning(HOOKS, said, advice));
        }
        found
    }

    async fn maintained(&self, most: usize) -> Result<Vec<Place>, ForgeError> {
        let path = format!(
            "/projects?membership=true&min_access_level=40&archived=false&simple=true&per_page={most}"
        );
        self.listed_projects("list projects", &path).await
    }
}

fn whole(answer: &Answer, today: NaiveDate) -> Vec<Examined> {
    let token: TokenWire = match parse("read own token", answer) {
        Ok(token) => token,
        Err(error) => return vec![failed(TOKEN, &error)],
    };
    let found = warnings(&token, today);
    if found.is_empty() {
        let end =
            token.expires_at.map_or("never expires".to_owned(), |day| format!("expires on {day}"));
        return vec![Examined::well(TOKEN, format!("GitLab takes it; it {end}"))];
    }
    let judged = |said: String| match token.lacks_api() || token.is_over(today) {
        true => Examined::failed(TOKEN, said, "make a new one with the scope api"),
        false => Examined::warning(TOKEN, said, "make a new one with the scope api"),
    };
    found.into_iter().map(judged).collect()
}

/// How this machine's clock is beside GitLab's, by which signed calls are dated.
fn clock(answer: &Answer, asked: DateTime<Utc>) -> Examined {
    if answer.header("date").is_none() {
        return Examined::unknown(CLOCK, "GitLab does not say what time it is");
    }
    let ahead = (asked - answer.date()).num_seconds();
    let advice = "have both clocks set by NTP";
    match ahead {
        -60..=60 => Examined::well(CLOCK, "this machine's is like GitLab's"),
        // Older and younger calls are refused, so that nobody repeats them.
        ahead if ahead.abs() > 300 => Examined::failed(
            CLOCK,
            format!(
                "this machine's is {} GitLab's, whose signed calls are refused so",
                apart(ahead)
            ),
            advice,
        ),
        ahead => {
            Examined::warning(CLOCK, format!("this machine's is {} GitLab's", apart(ahead)), advice)
        }
    }
}

fn failed(about: &str, error: &ForgeError) -> Examined {
    let said = error.to_string();
    let advice = unreachable(&said);
    Examined::failed(about, said, advice)
}
