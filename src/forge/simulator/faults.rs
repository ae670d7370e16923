//! How the platform fails when a test wants it to.

use std::time::Duration;

use serde_json::{Value, json};

/// What happens instead of a plain answer.
#[derive(Debug, Clone, PartialEq)]
pub enum Fault {
    /// 502 with an HTML body; the request is not acted on.
    BadGateway,
    /// 502 with an HTML body, but the request was acted on.
    BadGatewayAfter,
    /// The connection is cut before the request is acted on.
    ResetBefore,
    /// The request is acted on, then the connection is cut without an answer.
    ResetAfter,
    /// The request is acted on, but only the first half of the answer's body arrives.
    Truncated,
    /// The answer comes late; who hung up meanwhile was not acted on.
    Slow(Duration),
    /// The request is acted on at once, but the answer comes late.
    SlowAfter(Duration),
    /// 200 with a page of HTML, as some proxy makes it; the request is not acted on.
    Page,
    /// 200 with a page of HTML, but the request was acted on.
    PageAfter,
    /// Another status with a JSON body; the request is not acted on.
    Status(u16, Value),
    /// GitHub's secondary limit: 403 with `Retry-After` in seconds.
    SecondaryLimit(u64),
    /// 429, with `Retry-After` in seconds if given, and a body in plain text.
    TooManyRequests(Option<u64>),
    /// GitHub's primary limit: 403 with nothing left, filled up again after so many seconds.
    UsedUp(u64),
    /// The same by GraphQL: 200 with an error, filled up again after so many seconds.
    GraphUsedUp(u64),
    /// All access tokens that were given out are worth nothing from now on (GitHub); the request is judged by that.
    TokensExpired,
}

/// How long a client waits at least that is told to wait, but not for how long.
///
/// Source: GitHub REST API, "Rate limits", "Exceeding the rate limit".
const UNNAMED: u64 = 60;

impl Fault {
    /// 401 as both platforms say it.
    pub fn unauthorized() -> Self {
        Fault::Status(401, json!({ "message": "Bad credentials" }))
    }

    /// 403 of a permission that was not granted.
    pub fn forbidden() -> Self {
        Fault::Status(403, json!({ "message": "Resource not accessible by integration" }))
    }

    /// 404 as both platforms say it.
    pub fn not_found() -> Self {
        Fault::Status(404, json!({ "message": "Not Found" }))
    }

    /// For how many seconds nothing may be sent, if it is a limit's.
    pub(super) fn wait(&self) -> Option<u64> {
        match self {
            Fault::SecondaryLimit(seconds)
            | Fault::UsedUp(seconds)
            | Fault::GraphUsedUp(seconds) => Some(*seconds),
            Fault::TooManyRequests(seconds) => Some(seconds.unwrap_or(UNNAMED)),
            _ => None,
        }
    }

    /// 422 with a message.
    pub fn unprocessable(message: &str) -> Self {
        Fault::Status(422, json!({ "message": "Validation Failed", "errors": [message] }))
    }
}

/// Faults that wait for their requests.
#[derive(Debug, Default)]
pub struct FaultPlan {
    planned: Vec<Planned>,
}

#[derive(Debug)]
struct Planned {
    method: String,
    path: String,
    /// What the body has to say.
    says: String,
    /// Matching requests to let pass first.
    skip: u32,
    /// Matching requests to fail then.
    times: u32,
    fault: Fault,
}

impl FaultPlan {
    /// Fails the next request of that method whose path fits; `*` in the path stands for anything.
    pub fn next(&mut self, method: &str, path: &str, fault: Fault) {
        self.plan(method, path, 0, 1, fault);
    }

    /// Lets `skip` fitting requests pass, then fails `times` of them.
    pub fn plan(&mut self, method: &str, path: &str, skip: u32, times: u32, fault: Fault) {
        self.plan_saying(method, path, "", skip, times, fault);
    }

    /// The same for requests with this in their body: GraphQL has one path for everything. Returns the plan's number.
    pub fn plan_saying(
        &mut self,
        method: &str,
        path: &str,
        says: &str,
        skip: u32,
        times: u32,
        fault: Fault,
    ) -> usize {
        let (method, path, says) = (method.to_owned(), path.to_owned(), says.to_owned());
        self.planned.push(Planned { method, path, says, skip, times, fault });
        self.planned.len() - 1
    }

    /// Forgets all faults that have not happened yet.
    pub fn clear(&mut self) {
        self.planned.clear();
    }

    /// Whether every planned fault has happened.
    pub fn is_spent(&self) -> bool {
        self.planned.iter().all(|planned| planned.times == 0)
    }

    /// How often the fault of the plan with this number has not happened yet.
    pub fn left(&self, number: usize) -> u32 {
        self.planned.get(number).map_or(0, |planned| planned.times)
    }

    /// The fault for a request, which is counted.
    pub(super) fn take(&mut self, method: &str, path: &str, body: &str) -> Option<Fault> {
        for planned in &mut self.planned {
            let fits = planned.method == method
                && glob(&planned.path, path)
                && body.contains(&planned.says);
            if !fits || planned.times == 0 {
                continue;
            }
            if planned.skip > 0 {
                planned.skip -= 1;
                continue;
            }
            planned.times -= 1;
            return Some(planned.fault.clone());
        }
        None
    }
}

/// Whether the text fits the pattern, in which `*` stands for anything.
fn glob(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((start, rest)) => text.strip_prefix(start).is_some_and(|text| {
            (0..=text.len())
                .filter(|at| text.is_char_boundary(*at))
                .any(|at| glob(rest, &text[at..]))
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_waits_for_its_request_and_happens_as_often_as_planned() {
        let mut plan = FaultPlan::default();
        plan.plan("POST", "/repos/*/reviews", 1, 2, Fault::BadGateway);
        let mut take = |method, path| plan.take(method, path, "").is_some();
        assert!(!take("GET", "/repos/a/b/pulls/1/reviews"), "another method");
        assert!(!take("POST", "/repos/a/b/pulls/1/comments"), "another path");
        let hits: Vec<bool> = (0..4).map(|_| take("POST", "/repos/a/b/pulls/1/reviews")).collect();
        assert_eq!(hits, [false, true, true, false]);
        assert!(plan.is_spent());
        let number = plan.plan_saying("POST", "/graphql", "resolve", 0, 1, Fault::BadGateway);
        assert!(plan.take("POST", "/graphql", "a query").is_none(), "it says something else");
        assert!(plan.take("POST", "/graphql", "a resolve").is_some() && plan.left(number) == 0);
    }
}
