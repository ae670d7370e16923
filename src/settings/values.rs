//! From text to values, each with one clear line when it can't be done.

use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::signature::RsaKeyPair;
use rustls_pki_types::PrivateKeyDer;
use rustls_pki_types::pem::PemObject;
use secrecy::{ExposeSecret, SecretString};
use url::Url;
use zeroize::Zeroizing;

use super::{LogFormat, SettingsError};

/// A secret under this name that is given as a value or as a file.
pub(super) struct Secret<'a>(
    pub &'static str,
    pub &'a Option<SecretString>,
    pub &'a Option<PathBuf>,
);

impl Secret<'_> {
    /// The secret without the line end that files have; `None` when it isn't set.
    pub(super) fn read(&self) -> Result<Option<SecretString>, SettingsError> {
        let Self(name, value, file) = self;
        match (value, file) {
            (Some(_), Some(_)) => Err(SettingsError::Twice(name)),
            (Some(value), None) => Ok(Some(trimmed(value.expose_secret()))),
            (None, None) => Ok(None),
            (None, Some(path)) => {
                let text = read(name, path)?;
                if text.trim().is_empty() {
                    let problem = format!("the file {} is empty", path.display());
                    return Err(SettingsError::value(name, problem));
                }
                Ok(Some(trimmed(&text)))
            }
        }
    }
}

fn trimmed(text: &str) -> SecretString {
    SecretString::from(text.trim())
}

fn read(name: &'static str, path: &Path) -> Result<Zeroizing<String>, SettingsError> {
    std::fs::read_to_string(path).map(Zeroizing::new).map_err(|error| {
        SettingsError::value(name, format_args!("cannot read {}: {error}", path.display()))
    })
}

/// A number above zero.
pub(super) fn number(name: &'static str, text: Option<&str>) -> Result<Option<u64>, SettingsError> {
    let Some(text) = text else { return Ok(None) };
    match text.trim().parse() {
        Ok(number) if number > 0 => Ok(Some(number)),
        _ => Err(SettingsError::value(name, format_args!("{text:?} is not a number above 0"))),
    }
}

/// A time above zero, up to a day, in seconds with or without a fraction.
pub(super) fn seconds(
    name: &'static str,
    text: Option<&str>,
) -> Result<Option<Duration>, SettingsError> {
    const LONGEST: Duration = Duration::from_secs(24 * 3600);
    let Some(text) = text else { return Ok(None) };
    let seconds =
        text.trim().parse().ok().and_then(|number| Duration::try_from_secs_f64(number).ok());
    match seconds {
        Some(time) if !time.is_zero() && time <= LONGEST => Ok(Some(time)),
        _ => Err(SettingsError::value(
            name,
            format_args!(
                "{text:?} is not a number of seconds above 0, up to {}",
                LONGEST.as_secs()
            ),
        )),
    }
}

/// A number of days that is not longer than a life.
pub(super) fn days(name: &'static str, text: Option<&str>) -> Result<Option<i64>, SettingsError> {
    let Some(text) = text else { return Ok(None) };
    match text.trim().parse() {
        Ok(days) if (0..=36_500).contains(&days) => Ok(Some(days)),
        _ => Err(SettingsError::value(
            name,
            format_args!("{text:?} is not a number of days from 0 to 36500"),
        )),
    }
}

/// A choice.
pub(super) fn yes_or_no(
    name: &'static str,
    text: Option<&str>,
) -> Result<Option<bool>, SettingsError> {
    match text.map(str::trim) {
        None => Ok(None),
        Some("yes") => Ok(Some(true)),
        Some("no") => Ok(Some(false)),
        Some(other) => {
            Err(SettingsError::value(name, format_args!("{other:?} is neither yes nor no")))
        }
    }
}

/// How many jobs run at a time.
pub(super) fn workers(text: Option<&str>) -> Result<Option<usize>, SettingsError> {
    const NAME: &str = "ASYNCWARDEN_WORKERS";
    match number(NAME, text)?.map(usize::try_from) {
        None => Ok(None),
        Some(Ok(workers)) if workers <= 256 => Ok(Some(workers)),
        Some(_) => Err(SettingsError::value(NAME, "more than 256 workers")),
    }
}

/// A host and a port.
pub(super) fn address(
    name: &'static str,
    text: Option<&str>,
) -> Result<Option<String>, SettingsError> {
    let Some(text) = text.map(str::trim) else { return Ok(None) };
    let port = text.rsplit_once(':').filter(|(host, _)| !host.is_empty()).map(|(_, port)| port);
    match port.map(str::parse::<u16>) {
        Some(Ok(_)) => Ok(Some(text.to_owned())),
        _ => Err(SettingsError::value(name, format_args!("{text:?} is not HOST:PORT"))),
    }
}

/// An `http` or `https` URL, if there is one.
pub(super) fn url(name: &'static str, text: Option<&str>) -> Result<Option<Url>, SettingsError> {
    text.map(|text| parse_url(name, text)).transpose()
}

/// An `http` or `https` URL without credentials, query and fragment.
pub(crate) fn parse_url(name: &'static str, text: &str) -> Result<Url, SettingsError> {
    let refuse = |problem: &str| {
        SettingsError::value(name, format_args!("not the base of an http or https URL: {problem}"))
    };
    let url = Url::parse(text.trim().trim_end_matches('/'))
        .map_err(|error| refuse(&error.to_string()))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(refuse(&format!("the scheme is {:?}", url.scheme())));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(refuse("it holds credentials"));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(refuse("it has a query or a fragment"));
    }
    Ok(url)
}

/// A URL of a PostgreSQL database. Its text may hold a password and appears in no message.
pub(super) fn database_url(
    name: &'static str,
    url: SecretString,
) -> Result<SecretString, SettingsError> {
    let text = url.expose_secret();
    if !text.starts_with("postgres://") && !text.starts_with("postgresql://") {
        return Err(SettingsError::value(
            name,
            "does not start with postgres:// (the embedded store is chosen by leaving it out)",
        ));
    }
    if sqlx::postgres::PgConnectOptions::from_str(text).is_err() {
        return Err(SettingsError::value(name, "is not a PostgreSQL URL"));
    }
    Ok(url)
}

/// `asyncwarden` in the user's data folder.
pub(super) fn user_data_folder() -> Result<PathBuf, SettingsError> {
    let set = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    set("XDG_DATA_HOME")
        .or_else(|| set("HOME").map(|home| home.join(".local/share")))
        .map(|folder| folder.join("asyncwarden"))
        .ok_or_else(|| {
            SettingsError::value(
                "ASYNCWARDEN_DATA_DIR",
                "must be set, since neither DATABASE_URL nor HOME is",
            )
        })
}

/// Values separated by commas, at least one, none empty.
pub(super) fn list(
    name: &'static str,
    text: &SecretString,
) -> Result<Vec<SecretString>, SettingsError> {
    let parts: Vec<SecretString> = text.expose_secret().split(',').map(trimmed).collect();
    if parts.iter().any(|part| part.expose_secret().is_empty()) {
        return Err(SettingsError::value(name, "has an empty part between its commas"));
    }
    Ok(parts)
}

/// Longest path that is taken for one, in bytes. What can't be read is shown; a key without its first line is longer.
const LONGEST_PATH: usize = 500;

/// PEM text of an RSA key, given as such or as the path of a file.
pub(super) fn private_key_or_path(
    name: &'static str,
    given: &SecretString,
) -> Result<SecretString, SettingsError> {
    let text = given.expose_secret();
    if text.contains("-----BEGIN") {
        return private_key(name, given);
    }
    let path = Path::new(text);
    if text.contains('\n') || text.len() > LONGEST_PATH || !(path.exists() || is_likely(path)) {
        return Err(SettingsError::value(name, "is neither PEM text nor the path of a file"));
    }
    private_key(name, &SecretString::from(read(name, path)?.as_str()))
}

/// Whether a path that leads nowhere is likely meant as one, and not a secret in the wrong place.
fn is_likely(path: &Path) -> bool {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    folder.is_some_and(Path::is_dir) || path.extension().is_some_and(|it| it == "pem")
}

/// PEM text of an RSA key; its line ends may be written `\n`.
pub(super) fn private_key(
    name: &'static str,
    given: &SecretString,
) -> Result<SecretString, SettingsError> {
    let text = given.expose_secret();
    let text = Zeroizing::new(text.replace("\\n", "\n").replace("\\r", ""));
    match PrivateKeyDer::from_pem_slice(text.as_bytes()) {
        Ok(PrivateKeyDer::Pkcs1(der)) => RsaKeyPair::from_der(der.secret_pkcs1_der()),
        Ok(PrivateKeyDer::Pkcs8(der)) => RsaKeyPair::from_pkcs8(der.secret_pkcs8_der()),
        Ok(_) => return Err(SettingsError::value(name, "is not the PEM of an RSA private key")),
        Err(_) => return Err(SettingsError::value(name, "is not the PEM of a private key")),
    }
    .map_err(|_| SettingsError::value(name, "is not a usable RSA private key"))?;
    Ok(SecretString::from(text.as_str()))
}

/// `whsec_` and base64.
pub(super) fn signing_token(
    name: &'static str,
    token: SecretString,
) -> Result<SecretString, SettingsError> {
    let key = token.expose_secret().strip_prefix("whsec_").map(|text| STANDARD.decode(text));
    match key {
        Some(Ok(key)) if !key.is_empty() => Ok(token),
        Some(_) => Err(SettingsError::value(name, "has no base64 after whsec_")),
        None => Err(SettingsError::value(name, "does not start with whsec_")),
    }
}

/// A filter that the subscriber takes.
pub(super) fn log_filter(text: &str) -> Result<String, SettingsError> {
    match tracing_subscriber::EnvFilter::try_new(text) {
        Ok(_) => Ok(text.to_owned()),
        Err(error) => Err(SettingsError::value("ASYNCWARDEN_LOG", error)),
    }
}

/// The form of log lines.
pub(super) fn log_format(text: Option<&str>) -> Result<LogFormat, SettingsError> {
    match text.map(str::trim) {
        None | Some("text") => Ok(LogFormat::Text),
        Some("json") => Ok(LogFormat::Json),
        Some(other) => Err(SettingsError::value(
            "ASYNCWARDEN_LOG_FORMAT",
            format_args!("{other:?} is neither text nor json"),
        )),
    }
}
