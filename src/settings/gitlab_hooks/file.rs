//! The file that holds secrets by scope. What is wrong with it is said without what stands in it.

use std::path::{Path, PathBuf};

use secrecy::SecretString;
use toml::{Table, Value};

use super::scope;
use crate::forge::gitlab::HookSecrets;
use crate::policy::nearest;
use crate::settings::{SettingsError, file, values};

pub(super) const NAME: &str = "ASYNCWARDEN_GITLAB_HOOKS_FILE";
const KEYS: [&str; 4] = ["scope", "tokens", "signing_tokens", "former"];

/// The file, as it was when it was read.
#[derive(Debug, Clone)]
pub struct HooksFile {
    path: PathBuf,
    secrets: Vec<HookSecrets>,
}

impl HooksFile {
    /// The file at this path, whether or not it is there; nothing is known of what it holds.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), secrets: Vec::new() }
    }

    /// Reads it.
    ///
    /// # Errors
    /// Why it can't be used. No secret is named.
    pub fn read(self) -> Result<Self, SettingsError> {
        let text = std::fs::read_to_string(&self.path).map_err(|error| self.refuse(error))?;
        let secrets = parse(&text).map_err(|problem| self.refuse(problem))?;
        Ok(Self { secrets, ..self })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What it held.
    pub fn secrets(&self) -> &[HookSecrets] {
        &self.secrets
    }

    /// What is wrong with who may read it, for the log.
    pub fn warning(&self) -> Option<String> {
        readable_by_others(&self.path).then(|| {
            let path = self.path.display();
            format!("others may read the secrets in {path} ({NAME}): chmod 600 {path}")
        })
    }

    pub(super) fn refuse(&self, problem: impl std::fmt::Display) -> SettingsError {
        SettingsError::value(NAME, format_args!("{}: {problem}", self.path.display()))
    }
}

pub(crate) fn parse(text: &str) -> Result<Vec<HookSecrets>, String> {
    let table: Table = text.parse().map_err(|error: toml::de::Error| file::place(text, &error))?;
    let mut hooks = Vec::new();
    for (key, value) in table {
        if key != "hook" {
            return Err(format!("there is no `{key}`; it holds [[hook]] tables"));
        }
        let Value::Array(all) = value else { return Err("`hook` has to be [[hook]]".to_owned()) };
        for (at, value) in all.into_iter().enumerate() {
            hooks.push(hook(value).map_err(|problem| format!("hook {}: {problem}", at + 1))?);
        }
    }
    Ok(hooks)
}

fn hook(value: Value) -> Result<HookSecrets, String> {
    let Value::Table(table) = value else { return Err("is no table".to_owned()) };
    let mut hook = HookSecrets::default();
    for (key, value) in table {
        match key.as_str() {
            "scope" => {
                let text = value.as_str().ok_or("`scope` is no text")?;
                let path = scope(text).ok_or("`scope` is not the path of a project or group")?;
                hook.scope = Some(path);
            }
            "tokens" => hook.tokens = secrets("tokens", value)?,
            "former" => hook.former = secrets("former", value)?,
            "signing_tokens" => {
                let tokens = secrets("signing_tokens", value)?.into_iter().map(|token| {
                    let checked = values::signing_token("signing_tokens", token);
                    checked.map_err(|error| error.to_string())
                });
                hook.signing_tokens = tokens.collect::<Result<_, _>>()?;
            }
            other => {
                return Err(match nearest(other, KEYS) {
                    Some(meant) => format!("there is no `{other}`; did you mean `{meant}`?"),
                    None => format!("there is no `{other}`; there are {}", KEYS.join(", ")),
                });
            }
        }
    }
    if hook.is_empty() {
        return Err("has neither tokens nor signing_tokens".to_owned());
    }
    Ok(hook)
}

fn secrets(name: &str, value: Value) -> Result<Vec<SecretString>, String> {
    let wrong = || format!("`{name}` is no list of texts, none of them empty");
    let Value::Array(values) = value else { return Err(wrong()) };
    let text = |value: Value| match value {
        Value::String(text) if !text.trim().is_empty() => Some(SecretString::from(text.trim())),
        _ => None,
    };
    values.into_iter().map(text).collect::<Option<_>>().ok_or_else(wrong)
}

#[cfg(unix)]
fn readable_by_others(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).is_ok_and(|file| file.permissions().mode() & 0o044 != 0)
}

#[cfg(not(unix))]
fn readable_by_others(_: &Path) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    #[test]
    fn secrets_are_read_in_their_order() {
        let text = "# rotated\n[[hook]]\ntokens = ['all']\n[[hook]]\nscope = '/group/sub/'\ntokens = ['new', 'old']\nsigning_tokens = ['whsec_YQ==']\n";
        let hooks = parse(text).expect("it is valid");
        let plain = |all: &[SecretString]| -> Vec<String> {
            all.iter().map(|it| it.expose_secret().to_owned()).collect()
        };
        assert_eq!(hooks[0].scope, None);
        assert_eq!(hooks[1].scope.as_deref(), Some("group/sub"));
        assert_eq!(plain(&hooks[1].tokens), ["new", "old"]);
        assert_eq!(plain(&hooks[1].signing_tokens), ["whsec_YQ=="]);
        assert!(parse("").expect("it is valid").is_empty());
    }

    #[test]
    fn what_is_wrong_is_said_without_a_secret() {
        for (text, problem) in [
            ("[[hook]]\ntoken = ['s3cret']", "hook 1: there is no `token`; did you mean `tokens`?"),
            ("hooks = 's3cret'", "there is no `hooks`; it holds [[hook]] tables"),
            ("[hook]\ntokens = ['s3cret']", "`hook` has to be [[hook]]"),
            ("[[hook]]\nscope = 'a'", "hook 1: has neither tokens nor signing_tokens"),
            ("[[hook]]\nscope = 'a'\ntokens = []", "hook 1: has neither tokens nor signing_tokens"),
            (
                "[[hook]]\ntokens = ['a']\n[[hook]]\ntokens = 's3cret'",
                "hook 2: `tokens` is no list of texts, none of them empty",
            ),
            (
                "[[hook]]\ntokens = ['s3cret', 53]",
                "hook 1: `tokens` is no list of texts, none of them empty",
            ),
            (
                "[[hook]]\ntokens = ['s3cret', ' ']",
                "hook 1: `tokens` is no list of texts, none of them empty",
            ),
            (
                "[[hook]]\nscope = 'https://host/s3cret'\ntokens = ['s3cret']",
                "hook 1: `scope` is not the path of a project or group",
            ),
            ("[[hook]]\nscope = 5\ntokens = ['s3cret']", "hook 1: `scope` is no text"),
            (
                "[[hook]]\nsigning_tokens = ['s3cret']",
                "hook 1: signing_tokens: does not start with whsec_",
            ),
        ] {
            assert_eq!(parse(text).expect_err("it is wrong"), problem, "{text}");
        }
        let cut = parse("[[hook]]\ntokens = ['s3cret'").expect_err("it is cut off");
        assert!(cut.starts_with("line 2, column ") && !cut.contains("s3cret"), "{cut}");
        let bare = parse("[[hook]]\ntokens = [s3cret]").expect_err("it has no quotes");
        assert!(!bare.contains("s3cret"), "{bare}");
    }
}
