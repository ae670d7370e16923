//! Makes secrets, and puts them into the file before those that are there.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use secrecy::{ExposeSecret, SecretString};
use toml_edit::{Array, ArrayOfTables, DocumentMut, Item, Table, value};

use super::file::{HooksFile, parse};
use crate::settings::{SettingsError, private_file};

/// How many former secrets are kept.
const MOST_FORMER: usize = 4;

/// What a secret is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecretKind {
    /// Sent along in clear text, and signs for external status checks.
    Token,
    /// Signs calls.
    Signing,
}

/// A secret that nobody knows yet.
#[derive(Debug, Clone)]
pub struct FreshSecret {
    /// What it is for.
    pub kind: SecretKind,
    /// The secret.
    pub secret: SecretString,
}

impl FreshSecret {
    /// Makes one from 32 random bytes.
    pub fn new(kind: SecretKind) -> Self {
        let bytes = rand::random::<[u8; 32]>();
        let text = match kind {
            SecretKind::Token => URL_SAFE_NO_PAD.encode(bytes),
            SecretKind::Signing => format!("whsec_{}", STANDARD.encode(bytes)),
        };
        Self { kind, secret: SecretString::from(text) }
    }
}

impl HooksFile {
    /// Puts secrets before those of this scope that are there, and keeps everything else as it stands, comments too. The
    /// file is made when it is not there, and is its owner's alone.
    ///
    /// # Errors
    /// Why that can't be done. What was there before is there then.
    pub fn add(&self, scope: &str, secrets: &[FreshSecret]) -> Result<(), SettingsError> {
        self.change(|document| add(document, scope, secrets))
    }

    /// Tries whether it can be written, and writes what stands there.
    ///
    /// # Errors
    /// As [`HooksFile::add`].
    pub fn try_writing(&self) -> Result<(), SettingsError> {
        self.change(|_| Ok(()))
    }

    /// Leaves only the newest secret of this scope for each of these kinds. The last ones of the others are kept apart,
    /// where no call is made with them.
    ///
    /// # Errors
    /// As [`HooksFile::add`].
    pub fn forget_former(&self, scope: &str, kinds: &[SecretKind]) -> Result<(), SettingsError> {
        self.change(|document| {
            let hooks = document.get_mut("hook").and_then(Item::as_array_of_tables_mut);
            let hooks = hooks.into_iter().flat_map(ArrayOfTables::iter_mut);
            for hook in hooks.filter(|hook| is_for(hook, scope)) {
                for kind in kinds {
                    put_away(hook, *kind)?;
                }
            }
            Ok(())
        })
    }

    fn change(
        &self,
        change: impl FnOnce(&mut DocumentMut) -> Result<(), &'static str>,
    ) -> Result<(), SettingsError> {
        // Behind a link is the file that is meant.
        let path = std::fs::canonicalize(self.path()).unwrap_or_else(|_| self.path().to_owned());
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(self.refuse(error)),
        };
        parse(&text).map_err(|problem| self.refuse(problem))?;
        let mut document: DocumentMut = text.parse().map_err(|_| self.refuse("is no TOML"))?;
        change(&mut document).map_err(|problem| self.refuse(problem))?;
        private_file::put(&path, &document.to_string(), true).map_err(|error| self.refuse(error))
    }
}

fn add(
    document: &mut DocumentMut,
    scope: &str,
    secrets: &[FreshSecret],
) -> Result<(), &'static str> {
    let end = document.trailing().as_str().unwrap_or_default().to_owned();
    let hooks = document.entry("hook").or_insert(Item::ArrayOfTables(ArrayOfTables::new()));
    let hooks = hooks.as_array_of_tables_mut().ok_or("its hooks are not written as [[hook]]")?;
    let new = !hooks.iter().any(|hook| is_for(hook, scope));
    if new {
        let mut hook = Table::new();
        hook["scope"] = value(scope);
        // What stands at the end of the file stays before it.
        let first = hooks.is_empty() && end.is_empty();
        hook.decor_mut().set_prefix(if first { String::new() } else { format!("{end}\n") });
        hooks.push(hook);
    }
    let hook = hooks.iter_mut().find(|hook| is_for(hook, scope));
    let hook = hook.ok_or("its hooks are not written as [[hook]]")?;
    for fresh in secrets {
        let all = hook.entry(key(fresh.kind)).or_insert(value(Array::new()));
        let all = all.as_array_mut().ok_or("its secrets are no lists")?;
        all.insert(0, fresh.secret.expose_secret());
        // The line's own form fits its first secret no more.
        let alone = all.len() == 1;
        if let (false, Some(second)) = (alone, all.get_mut(1)) {
            let decor = second.decor_mut();
            if decor.prefix().and_then(|prefix| prefix.as_str()).is_none_or(str::is_empty) {
                decor.set_prefix(" ");
            }
        }
    }
    if new {
        document.set_trailing("");
    }
    Ok(())
}

/// Moves all secrets of a kind but the newest to the former ones.
fn put_away(hook: &mut Table, kind: SecretKind) -> Result<(), &'static str> {
    let Some(all) = hook.get_mut(key(kind)).and_then(Item::as_array_mut) else { return Ok(()) };
    let mut old = Vec::new();
    while all.len() > 1 {
        old.extend(all.remove(1).as_str().map(str::to_owned));
    }
    if old.is_empty() {
        return Ok(());
    }
    let former = hook.entry("former").or_insert(value(Array::new()));
    let former = former.as_array_mut().ok_or("its secrets are no lists")?;
    let kept = former.iter().filter_map(|it| it.as_str().map(str::to_owned));
    let kept: Vec<String> = old.into_iter().chain(kept).take(MOST_FORMER).collect();
    *former = kept.into_iter().collect();
    Ok(())
}

fn is_for(hook: &Table, scope: &str) -> bool {
    let own = hook.get("scope").and_then(Item::as_str).and_then(super::scope);
    own.is_some_and(|own| own.eq_ignore_ascii_case(scope))
}

fn key(kind: SecretKind) -> &'static str {
    match kind {
        SecretKind::Token => "tokens",
        SecretKind::Signing => "signing_tokens",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "# Ours.\n[[hook]]\ntokens = [\"all\"] # everybody's\n\n[[hook]]\nscope = \"Group/sub\"\ntokens = [\"old\"]\n# The end.\n";

    fn fresh(kind: SecretKind, secret: &str) -> FreshSecret {
        FreshSecret { kind, secret: SecretString::from(secret) }
    }

    #[test]
    fn a_secret_goes_before_the_others_and_comments_stay() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = HooksFile::at(folder.path().join("hooks.toml"));
        std::fs::write(file.path(), FILE).expect("it is written");
        file.add("group/sub", &[fresh(SecretKind::Token, "new")]).expect("it is added");
        file.add("other", &[fresh(SecretKind::Signing, "whsec_YQ==")]).expect("it is added");
        let text = std::fs::read_to_string(file.path()).expect("it is there");
        let expected = FILE.replace("[\"old\"]", "[\"new\", \"old\"]")
            + "\n[[hook]]\nscope = \"other\"\nsigning_tokens = [\"whsec_YQ==\"]\n";
        assert_eq!(text, expected);
        file.forget_former("GROUP/sub", &[SecretKind::Token]).expect("they are forgotten");
        let text = std::fs::read_to_string(file.path()).expect("it is there");
        let put_away = "[\"new\"]\nformer = [\"old\"]";
        assert_eq!(text, expected.replace("[\"new\", \"old\"]", put_away));
        for secret in ["1", "2", "3", "4"] {
            file.add("group/sub", &[fresh(SecretKind::Token, secret)]).expect("it is added");
            file.forget_former("group/sub", &[SecretKind::Token]).expect("they are forgotten");
        }
        let text = std::fs::read_to_string(file.path()).expect("it is there");
        assert!(text.contains("[\"4\"]\nformer = [\"3\", \"2\", \"1\", \"new\"]"), "{text}");
    }

    #[test]
    fn the_file_is_made_for_its_owner_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = HooksFile::at(folder.path().join("hooks.toml"));
        let secret = FreshSecret::new(SecretKind::Signing);
        file.add("group", std::slice::from_ref(&secret)).expect("it is made");
        let read = file.clone().read().expect("it is valid");
        let read = read.secrets();
        assert_eq!(read[0].signing_tokens[0].expose_secret(), secret.secret.expose_secret());
        assert_eq!(file.warning(), None);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let open = std::fs::Permissions::from_mode(0o644);
            std::fs::set_permissions(file.path(), open).expect("they are set");
            assert!(file.warning().is_some_and(|it| it.contains("chmod 600")));
            file.add("group", &[fresh(SecretKind::Token, "t")]).expect("it is added");
            assert_eq!(file.warning(), None, "what is written anew is its owner's alone");
        }
    }

    #[test]
    fn a_file_that_is_wrong_stays_as_it_is() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = HooksFile::at(folder.path().join("hooks.toml"));
        for text in ["[[hook]]\ntoken = ['a']\n", "hook = [{ tokens = ['a'] }]\n"] {
            std::fs::write(file.path(), text).expect("it is written");
            assert!(file.add("group", &[fresh(SecretKind::Token, "t")]).is_err(), "{text}");
            assert_eq!(std::fs::read_to_string(file.path()).expect("it is there"), text);
        }
        let nowhere = HooksFile::at(folder.path().join("no/hooks.toml"));
        assert!(nowhere.add("group", &[fresh(SecretKind::Token, "t")]).is_err());
    }
}
