//! Has the reviews of a repository wait, and lets them go on.

use std::fmt::Write;

use anyhow::bail;
use chrono::{SecondsFormat, Utc};
use clap::Subcommand;

use super::Outcome;
use super::on_store::on_store;
use super::output::print;
use crate::forge::ForgeKind;
use crate::settings::Arguments;
use crate::store::pauses::{self, Known};
use crate::store::{Store, Transaction};

/// What the command takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Have its reviews wait: deliveries are taken, and checks end without a verdict.
    Pause {
        #[command(flatten)]
        named: Named,
        /// Why, for those who see it.
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
        #[command(flatten)]
        settings: Arguments,
    },
    /// Let its reviews go on, and review what came meanwhile.
    Resume {
        #[command(flatten)]
        named: Named,
        #[command(flatten)]
        settings: Arguments,
    },
    /// List the repositories, with those whose reviews wait.
    List {
        /// Only those whose reviews wait.
        #[arg(long)]
        paused: bool,
        #[command(flatten)]
        settings: Arguments,
    },
}

#[derive(Debug, clap::Args)]
struct Named {
    /// The repository's full name: `owner/name`, `group/sub/project`.
    repository: String,
    /// `github` or `gitlab`; needed where both have one of that name.
    #[arg(long, value_parser = platform)]
    platform: Option<ForgeKind>,
}

fn platform(name: &str) -> Result<ForgeKind, &'static str> {
    ForgeKind::from_name(name).ok_or("neither github nor gitlab")
}

/// How many repositories are read at a time.
const PORTION: i64 = 500;

/// Runs the command.
pub fn run(args: Args) -> anyhow::Result<Outcome> {
    let text = match args.command {
        Command::Pause { named, reason, settings } => {
            on_store(settings, async |store| pause(store, &named, reason.as_deref()).await)
        }
        Command::Resume { named, settings } => {
            on_store(settings, async |store| resume(store, &named).await)
        }
        Command::List { paused, settings } => {
            on_store(settings, async |store| list(store, paused).await)
        }
    }?;
    print(&text)?;
    Ok(Outcome::Passed)
}

async fn pause(store: &Store, named: &Named, reason: Option<&str>) -> anyhow::Result<String> {
    let mut tx = store.begin().await?;
    let known = named.find(&mut tx).await?;
    let new = pauses::pause(&mut tx, &known, None, reason, Utc::now()).await?;
    tx.commit().await?;
    let name = name(&known);
    Ok(match new {
        true => format!("reviews of {name} wait\n"),
        false => format!("reviews of {name} waited already\n"),
    })
}

async fn resume(store: &Store, named: &Named) -> anyhow::Result<String> {
    let mut tx = store.begin().await?;
    let known = named.find(&mut tx).await?;
    let asked = pauses::resume(&mut tx, &known, None, Utc::now()).await?;
    tx.commit().await?;
    let name = name(&known);
    Ok(match asked {
        Some(0) => format!("reviews of {name} go on; there is nothing to review\n"),
        Some(many) => format!("reviews of {name} go on; change requests to look at: {many}\n"),
        None => format!("reviews of {name} did not wait\n"),
    })
}

async fn list(store: &Store, paused: bool) -> anyhow::Result<String> {
    let mut tx = store.read().await?;
    let mut text = String::new();
    let mut after = 0;
    loop {
        let portion = pauses::all(&mut tx, after, PORTION).await?;
        let Some(last) = portion.last() else { break };
        after = last.id;
        for known in portion.iter().filter(|known| !paused || known.pause.is_some()) {
            let _ = writeln!(text, "{}", line(known));
        }
    }
    Ok(if text.is_empty() { "there is none\n".to_owned() } else { text })
}

fn line(known: &Known) -> String {
    let repository = &known.repository;
    let head = format!("{}\t{}", repository.forge.as_str(), repository.full_name);
    let Some(pause) = &known.pause else { return format!("{head}\treviewed") };
    let at = pause.at.to_rfc3339_opts(SecondsFormat::Secs, true);
    let by = pause.by.as_deref().unwrap_or("an operator");
    let reason = pause.reason.as_deref().map(|why| format!(": {why}")).unwrap_or_default();
    format!("{head}\twaits since {at}, by {by}{reason}")
}

fn name(known: &Known) -> String {
    format!("{} {}", known.repository.forge.as_str(), known.repository.full_name)
}

impl Named {
    async fn find(&self, tx: &mut Transaction) -> anyhow::Result<Known> {
        let name = self.repository.trim_matches('/');
        let mut found = Vec::new();
        for forge in ForgeKind::ALL {
            if self.platform.is_none_or(|platform| platform == forge) {
                found.extend(pauses::by_name(tx, forge, name).await?);
            }
        }
        match found.len() {
            0 => bail!(
                "the store has no repository {name}; `asyncwarden repository list` lists them"
            ),
            1 => Ok(found.remove(0)),
            _ => bail!("both platforms have a repository {name}: say which with --platform"),
        }
    }
}
