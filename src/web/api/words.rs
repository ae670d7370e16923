//! Values from fixed lists. Their lists are those of the code; the descriptions say what each means.

use std::borrow::Cow;

use serde::de::{Deserializer, Error};
use serde::{Deserialize, Serialize, Serializer};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

use crate::analysis;
use crate::forge::ForgeKind;
use crate::store::StoreError;
use crate::store::access_tokens;
use crate::store::trends;
use crate::web::WebError;

/// A type for each list: `Name(Inner)`, all values, and the word for one.
macro_rules! words {
    ($($(#[doc = $doc:literal])+ $name:ident($inner:ty), $all:expr, $word:expr;)+) => {$(
        $(#[doc = $doc])+
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) struct $name(pub(super) $inner);

        impl $name {
            /// Its word.
            pub(super) fn word(self) -> &'static str {
                ($word)(self.0)
            }

            fn all() -> impl Iterator<Item = Self> {
                $all.into_iter().map(Self)
            }

            /// The one of a word in the store.
            #[allow(dead_code, reason = "not each list is read from the store as words")]
            pub(super) fn of(word: &str) -> Result<Self, WebError> {
                let unknown = || StoreError::Unknown { what: stringify!($name), value: word.to_owned() };
                Ok(Self::all().find(|one| one.word() == word).ok_or_else(unknown)?)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.word())
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = Cow::<str>::deserialize(deserializer)?;
                let problem = || {
                    let all: Vec<_> = Self::all().map(Self::word).collect();
                    D::Error::custom(format!("one of {} is allowed", all.join(", ")))
                };
                Self::all().find(|one| one.word() == text).ok_or_else(problem)
            }
        }

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                let description = concat!($($doc, "\n"),+);
                let lines: Vec<_> = description.lines().map(str::trim).collect();
                ObjectBuilder::new()
                    .schema_type(Type::String)
                    .enum_values(Some(Self::all().map(Self::word)))
                    .description(Some(lines.join("\n")))
                    .into()
            }
        }

        impl ToSchema for $name {
            fn name() -> Cow<'static, str> {
                stringify!($name).into()
            }
        }
    )+};
}

words! {
    /// The platform that a repository is on.
    Forge(ForgeKind), ForgeKind::ALL, ForgeKind::as_str;
    /// How bad a finding is.
    ///
    /// - `critical`: the event loop is blocked, or resources leak
    /// - `high`: reliability or correctness is at stake
    /// - `medium`: performance or maintainability suffers
    /// - `low`: a best practice is not followed
    Severity(analysis::Severity), analysis::Severity::ALL, analysis::Severity::as_str;
    /// What became of a finding.
    ///
    /// - `open`: the last review has it, and its change request is open
    /// - `left`: it was open when its change request was merged or closed
    /// - `fixed`: the last review no longer has it
    /// - `settled`: a person says that it stays
    FindingState(trends::FindingState), trends::FindingState::ALL, trends::FindingState::as_str;
    /// How sure the analysis is.
    ///
    /// - `certain`: all names resolve, and there is no other reading
    /// - `likely`: one other reading exists
    /// - `possible`: a heuristic
    Confidence(&'static str), ["certain", "likely", "possible"], std::convert::identity;
    /// How a person said that a finding stays: they resolved its `thread`, or gave a `command`.
    SettledHow(&'static str), ["thread", "command"], std::convert::identity;
    /// Whether a change request is still wanted.
    ChangeRequestState(&'static str), ["open", "merged", "closed"], std::convert::identity;
    /// How a review ended, which is what its gate shows.
    ///
    /// - `passed`: nothing reaches the gate's threshold
    /// - `failed`: something does
    /// - `neutral`: the service could not do its work
    /// - `skipped`: there was nothing to review
    /// - `cancelled`: the change request was closed, or the head was replaced
    /// - `timed-out`: it took longer than its deadline
    Conclusion(&'static str), ["passed", "failed", "neutral", "skipped", "cancelled", "timed-out"],
        std::convert::identity;
    /// How an item of the checklist came out: there are findings, the change does what the item asks for, or it has no
    /// subject for the item.
    Outcome(&'static str), ["violated", "satisfied", "not-applicable"], std::convert::identity;
    /// The pass of a review that a rule or an item of the checklist belongs to.
    ///
    /// - `concurrency`: is asyncio the right choice; threads and executors
    /// - `coroutine`: coroutines, tasks, cancellation, time-outs
    /// - `resource`: asynchronous context managers and iteration
    /// - `shutdown`: start-up and shutdown
    /// - `blocking`: nothing blocks the event loop
    /// - `library`: HTTP, file and database clients
    /// - `error`: error handling, resilience, limits
    Pass(analysis::Pass), analysis::Pass::ALL, pass;
    /// What kind of trouble a rule's findings are.
    ///
    /// - `blocking`: the event loop stands still
    /// - `leak`: a resource is not given back
    /// - `cancellation`: cancellation does not work
    /// - `timeout`: something can hang for ever
    /// - `practice`: a best practice is not followed
    Category(analysis::Category), CATEGORIES, category;
    /// What an access token may be used for.
    ///
    /// - `read`: to read what its person can read
    /// - `operations`: to read the queue and to ask again for what was given up, by an admin
    Scope(access_tokens::Scope), access_tokens::Scope::ALL, access_tokens::Scope::as_str;
}

const CATEGORIES: [analysis::Category; 5] = [
    analysis::Category::Blocking,
    analysis::Category::Leak,
    analysis::Category::Cancellation,
    analysis::Category::Timeout,
    analysis::Category::Practice,
];

fn category(category: analysis::Category) -> &'static str {
    match category {
        analysis::Category::Blocking => "blocking",
        analysis::Category::Leak => "leak",
        analysis::Category::Cancellation => "cancellation",
        analysis::Category::Timeout => "timeout",
        analysis::Category::Practice => "practice",
    }
}

fn pass(pass: analysis::Pass) -> &'static str {
    match pass {
        analysis::Pass::Concurrency => "concurrency",
        analysis::Pass::Coroutine => "coroutine",
        analysis::Pass::Resource => "resource",
        analysis::Pass::Shutdown => "shutdown",
        analysis::Pass::Blocking => "blocking",
        analysis::Pass::Library => "library",
        analysis::Pass::Error => "error",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{json, to_value};

    use super::*;

    #[test]
    fn words_are_those_of_the_code() {
        for pass in analysis::Pass::ALL {
            assert_eq!(to_value(Pass(pass)).unwrap(), to_value(pass).unwrap());
        }
        for category in CATEGORIES {
            assert_eq!(to_value(Category(category)).unwrap(), to_value(category).unwrap());
        }
        let confidences = [
            analysis::Confidence::Certain,
            analysis::Confidence::Likely,
            analysis::Confidence::Possible,
        ];
        let words: Vec<_> = confidences.iter().map(|it| to_value(it).unwrap()).collect();
        assert_eq!(json!(Confidence::all().collect::<Vec<_>>()), json!(words));
        let outcomes = [
            analysis::Outcome::Violated,
            analysis::Outcome::Satisfied,
            analysis::Outcome::NotApplicable,
        ];
        let words: Vec<_> = outcomes.iter().map(|it| to_value(it).unwrap()).collect();
        assert_eq!(json!(Outcome::all().collect::<Vec<_>>()), json!(words));
    }

    #[test]
    fn another_word_is_told_which_there_are() {
        let refused = serde_json::from_value::<Severity>(json!("worst")).unwrap_err();
        assert_eq!(refused.to_string(), "one of critical, high, medium, low is allowed");
    }
}
