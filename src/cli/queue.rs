//! Looks at the queue and at deliveries, asks again for reviews that were given up, takes deliveries again.

use std::fmt::Write;

use anyhow::{Context, bail};
use chrono::{SecondsFormat, Utc};

use super::Outcome as Done;
use super::on_store::{on_opened, on_store};
use super::output::print;
use crate::change::visible;
use crate::forge::ForgeKind;
use crate::settings::Arguments;
use crate::store::Store;
use crate::store::deliveries::{self, Outcome};
use crate::store::jobs::{self, DeadLetter};
use crate::{telemetry, web};

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
    /// List the latest deliveries that were proven and wanted something, the latest first.
    Deliveries {
        /// Only those that came to this: `queued`, `noted` or `ignored`.
        #[arg(long, value_parser = outcome)]
        outcome: Option<Outcome>,
        /// How many.
        #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(i64).range(1..=MOST))]
        limit: i64,
    },
    /// Take deliveries again, as if they came again.
    Replay {
        /// Their numbers, as `deliveries` lists them, or the platform's own keys.
        #[arg(value_name = "DELIVERY", required = true)]
        deliveries: Vec<String>,
    },
}

fn outcome(name: &str) -> Result<Outcome, &'static str> {
    Outcome::from_name(name).ok_or("none of queued, noted and ignored")
}

/// Most dead letters that are listed or asked for again at once.
const MOST: i64 = 10_000;

/// Runs the command.
pub fn run(args: Args) -> anyhow::Result<Done> {
    let command = args.command.unwrap_or(Command::Status);
    if let Command::Replay { deliveries } = &command {
        print(&replay(args.settings, deliveries)?)?;
        return Ok(Done::Passed);
    }
    let text = on_store(args.settings, async |store| match command {
        Command::Status => status(store).await,
        Command::Dead => dead(store).await,
        Command::Redrive { ids, all } => redrive(store, &ids, all).await,
        Command::Deliveries { outcome, limit } => list(store, outcome, limit).await,
        // Done above, since it needs the platforms' settings, too.
        Command::Replay { .. } => Ok(String::new()),
    })?;
    print(&text)?;
    Ok(Done::Passed)
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

async fn list(store: &Store, outcome: Option<Outcome>, limit: i64) -> anyhow::Result<String> {
    let mut tx = store.read().await?;
    let mut text = String::new();
    for it in deliveries::latest(&mut tx, outcome, limit).await? {
        let at = it.received_at.to_rfc3339_opts(SecondsFormat::Secs, true);
        let action = it.action.as_deref().map(|action| format!(" {action}")).unwrap_or_default();
        let outcome = it.outcome.map_or("-", Outcome::as_str);
        let kept = if it.has_payload { "" } else { "\tits payload is not kept" };
        let _ = writeln!(
            text,
            "{}\t{at}\t{}\t{}{action}\t{}\t{outcome}\t{}{kept}",
            it.id,
            it.forge.as_str(),
            it.event,
            it.repository.as_deref().unwrap_or("-"),
            it.delivery_id,
        );
    }
    Ok(if text.is_empty() { "no deliveries are kept\n".to_owned() } else { text })
}

fn replay(settings: Arguments, keys: &[String]) -> anyhow::Result<String> {
    let settings = settings.resolve()?;
    telemetry::start(&settings.log);
    on_opened(&settings.store, async |store| {
        let receivers = settings.receivers();
        let mut text = String::new();
        for key in keys {
            let Some(id) = delivery(store, key).await? else {
                bail!("there is no delivery {key}; `asyncwarden queue deliveries` lists them");
            };
            web::replay(store, &receivers, id, None)
                .await
                .with_context(|| format!("delivery {key} was not taken again"))?;
            let _ = writeln!(text, "took delivery {key} again");
        }
        Ok(text)
    })
}

/// The row of a delivery that is named by its number here, or by its key there.
async fn delivery(store: &Store, key: &str) -> anyhow::Result<Option<i64>> {
    if let Ok(id) = key.parse() {
        return Ok(Some(id));
    }
    let mut tx = store.read().await?;
    for forge in ForgeKind::ALL {
        if let Some(id) = deliveries::of_key(&mut tx, forge, key).await? {
            return Ok(Some(id));
        }
    }
    Ok(None)
}

fn name(letter: &DeadLetter) -> String {
    let repository = &letter.change.repository;
    let (forge, sign) = (repository.forge.as_str(), repository.forge.number_sign());
    format!("{forge} {}{sign}{}", visible(&repository.full_name), letter.change.number)
}
