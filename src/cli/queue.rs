//! Looks at the queue, and asks again for reviews that were given up.

use std::fmt::Write;

use anyhow::bail;
use chrono::{SecondsFormat, Utc};

use super::Outcome;
use super::on_store::on_store;
use super::output::print;
use crate::change::visible;
use crate::settings::Arguments;
use crate::store::Store;
use crate::store::jobs::{self, DeadLetter};

/// What the command takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    settings: Arguments,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// How many jobs wait, are at hand and were given up (the default).
    Status,
    /// List the reviews that were given up, the latest first.
    Dead,
    /// Ask again for reviews that were given up.
    Redrive {
        /// Their numbers, as `dead` lists them.
        #[arg(value_name = "ID", required_unless_present = "all")]
        ids: Vec<i64>,
        /// All of them.
        #[arg(long, conflicts_with = "ids")]
        all: bool,
    },
}

/// Most dead letters that are listed or asked for again at once.
const MOST: i64 = 10_000;

/// Runs the command.
pub fn run(args: Args) -> anyhow::Result<Outcome> {
    let command = args.command.unwrap_or(Command::Status);
    let text = on_store(args.settings, async |store| match command {
        Command::Status => status(store).await,
        Command::Dead => dead(store).await,
        Command::Redrive { ids, all } => redrive(store, &ids, all).await,
    })?;
    print(&text)?;
    Ok(Outcome::Passed)
}

async fn status(store: &Store) -> anyhow::Result<String> {
    let mut tx = store.read().await?;
    let depth = jobs::depth(&mut tx).await?;
    let mut text =
        format!("queued   {}\nrunning  {}\ndead     {}\n", depth.queued, depth.running, depth.dead);
    if let Some(due) = jobs::next_due(&mut tx).await? {
        let _ = writeln!(text, "next due {}", due.to_rfc3339_opts(SecondsFormat::Secs, true));
    }
    Ok(text)
}

async fn dead(store: &Store) -> anyhow::Result<String> {
    let mut tx = store.read().await?;
    let letters = jobs::dead_letters(&mut tx, MOST).await?;
    let mut text = String::new();
    for letter in letters {
        let DeadLetter { id, attempts, error, ended_at, .. } = &letter;
        let at = ended_at.to_rfc3339_opts(SecondsFormat::Secs, true);
        let error = visible(error);
        let _ = writeln!(text, "{id}\t{at}\t{}\t{attempts} attempts\t{error}", name(&letter));
    }
    Ok(if text.is_empty() { "nothing was given up\n".to_owned() } else { text })
}

async fn redrive(store: &Store, ids: &[i64], all: bool) -> anyhow::Result<String> {
    let mut tx = store.begin().await?;
    let mut letters = Vec::new();
    if all {
        letters = jobs::dead_letters(&mut tx, MOST).await?;
    }
    for id in ids {
        match jobs::dead_letter(&mut tx, *id).await? {
            Some(letter) => letters.push(letter),
            None => bail!("there is no dead letter {id}; `asyncwarden queue dead` lists them"),
        }
    }
    let mut text = String::new();
    for letter in &letters {
        jobs::redrive(&mut tx, letter, None, Utc::now()).await?;
        let _ = writeln!(text, "asked again for {}", name(letter));
    }
    tx.commit().await?;
    Ok(if text.is_empty() { "nothing was given up\n".to_owned() } else { text })
}

fn name(letter: &DeadLetter) -> String {
    let repository = &letter.change.repository;
    let (forge, sign) = (repository.forge.as_str(), repository.forge.number_sign());
    format!("{forge} {}{sign}{}", visible(&repository.full_name), letter.change.number)
}
