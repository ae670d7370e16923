//! All integration tests in one binary, so that they link once.

#![allow(clippy::unwrap_used, reason = "a test ends at the first surprise")]

mod architecture;
mod baseline;
mod change;
mod check_command;
mod contract;
mod coverage;
mod crash;
mod dashboard;
mod database;
mod demo;
mod forge_files;
mod formats;
mod github_app;
mod github_client;
mod github_events;
mod gitlab_client;
mod hostile_input;
mod hunk_map;
mod indexes;
mod keeping;
mod ledger;
mod messages;
mod moving;
mod operations;
mod outlines;
mod projects;
mod properties;
mod queue;
mod ranking;
mod readme;
mod repair_command;
mod repairs;
mod review_command;
mod roll_ups;
mod rules;
mod serve_command;
mod services;
mod settings;
mod simulator;
mod store;
mod store_command;
mod support;
mod webhooks;
mod whole_way;
