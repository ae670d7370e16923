//! Review threads. REST knows comments only; whether a thread is resolved, GraphQL tells.

use std::collections::HashMap;

use http::Method;
use serde_json::{Value, json};

use super::http::Call;
use super::installations::Scope;
use super::wire::{GraphErrorWire, GraphWire, ThreadWire, ThreadsWire};
use super::{At, GitHub, limits, parse, shape};
use crate::forge::call::{Answer, Repeatable};
use crate::forge::{ForgeError, ForgeKind, Revision};

const THREADS: &str = "query($owner: String!, $name: String!, $number: Int!, $after: String) {
  repository(owner: $owner, name: $name) {
    pullRequest(number: $number) {
      reviewThreads(first: 100, after: $after) {
        pageInfo { hasNextPage endCursor }
        nodes {
          id isResolved resolvedBy { login }
          comments(first: 50) { nodes { databaseId isMinimized } }
        }
      }
    }
  }
}";

/// Wait when GraphQL says that its limit is reached and its headers name none.
const GRAPH_LIMIT: std::time::Duration = std::time::Duration::from_secs(60);
/// Most pages of threads that are read.
const MOST_PAGES: usize = 50;

impl GitHub {
    /// Sends a query or a mutation that sets a value; both are repeatable. Gives the data.
    ///
    /// # Errors
    /// [`ForgeError::Status`] with 403 when GraphQL says `FORBIDDEN`, with 404 when `NOT_FOUND`.
    pub(super) async fn graphql(
        &self,
        at: &At<'_>,
        scope: Scope,
        operation: &'static str,
        query: &str,
        variables: Value,
    ) -> Result<Value, ForgeError> {
        let body = json!({ "query": query, "variables": variables });
        let call = Call::new(Method::POST, self.transport.graphql_url()).body(body);
        let whole = self.call_as(at, scope, operation, Repeatable::Yes, &call).await?;
        let answer: GraphWire = parse(operation, &whole)?;
        if let Some(error) = answer.errors.iter().flatten().next() {
            return Err(self.graph_error(at, operation, &whole, error).await);
        }
        answer.data.ok_or_else(|| shape(operation, "neither data nor errors"))
    }

    async fn graph_error(
        &self,
        at: &At<'_>,
        operation: &'static str,
        answer: &Answer,
        error: &GraphErrorWire,
    ) -> ForgeError {
        let forge = ForgeKind::GitHub;
        let message = error.message.clone().unwrap_or_default();
        // A secondary limit has no name of its own.
        let secondary = message.to_lowercase().contains("secondary rate limit");
        if secondary || error.kind.as_deref() == Some("RATE_LIMITED") {
            let wait = limits::named(answer).unwrap_or(GRAPH_LIMIT);
            return at.installation.lane.hold_back(operation, wait).await;
        }
        let status = match error.kind.as_deref() {
            Some("FORBIDDEN" | "INSUFFICIENT_SCOPES") => 403,
            Some("NOT_FOUND") => 404,
            _ if message.contains("not accessible by integration") => 403,
            _ => return shape(operation, message),
        };
        ForgeError::Status { forge, operation, status, message }
    }

    /// The pull request's threads by the REST id of their first comment.
    pub(super) async fn threads(
        &self,
        at: &At<'_>,
        revision: &Revision,
    ) -> Result<HashMap<i64, ThreadWire>, ForgeError> {
        const OPERATION: &str = "list threads";
        let (owner, name) = at.repository.full_name.split_once('/').unwrap_or_default();
        let mut threads = HashMap::new();
        let mut after = Value::Null;
        for _ in 0..MOST_PAGES {
            let number = revision.change.number;
            let variables =
                json!({ "owner": owner, "name": name, "number": number, "after": after });
            let mut data = self.graphql(at, Scope::Review, OPERATION, THREADS, variables).await?;
            let page = data.pointer_mut("/repository/pullRequest/reviewThreads").map(Value::take);
            let page = page.ok_or_else(|| shape(OPERATION, "no reviewThreads"))?;
            let page: ThreadsWire = serde_json::from_value(page)
                .map_err(|error| shape(OPERATION, error.to_string()))?;
            for thread in page.nodes.into_iter().flatten() {
                if let Some(first) = thread.first_comment() {
                    threads.insert(first, thread);
                }
            }
            match page.page_info {
                Some(info) if info.has_next_page == Some(true) && info.end_cursor.is_some() => {
                    after = json!(info.end_cursor);
                }
                _ => break,
            }
        }
        Ok(threads)
    }
}

impl ThreadWire {
    fn first_comment(&self) -> Option<i64> {
        self.comments.as_ref()?.nodes.iter().flatten().find_map(|comment| comment.database_id)
    }

    /// Whether the first comment is folded away.
    pub(super) fn is_minimized(&self) -> bool {
        let first = self.comments.iter().flat_map(|comments| &comments.nodes).flatten().next();
        first.is_some_and(|comment| comment.is_minimized == Some(true))
    }
}
