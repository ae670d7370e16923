//! asyncwarden: reviews changes to Python code that uses asyncio, against a checklist of 63 items.
//!
//! The map, in the order in which modules may use each other. Most have one of their files at their head;
//! `docs/architecture.md` tells how they work together.
//!
//! | module | what it is for | uses |
//! |---|---|---|
//! | [`change`] | what changed, not knowing where it came from | nothing |
//! | [`python`] | the only place that knows the parser: modules, names, scopes, contexts | `change` |
//! | [`policy`] | a repository's own settings | `change`, the vocabulary of `analysis` and `python` |
//! | [`analysis`] | rules, findings, verdicts, fingerprints | `python`, `change`, `policy` |
//! | [`review`] | what to say about the findings, not knowing where | `analysis`, `change`, `policy` |
//! | [`examination`] | how something is that the service needs, and what to do | nothing |
//! | [`forge`] | speaking to a platform | `review`, `change`, the vocabulary of `analysis` |
//! | [`store`] | all SQL | the vocabulary of `forge`, `review`, `analysis` |
//! | [`jobs`] | workers, the review job, the sweep | `forge`, `store`, and those above |
//! | [`web`] | webhooks, health, dashboard, API | `forge`, `store`, `analysis` |
//! | [`app`], [`cli`] | composition and the command line | everything |
//!
//! Beside them, for those from `forge` on, are [`settings`], which are the service's, and [`telemetry`]: logs, metrics, traces.
//! [`version`] is what was built.
//!
//! The first five are synchronous and pure: no I/O, no clock, no platform's words. A test asserts it, and what each of them uses.

pub mod analysis;
pub mod app;
pub mod change;
pub mod cli;
pub mod examination;
pub mod forge;
#[doc(hidden)]
pub mod fuzzing;
pub mod jobs;
pub mod policy;
pub mod python;
pub mod review;
pub mod settings;
pub mod store;
pub mod telemetry;
pub mod version;
pub mod web;
