//! The environment, beside what [`Arguments`] reads from it.

use clap::Args;

use super::Arguments;
use crate::policy::nearest;

/// Variables that other commands read.
const OTHERS: [&str; 1] = ["ASYNCWARDEN_CACHE_DIR"];

/// Variables that look like settings and are none: each a sentence for the log.
pub fn unknown_variables() -> Vec<String> {
    let command = Arguments::augment_args(clap::Command::new("settings"));
    let own = command.get_arguments().filter_map(|arg| arg.get_env()?.to_str());
    let known: Vec<&str> = own.chain(OTHERS).collect();
    let set = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    set.filter(|name| name.starts_with("ASYNCWARDEN_") && !known.contains(&name.as_str()))
        .map(|name| match nearest(&name, known.iter().copied()) {
            Some(meant) => format!("{name} is no setting; did you mean {meant}?"),
            None => format!("{name} is no setting"),
        })
        .collect()
}
