//! What follows from a setting's declaration: its flag, its variable, its key in the file, and that it is forgotten nowhere.

use std::path::PathBuf;

use clap::builder::{OsStringValueParser, StringValueParser, TypedValueParser, ValueParser};
use secrecy::{ExposeSecret, SecretString};

/// How a setting is given.
pub(super) trait Given {
    /// Whether nobody may see it.
    const SECRET: bool;

    /// Takes whatever is given. What was set to nothing is found out later.
    fn parser() -> ValueParser;

    /// Whether it was set to nothing.
    fn is_empty(&self) -> bool;

    /// What anybody may see of it.
    fn shown(&self) -> Option<String>;
}

impl Given for String {
    const SECRET: bool = false;

    fn parser() -> ValueParser {
        ValueParser::string()
    }

    fn is_empty(&self) -> bool {
        self.trim().is_empty()
    }

    fn shown(&self) -> Option<String> {
        Some(self.clone())
    }
}

impl Given for PathBuf {
    const SECRET: bool = false;

    fn parser() -> ValueParser {
        // The usual one refuses a variable that is set to nothing.
        ValueParser::new(OsStringValueParser::new().map(PathBuf::from))
    }

    fn is_empty(&self) -> bool {
        self.as_os_str().is_empty()
    }

    fn shown(&self) -> Option<String> {
        Some(self.display().to_string())
    }
}

impl Given for SecretString {
    const SECRET: bool = true;

    fn parser() -> ValueParser {
        ValueParser::new(StringValueParser::new().map(SecretString::from))
    }

    fn is_empty(&self) -> bool {
        self.expose_secret().trim().is_empty()
    }

    fn shown(&self) -> Option<String> {
        None
    }
}

/// A setting, and what was said of it.
pub(super) struct Said {
    /// Its key in the settings file.
    pub(super) key: &'static str,
    pub(super) variable: &'static str,
    /// Whether nobody may see it.
    pub(super) secret: bool,
    pub(super) is_set: bool,
    /// What it is set to, unless it is a secret.
    pub(super) value: Option<String>,
}

impl Said {
    pub(super) fn of<T: Given>(
        key: &'static str,
        variable: &'static str,
        given: Option<&T>,
    ) -> Self {
        let value = given.and_then(T::shown);
        Self { key, variable, secret: T::SECRET, is_set: given.is_some(), value }
    }
}

/// Makes [`super::Arguments`] of declarations.
macro_rules! declare {
    ($($(#[doc = $help:tt])+ $key:ident: $kind:ident = $variable:tt $value:tt,)+) => {
        /// What the service can be told. Everything is text as it was given; [`Arguments::resolve`] checks it.
        #[derive(Debug, Clone, Default, clap::Args, serde::Deserialize)]
        #[serde(default, deny_unknown_fields)]
        pub struct Arguments {
            /// TOML file with any of these settings. A key is the variable's name in lower case without `asyncwarden_`: `listen`, `database_url`, `github_app_id`.
            #[arg(
                long,
                env = "ASYNCWARDEN_CONFIG",
                value_name = "FILE",
                value_parser = <PathBuf as $crate::settings::declare::Given>::parser()
            )]
            #[serde(skip)]
            pub config: Option<PathBuf>,
            $(
                $(#[doc = $help])+
                #[arg(
                    long,
                    env = $variable,
                    value_name = $value,
                    value_parser = <$kind as $crate::settings::declare::Given>::parser(),
                    hide_env_values = <$kind as $crate::settings::declare::Given>::SECRET,
                    allow_hyphen_values = <$kind as $crate::settings::declare::Given>::SECRET
                )]
                pub $key: Option<$kind>,
            )+
        }

        impl Arguments {
            /// Takes each setting from the file where it isn't set otherwise.
            pub(super) fn or(self, file: Self) -> Self {
                Self { config: self.config, $($key: self.$key.or(file.$key)),+ }
            }

            /// A variable that is set to nothing, as container files do for optional ones, counts as not set.
            pub(super) fn without_empty(mut self) -> Self {
                use $crate::settings::declare::Given;
                self.config.take_if(|given| given.is_empty());
                $(self.$key.take_if(|given| given.is_empty());)+
                self
            }

            /// All settings, in the order of their declaration.
            pub(super) fn said(&self) -> Vec<$crate::settings::declare::Said> {
                use $crate::settings::declare::Said;
                vec![
                    Said::of("config", "ASYNCWARDEN_CONFIG", self.config.as_ref()),
                    $(Said::of(stringify!($key), $variable, self.$key.as_ref())),+
                ]
            }
        }
    };
}

pub(super) use declare;
