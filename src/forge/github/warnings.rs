//! What is wrong with the App.

use std::collections::BTreeMap;

use super::app::{Extent, Permission};
use super::http::Call;
use super::wire::AppWire;
use super::{GitHub, parse};
use crate::forge::ForgeError;
use crate::forge::call::Repeatable;

impl GitHub {
    /// Sentences for the log and the page of the setup. A server that doesn't show the App says nothing of what it may do.
    ///
    /// Source: GitHub REST API, "Get the authenticated app".
    pub(super) async fn app_warnings(&self) -> Result<Vec<String>, ForgeError> {
        let call = Call::get(self.transport.url("/app"));
        match self.app_call("read the App", Repeatable::Yes, call).await {
            Ok(answer) => {
                let app: AppWire = parse("read the App", &answer)?;
                Ok(app.permissions.map_or_else(Vec::new, |granted| lacking(&granted)))
            }
            Err(ForgeError::Status { status: 404, .. }) => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }
}

/// The permissions without which something fails.
pub(super) fn missing(granted: &BTreeMap<String, String>) -> Vec<Permission> {
    // Where there are no merge queues, none is missed.
    let extent = Extent { merge_queue: false, ..Extent::default() };
    let is_there = |name: &str, level: &str| {
        granted.get(name).is_some_and(|has| has == level || has == "write" || has == "admin")
    };
    let wanted = extent.permissions().into_iter();
    wanted.filter(|wanted| !is_there(wanted.name, wanted.level)).collect()
}

/// The same in sentences.
fn lacking(granted: &BTreeMap<String, String>) -> Vec<String> {
    missing(granted)
        .into_iter()
        .map(|wanted| {
            format!(
                "GitHub's App lacks the permission {}: {}, needed for {}; grant it in the App's settings",
                wanted.name, wanted.level, wanted.why
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_app_may_not_do_is_told() {
        let granted = |pairs: &[(&str, &str)]| {
            let owned = |(name, level): &(&str, &str)| ((*name).to_owned(), (*level).to_owned());
            lacking(&pairs.iter().map(owned).collect())
        };
        let all = [
            ("metadata", "read"),
            ("contents", "write"),
            ("pull_requests", "write"),
            ("checks", "write"),
            ("issues", "read"),
        ];
        assert!(granted(&all).is_empty());
        let mut fewer = all;
        fewer[2].1 = "read";
        let told = granted(&fewer);
        assert_eq!(told.len(), 1);
        assert!(told[0].contains("pull_requests: write, needed for reviews"), "{told:?}");
        assert_eq!(granted(&[]).len(), 5);
    }
}
