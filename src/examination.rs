//! How something is that the service needs: what `asyncwarden doctor` says of it, and what to do.

use std::time::Duration;

use serde::Serialize;

/// How long each thing may take to answer.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// How something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Health {
    /// It works.
    #[serde(rename = "ok")]
    Well,
    /// It works, and should be looked at.
    Warning,
    /// It doesn't work.
    Failed,
    /// It could not be looked at.
    Unknown,
}

impl Health {
    /// Its name, for a person.
    pub fn as_str(self) -> &'static str {
        match self {
            Health::Well => "ok",
            Health::Warning => "warning",
            Health::Failed => "failed",
            Health::Unknown => "unknown",
        }
    }
}

/// Something that was looked at. Holds no secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Examined {
    /// What.
    pub about: String,
    /// How it is.
    pub health: Health,
    /// What was found, in a sentence.
    pub said: String,
    /// What to do.
    pub advice: Option<String>,
}

impl Examined {
    /// It works.
    pub fn well(about: &str, said: impl Into<String>) -> Self {
        Self { about: about.to_owned(), health: Health::Well, said: said.into(), advice: None }
    }

    /// It works, and should be looked at.
    pub fn warning(about: &str, said: impl Into<String>, advice: impl Into<String>) -> Self {
        let advice = Some(advice.into());
        Self { health: Health::Warning, advice, ..Self::well(about, said) }
    }

    /// It doesn't work.
    pub fn failed(about: &str, said: impl Into<String>, advice: impl Into<String>) -> Self {
        let advice = Some(advice.into());
        Self { health: Health::Failed, advice, ..Self::well(about, said) }
    }

    /// It could not be looked at.
    pub fn unknown(about: &str, said: impl Into<String>) -> Self {
        Self { health: Health::Unknown, ..Self::well(about, said) }
    }
}

/// What an examination finds, or that it took too long.
pub async fn in_time(
    about: &str,
    examination: impl Future<Output = Vec<Examined>>,
) -> Vec<Examined> {
    match tokio::time::timeout(PATIENCE, examination).await {
        Ok(found) => found,
        Err(_) => {
            let said = format!("no answer within {} s", PATIENCE.as_secs());
            vec![Examined::failed(about, said, unreachable(""))]
        }
    }
}

/// How a clock that is ahead by so many seconds stands to another one.
pub fn apart(ahead: i64) -> String {
    if ahead < 0 { format!("{} s behind", -ahead) } else { format!("{ahead} s ahead of") }
}

/// Whether a connection failed since the other side's certificate is not trusted.
pub fn is_about_trust(said: &str) -> bool {
    let said = said.to_ascii_lowercase();
    said.contains("certificate") || said.contains("unknownissuer")
}

/// What to do about something that can't be reached, by what the connection said.
pub fn unreachable(said: &str) -> &'static str {
    if is_about_trust(said) {
        return "its certificate is not trusted here: name the authority's certificate in ASYNCWARDEN_CA_FILE, or repair the clock";
    }
    "look whether this machine reaches it: name resolution, firewall, HTTPS_PROXY and NO_PROXY"
}
