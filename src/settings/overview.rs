//! All settings with what they are, and who said so. Of a secret it is only known whether it is set.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::parser::ValueSource;
use clap::{ArgMatches, Args, FromArgMatches};

use super::declare::Said;
use super::table::default_of;
use super::{Arguments, Settings, SettingsError, StoreSettings, file, unknown_variables, values};

/// Settings as a command takes them, with where each is from.
#[derive(Debug, Clone)]
pub struct Sourced {
    arguments: Arguments,
    sources: BTreeMap<&'static str, Source>,
}

impl Sourced {
    /// The settings alone.
    pub fn arguments(&self) -> &Arguments {
        &self.arguments
    }
}

/// Who said what a setting is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// A flag of the command.
    Flag,
    /// An environment variable.
    Environment,
    /// The settings file.
    File,
    /// Nobody.
    Default,
}

impl Source {
    /// Its name, for a person.
    pub fn as_str(self) -> &'static str {
        match self {
            Source::Flag => "flag",
            Source::Environment => "environment",
            Source::File => "file",
            Source::Default => "default",
        }
    }
}

impl FromArgMatches for Sourced {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        Self::from_arg_matches_mut(&mut matches.clone())
    }

    fn from_arg_matches_mut(matches: &mut ArgMatches) -> Result<Self, clap::Error> {
        let source = |said: &Said| match matches.value_source(said.key)? {
            ValueSource::EnvVariable => Some((said.key, Source::Environment)),
            _ => Some((said.key, Source::Flag)),
        };
        let sources = Arguments::default().said().iter().filter_map(source).collect();
        Ok(Self { sources, arguments: Arguments::from_arg_matches_mut(matches)? })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl Args for Sourced {
    fn augment_args(command: clap::Command) -> clap::Command {
        Arguments::augment_args(command)
    }

    fn augment_args_for_update(command: clap::Command) -> clap::Command {
        Arguments::augment_args_for_update(command)
    }
}

/// What a setting is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shown {
    /// This text.
    Text(String),
    /// A secret that is set.
    Secret,
    /// A secret, set to what this file holds.
    SecretIn(PathBuf),
    /// Not set, and nothing stands for it.
    Unset,
    /// Not set; in words, what stands for it.
    InWords(String),
}

/// A setting, and who said so.
#[derive(Debug, Clone)]
pub struct Row {
    /// Its key in the settings file.
    pub key: &'static str,
    /// Its environment variable.
    pub variable: &'static str,
    /// What it is.
    pub shown: Shown,
    /// Who said so.
    pub source: Source,
}

/// All settings as they were said.
#[derive(Debug, Clone)]
pub struct Overview {
    /// All settings, in the order of their declaration.
    pub rows: Vec<Row>,
    /// Variables that look like settings and are none, each a sentence.
    pub unknown: Vec<String>,
    /// What is wrong with the settings file.
    pub file: Vec<SettingsError>,
    pub(super) given: Arguments,
}

impl Overview {
    /// Looks at what was said, in the settings file, too.
    pub fn of(sourced: Sourced) -> Self {
        let given = sourced.arguments.without_empty();
        let before = given.said();
        let (read, problems) = given.config.as_deref().map(file::read).unwrap_or_default();
        let given = given.or(read.without_empty());
        let mut source = before.iter().map(|said| match sourced.sources.get(said.key) {
            Some(source) if said.is_set => *source,
            _ => Source::File,
        });
        let said = given.said();
        let rows: Vec<Row> = said
            .iter()
            .map(|said| {
                let from = source.next().filter(|_| said.is_set).unwrap_or(Source::Default);
                let Said { key, variable, .. } = *said;
                Row { key, variable, shown: given.shown(said), source: from }
            })
            .collect();
        let rows = with_twins(rows);
        Self { rows, unknown: unknown_variables(), file: problems, given }
    }

    /// The settings, or all that is wrong with them.
    ///
    /// # Errors
    /// As [`Arguments::resolve_all`].
    pub fn resolve(&self) -> Result<Settings, Vec<SettingsError>> {
        self.given.clone().resolve_all()
    }

    /// Only where everything is kept.
    ///
    /// # Errors
    /// As [`Arguments::resolve`].
    pub fn store(&self) -> Result<StoreSettings, SettingsError> {
        self.given.store_settings()
    }
}

/// A secret that a file holds is from where the file's name is from.
fn with_twins(mut rows: Vec<Row>) -> Vec<Row> {
    let twins: Vec<Row> = rows.clone();
    for row in rows.iter_mut().filter(|row| row.shown == Shown::Unset) {
        let twin = twins.iter().find(|twin| twin.key.strip_suffix("_file") == Some(row.key));
        if let Some(Row { shown: Shown::Text(path), source, .. }) = twin {
            (row.shown, row.source) = (Shown::SecretIn(path.into()), *source);
        }
    }
    rows
}

impl Arguments {
    fn shown(&self, said: &Said) -> Shown {
        match &said.value {
            Some(text) => Shown::Text(harmless(text)),
            None if said.is_set => Shown::Secret,
            None if said.secret => Shown::Unset,
            None => self.standing_for(said.key),
        }
    }

    /// What stands for a setting that isn't set.
    fn standing_for(&self, key: &str) -> Shown {
        let found_out = match key {
            "data_dir" => self.store_settings().ok().and_then(|store| match store {
                StoreSettings::Embedded(folder) => Some(folder.display().to_string()),
                StoreSettings::Postgres(_) => None,
            }),
            "github_app_dir" => self
                .github_app_folder()
                .ok()
                .flatten()
                .map(|folder| folder.path().display().to_string()),
            "database_connections" => {
                let workers = values::workers(self.workers.as_deref()).ok().flatten();
                let workers = workers.unwrap_or(super::arguments::DEFAULT_WORKERS);
                self.pooling(workers).ok().map(|pooling| pooling.connections.to_string())
            }
            _ => None,
        };
        match (found_out, default_of(key)) {
            (Some(text), _) => Shown::Text(text),
            (None, None) => Shown::Unset,
            (None, Some(words)) => {
                let literal = words.strip_prefix('`').and_then(|rest| rest.strip_suffix('`'));
                match literal.filter(|literal| !literal.contains('`')) {
                    Some(literal) => Shown::Text(literal.to_owned()),
                    None => Shown::InWords(words),
                }
            }
        }
    }
}

/// A text without credentials, which no address may hold, but which somebody may have put there.
fn harmless(text: &str) -> String {
    match url::Url::parse(text) {
        Ok(mut url) if !url.username().is_empty() || url.password().is_some() => {
            // Only what can't have credentials refuses to have none.
            let gone = url.set_username("***").and_then(|()| url.set_password(None));
            gone.map_or_else(|()| "***".to_owned(), |()| url.to_string())
        }
        _ => text.to_owned(),
    }
}
