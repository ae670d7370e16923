//! Where the service keeps everything, who operates it, and what it logs.

use secrecy::{ExposeSecret, SecretString};

use super::arguments::DEFAULT_LOG;
use super::values::{self, Secret};
use super::wrong::Wrong;
use super::{Arguments, LogFormat, LogSettings, SettingsError, StoreSettings};
use crate::store::Pooling;

/// Connections for deliveries, pages and the sweep, beside one for each job.
const SPARE_CONNECTIONS: u32 = 12;

impl Arguments {
    pub(super) fn store_settings(&self) -> Result<StoreSettings, SettingsError> {
        let url = Secret("DATABASE_URL", &self.database_url, &self.database_url_file).read()?;
        match url {
            Some(url) => Ok(StoreSettings::Postgres(values::database_url("DATABASE_URL", url)?)),
            None => Ok(StoreSettings::Embedded(match &self.data_dir {
                Some(folder) => folder.clone(),
                None => values::user_data_folder()?,
            })),
        }
    }

    pub(super) fn pooling(&self, workers: usize) -> Result<Pooling, SettingsError> {
        const NAME: &str = "ASYNCWARDEN_DATABASE_CONNECTIONS";
        let least = workers as u64 + 2;
        let connections = match values::number(NAME, self.database_connections.as_deref())? {
            Some(few) if few < least => {
                return Err(SettingsError::value(
                    NAME,
                    format!("must be at least {least}: {workers} jobs run at a time"),
                ));
            }
            Some(many) => {
                u32::try_from(many).map_err(|_| SettingsError::value(NAME, "too large"))?
            }
            None => workers as u32 + SPARE_CONNECTIONS,
        };
        Ok(Pooling { connections, ..Pooling::default() })
    }

    pub(super) fn listen_url(&self) -> Result<Option<SecretString>, SettingsError> {
        const NAME: &str = "ASYNCWARDEN_DATABASE_LISTEN_URL";
        let url = Secret(NAME, &self.database_listen_url, &self.database_listen_url_file).read()?;
        url.map(|url| values::database_url(NAME, url)).transpose()
    }

    pub(super) fn operator_token(&self) -> Result<Option<SecretString>, SettingsError> {
        const NAME: &str = "ASYNCWARDEN_OPERATOR_TOKEN";
        let token = Secret(NAME, &self.operator_token, &self.operator_token_file).read()?;
        match &token {
            Some(short) if short.expose_secret().len() < 16 => {
                Err(SettingsError::value(NAME, "is shorter than 16 characters"))
            }
            _ => Ok(token),
        }
    }

    pub(super) fn log_settings(&self, wrong: &mut Wrong) -> LogSettings {
        let filter = values::log_filter(self.log.as_deref().unwrap_or(DEFAULT_LOG));
        let filter = wrong.value(filter).unwrap_or_else(|| DEFAULT_LOG.to_owned());
        let format = wrong.value(values::log_format(self.log_format.as_deref()));
        LogSettings { filter, format: format.unwrap_or(LogFormat::Text) }
    }
}
