//! From what was said to settings that can be used.

use super::arguments::{DEFAULT_LISTEN, DEFAULT_WORKERS, PUBLIC_URL};
use super::wrong::{Wrong, first};
use super::{Arguments, LogSettings, Settings, SettingsError, StoreSettings, file, values};

impl Arguments {
    /// Reads the files, fills in defaults and checks everything.
    ///
    /// # Errors
    /// One line that says what contradicts what, what is missing or which value can't be used.
    pub fn resolve(self) -> Result<Settings, SettingsError> {
        self.resolve_all().map_err(first)
    }

    /// As [`Arguments::resolve`], and doesn't stop at the first thing that is wrong.
    ///
    /// # Errors
    /// All that is wrong, at least one thing.
    pub fn resolve_all(self) -> Result<Settings, Vec<SettingsError>> {
        let mut wrong = Wrong::default();
        let given = self.with_file_of(&mut wrong);
        let given = &given;
        let workers = wrong.or(values::workers(given.workers.as_deref()), DEFAULT_WORKERS);
        let listen = wrong.or(given.listens().map(Some), DEFAULT_LISTEN.to_owned());
        let store = wrong.value(given.store_settings());
        let pooling = wrong.value(given.pooling(workers));
        let database_listen_url = wrong.value(given.listen_url()).flatten();
        let public_url = wrong.value(values::url(PUBLIC_URL, given.public_url.as_deref()));
        let github = given.github(&mut wrong);
        let github_app_folder = wrong.value(given.github_app_folder()).flatten();
        let gitlab = given.gitlab(&mut wrong);
        let traces = wrong.value(given.traces()).flatten();
        let metrics_listen =
            values::address("ASYNCWARDEN_METRICS_LISTEN", given.metrics_listen.as_deref());
        let metrics_listen = wrong.value(metrics_listen).flatten();
        let baseline = values::yes_or_no("ASYNCWARDEN_BASELINE", given.baseline.as_deref());
        let baseline = wrong.or(baseline, true);
        let authorities = wrong.value(given.authorities()).unwrap_or_default();
        let operator_token = wrong.value(given.operator_token()).flatten();
        let sign_in = given.sign_in(&mut wrong);
        let log = given.log_settings(&mut wrong);
        let context = given.context(&mut wrong);
        let retention = given.retention(&mut wrong);
        let timings = given.timings(&mut wrong);
        let settings = store.zip(pooling).map(|(store, pooling)| Settings {
            listen,
            store,
            pooling,
            database_listen_url,
            public_url: public_url
                .flatten()
                .map(|url| url.as_str().trim_end_matches('/').to_owned()),
            workers,
            github,
            github_app_folder,
            gitlab,
            baseline,
            authorities,
            operator_token,
            sign_in,
            log,
            traces,
            metrics_listen,
            context,
            retention,
            made_up: false,
            timings,
        });
        wrong.end(settings)
    }

    /// Only where everything is kept, and the log, for commands that speak with no platform.
    ///
    /// # Errors
    /// As [`Arguments::resolve`].
    pub fn resolve_store(self) -> Result<(StoreSettings, LogSettings), SettingsError> {
        let mut wrong = Wrong::default();
        let given = self.with_file_of(&mut wrong);
        let store = wrong.value(given.store_settings());
        let log = given.log_settings(&mut wrong);
        wrong.end(store.map(|store| (store, log))).map_err(first)
    }

    /// Only the address that the service listens on, for who asks it something.
    ///
    /// # Errors
    /// As [`Arguments::resolve`].
    pub fn resolve_listen(self) -> Result<String, SettingsError> {
        self.with_file()?.listens()
    }

    fn listens(&self) -> Result<String, SettingsError> {
        let given = values::address("ASYNCWARDEN_LISTEN", self.listen.as_deref())?;
        Ok(given.unwrap_or_else(|| DEFAULT_LISTEN.to_owned()))
    }

    /// Fills what flags and environment left open from the settings file, and takes empty values for unset ones.
    pub(super) fn with_file(self) -> Result<Self, SettingsError> {
        let mut wrong = Wrong::default();
        let given = self.with_file_of(&mut wrong);
        wrong.end(Some(given)).map_err(first)
    }

    fn with_file_of(self, wrong: &mut Wrong) -> Self {
        let given = self.without_empty();
        let file = given.config.as_deref().map(file::read).unwrap_or_default();
        file.1.into_iter().for_each(|problem| wrong.note(problem));
        given.or(file.0.without_empty())
    }
}
