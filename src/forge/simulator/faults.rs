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
    /// The answer comes late.
    Slow(Duration),
    /// Another status with a JSON body; the request is not acted on.
    Status(u16, Value),
    /// GitHub's secondary limit: 403 with `Retry-After` in seconds.
    SecondaryLimit(u64),
    /// 429, with `Retry-After` in seconds if given, and a body in plain text.
    TooManyRequests(Option<u64>),
}

impl Fault {
    /// 401 as both platforms say it.
    pub fn unauthorized() -> Self {
        Fault::Status(401, json!({ "message": "Bad credentials" }))
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
        let (method, path) = (method.to_owned(), path.to_owned());
        self.planned.push(Planned { method, path, skip, times, fault });
    }

    /// Forgets all faults that have not happened yet.
    pub fn clear(&mut self) {
        self.planned.clear();
    }

    /// Whether every planned fault has happened.
    pub fn is_spent(&self) -> bool {
        self.planned.iter().all(|planned| planned.times == 0)
    }

    /// The fault for a request, which is counted.
    pub(super) fn take(&mut self, method: &str, path: &str) -> Option<Fault> {
        for planned in &mut self.planned {
            let fits = planned.method == method && glob(&planned.path, path);
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
        let mut take = |method, path| plan.take(method, path).is_some();
        assert!(!take("GET", "/repos/a/b/pulls/1/reviews"), "another method");
        assert!(!take("POST", "/repos/a/b/pulls/1/comments"), "another path");
        let hits: Vec<bool> = (0..4).map(|_| take("POST", "/repos/a/b/pulls/1/reviews")).collect();
        assert_eq!(hits, [false, true, true, false]);
        assert!(plan.is_spent());
    }
}
