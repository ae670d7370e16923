//! Asks everything that the service needs whether it works, and says what to do about what doesn't.

mod service;

use std::fmt::Write;

use chrono::Utc;
use clap::ValueEnum;
use serde_json::json;

use super::Outcome;
use super::output::print;
use crate::app;
use crate::examination::{Examined, Health, in_time};
use crate::forge::Circumstances;
use crate::settings::{Overview, Settings, Sourced};
use crate::store::{self, Pooling};

const SETTINGS: &str = "settings";
const STORE: &str = "store";

/// What the command takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// How it is said.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    #[command(flatten)]
    settings: Sourced,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A line for each thing, and one for what to do.
    Text,
    /// One object.
    Json,
}

/// Runs the command. Exit code 1 when something failed.
pub fn run(args: Args) -> anyhow::Result<Outcome> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let overview = Overview::of(args.settings);
    let runtime = tokio::runtime::Runtime::new()?;
    let found = runtime.block_on(examine(overview));
    runtime.shutdown_background();
    let failed = found.iter().any(|one| one.health == Health::Failed);
    print(&match args.format {
        Format::Text => text(&found),
        Format::Json => format!("{:#}\n", json!({ "well": !failed, "checks": found })),
    })?;
    Ok(if failed { Outcome::Unwell } else { Outcome::Passed })
}

/// Looks at everything at once, so that it takes as long as the slowest thing.
async fn examine(overview: Overview) -> Vec<Examined> {
    let settings = match overview.resolve() {
        Ok(settings) => settings,
        Err(errors) => {
            let advice = "repair it; `asyncwarden config check` looks at the settings alone";
            let failed = |error: &dyn std::fmt::Display| {
                Examined::failed(SETTINGS, error.to_string(), advice)
            };
            let mut found: Vec<_> = errors.iter().map(|error| failed(error)).collect();
            // The store can be looked at without the rest.
            if let Ok(settings) = overview.store() {
                found.extend(store::examine(&settings, Pooling::default()).await);
            }
            return found;
        }
    };
    let mut found: Vec<Examined> = overview
        .warnings(&settings)
        .into_iter()
        .map(|said| Examined { advice: None, ..Examined::warning(SETTINGS, said, "") })
        .collect();
    if found.is_empty() {
        found.push(Examined::well(SETTINGS, "nothing is wrong with them"));
    }
    let (kept, platforms, service) = tokio::join!(
        in_time(STORE, store::examine(&settings.store, settings.pooling)),
        platforms(&settings),
        service::examine(&settings),
    );
    found.extend(kept.into_iter().chain(platforms).chain(service));
    found
}

/// Asks the platforms, and those who vouch for people.
async fn platforms(settings: &Settings) -> Vec<Examined> {
    const ABOUT: &str = "platforms";
    let platforms = match app::platforms(settings, None) {
        Ok(platforms) => platforms,
        Err(error) => {
            let advice = "look at the settings of the platform";
            return vec![Examined::failed(ABOUT, format!("{error:#}"), advice)];
        }
    };
    let asked = platforms.all().map(|platform| async {
        let name = platform.forge.kind().as_str();
        let url = settings.public_url.as_ref().map(|url| format!("{url}/webhooks/{name}"));
        let circumstances = Circumstances { webhook_url: url.as_deref(), now: Utc::now() };
        platform.forge.examine(&circumstances).await
    });
    let mut found = futures::future::join_all(asked).await.concat();
    found.extend(service::sign_in(settings, &platforms).await);
    found
}

fn text(found: &[Examined]) -> String {
    let width = found.iter().map(|one| one.about.len()).max().unwrap_or_default();
    let mut text = String::new();
    for Examined { about, health, said, advice } in found {
        let _ = writeln!(text, "{:7}  {about:width$}  {}", health.as_str(), one_line(said));
        if let Some(advice) = advice {
            let _ = writeln!(text, "{:7}  {:width$}  -> {}", "", "", one_line(advice));
        }
    }
    let count = |health| found.iter().filter(|one| one.health == health).count();
    let (failed, warnings) = (count(Health::Failed), count(Health::Warning));
    let _ = match (failed, warnings) {
        (0, 0) => writeln!(text, "all is well"),
        (0, warnings) => writeln!(text, "nothing failed; warnings: {warnings}"),
        (failed, warnings) => writeln!(text, "failed: {failed}; warnings: {warnings}"),
    };
    text
}

/// What others said, without what would do something to the terminal.
fn one_line(text: &str) -> String {
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    words.chars().filter(|c| !c.is_control()).collect()
}
