//! Sets the webhook of one project or group.

use std::io::Write;

use anyhow::{Context, anyhow, bail};
use secrecy::SecretString;
use url::Url;

use super::install_webhook::Args;
use super::{secrets, words};
use crate::forge::gitlab::GitLab;
use crate::forge::gitlab::hooks::{
    Hook, HookError, HookSecret, Place, PlaceKind, Version, WantedCheck, WantedHook,
};
use crate::settings::{FreshSecret, GitLabSetup, HooksFile, SecretKind};

/// What a person reads: where, and what.
pub(super) fn say(place: &Place, text: &str) -> anyhow::Result<()> {
    Ok(writeln!(std::io::stdout(), "{}: {text}", place.full_path)?)
}

/// A run of the command.
pub(super) struct Work<'a> {
    pub(super) args: &'a Args,
    pub(super) setup: &'a GitLabSetup,
    pub(super) gitlab: GitLab,
    /// What is to be called.
    pub(super) url: Url,
    /// Which GitLab it is.
    pub(super) version: Option<Version>,
}

/// Secrets that are made for a place.
#[derive(Default)]
struct Fresh {
    hook: Option<FreshSecret>,
    check: Option<FreshSecret>,
}

impl Work<'_> {
    pub(super) async fn on(&self, place: &Place) -> anyhow::Result<()> {
        let standing = self.gitlab.hooks_to(place, &self.url).await;
        let standing =
            standing.map_err(|error| words::hooks_refused(error, place, self.url.as_str()))?;
        if self.args.remove {
            return self.remove(place, &standing).await;
        }
        let fresh = self.fresh(place);
        let secret = match &fresh.hook {
            Some(FreshSecret { kind: SecretKind::Signing, secret }) => HookSecret::Signing(secret),
            Some(FreshSecret { kind: SecretKind::Token, secret }) => HookSecret::Token(secret),
            None => secrets::of_hook(&self.setup.hooks, &place.full_path).ok_or_else(|| {
                anyhow!(
                    "the service has no secret for {}: set ASYNCWARDEN_GITLAB_WEBHOOK_TOKEN or \
                     ASYNCWARDEN_GITLAB_SIGNING_TOKEN, or give --new-secret",
                    place.full_path
                )
            })?,
        };
        let wanted =
            WantedHook { url: &self.url, secret, verify_tls: !self.args.no_tls_verification };
        self.check_signing(place, &wanted)?;
        if self.args.dry_run {
            return self.say_only(place, &standing, &wanted);
        }
        let file = self.file_of(&fresh)?;
        // A scope's first signing token makes the service refuse calls that are not signed: they have to be by then.
        let begins_to_sign = matches!(secret, HookSecret::Signing(_)) && !self.is_signed(place);
        match file {
            Some(file) if begins_to_sign => file.try_writing()?,
            Some(file) => self.keep(file, place, &fresh)?,
            None => {}
        }
        let hook = self.set(place, &standing, &wanted, begins_to_sign).await?;
        if let (Some(file), true) = (file, begins_to_sign) {
            self.keep(file, place, &fresh).context(
                "the webhook has a secret by now that is kept nowhere: run the command again",
            )?;
        }
        self.say_set(place, &standing, &wanted, &hook)?;
        self.doubles(place, &standing).await?;
        if self.args.status_check {
            self.set_check(place, &fresh).await?;
        }
        if let Some(file) = file {
            self.forget_former(file, place, &fresh).await?;
        }
        self.test(place, &hook).await
    }

    /// The secrets that are to be made: signing tokens where GitLab knows them.
    fn fresh(&self, place: &Place) -> Fresh {
        if !self.args.new_secret {
            return Fresh::default();
        }
        let signs = self.version.is_some_and(|version| version >= Version::SIGNS);
        let hook = FreshSecret::new(if signs { SecretKind::Signing } else { SecretKind::Token });
        let known = secrets::of_check(&self.setup.hooks, &place.full_path).is_some();
        let check = (self.args.status_check && signs && !known)
            .then(|| FreshSecret::new(SecretKind::Token));
        Fresh { hook: Some(hook), check }
    }

    fn file_of(&self, fresh: &Fresh) -> anyhow::Result<Option<&HooksFile>> {
        if fresh.hook.is_none() {
            return Ok(None);
        }
        let file = self.setup.hooks_file.as_ref();
        file.map(Some).context("ASYNCWARDEN_GITLAB_HOOKS_FILE has to say where the new secret goes")
    }

    fn keep(&self, file: &HooksFile, place: &Place, fresh: &Fresh) -> anyhow::Result<()> {
        let all: Vec<FreshSecret> = fresh.hook.iter().chain(&fresh.check).cloned().collect();
        file.add(&place.full_path, &all)?;
        say(place, &format!("its new secret is in {}", file.path().display()))
    }

    /// Whether only signed calls are taken from there already.
    fn is_signed(&self, place: &Place) -> bool {
        let hooks = self.setup.hooks.iter().filter(|hook| hook.covers(&place.full_path));
        hooks.into_iter().any(|hook| !hook.signing_tokens.is_empty())
    }

    fn check_signing(&self, place: &Place, wanted: &WantedHook<'_>) -> anyhow::Result<()> {
        let path = &place.full_path;
        let signs = matches!(wanted.secret, HookSecret::Signing(_));
        if let (true, Some(old)) = (signs || self.is_signed(place), self.version)
            && old < Version::SIGNS
        {
            bail!(
                "the service takes only signed calls from {path}, which GitLab {old} can't send (19.0 can): set \
                 ASYNCWARDEN_GITLAB_WEBHOOK_TOKEN and no signing token, or update GitLab"
            );
        }
        let below = secrets::signed_below(&self.setup.hooks, path);
        if place.kind == PlaceKind::Group && !signs && !below.is_empty() {
            say(
                place,
                &format!(
                    "calls of {} will be refused, since they have signing tokens of their own",
                    below.join(", ")
                ),
            )?;
        }
        Ok(())
    }

    async fn set(
        &self,
        place: &Place,
        standing: &[Hook],
        wanted: &WantedHook<'_>,
        keep_token: bool,
    ) -> anyhow::Result<Hook> {
        let set = self.gitlab.set_hook(place, standing.first(), wanted, keep_token).await;
        set.map_err(|error| match error {
            HookError::NotSigned => anyhow!(
                "GitLab did not take the signing token of {0} (19.0 is the first that does), and the service would refuse its \
                 calls; what stood before stands again: set ASYNCWARDEN_GITLAB_WEBHOOK_TOKEN and no signing token, or update GitLab",
                place.full_path
            ),
            HookError::Forge(error) => words::hooks_refused(error, place, self.url.as_str()),
        })
    }

    fn say_only(
        &self,
        place: &Place,
        standing: &[Hook],
        wanted: &WantedHook<'_>,
    ) -> anyhow::Result<()> {
        if self.args.new_secret {
            let file = self.setup.hooks_file.as_ref().map(|file| file.path().display().to_string());
            let file = file.context("ASYNCWARDEN_GITLAB_HOOKS_FILE has to say where it goes")?;
            say(place, &format!("a new secret would go into {file}"))?;
        }
        let what = match standing.first() {
            None => "a webhook would be created".to_owned(),
            Some(hook) if wanted.fits(place, hook) => {
                format!("webhook {} stands as it has to; its secret would be set again", hook.id)
            }
            Some(hook) => format!("webhook {} would be updated", hook.id),
        };
        say(place, &what)?;
        if standing.len() > 1 {
            let would = if self.args.remove_doubles { "would be removed" } else { "would stay" };
            say(place, &format!("{} more with this address {would}", standing.len() - 1))?;
        }
        if self.args.status_check {
            say(place, "the external status check would be set")?;
        }
        Ok(())
    }

    fn say_set(
        &self,
        place: &Place,
        standing: &[Hook],
        wanted: &WantedHook<'_>,
        hook: &Hook,
    ) -> anyhow::Result<()> {
        let done = match standing.first() {
            None => "created",
            Some(before) if wanted.fits(place, before) => "unchanged (its secret was set again)",
            Some(_) => "updated",
        };
        let how = match wanted.secret {
            HookSecret::Signing(_) => "calls are signed",
            HookSecret::Token(_) => "calls carry a secret token",
        };
        say(place, &format!("webhook {} to {} {done}; {how}", hook.id, self.url))
    }

    async fn doubles(&self, place: &Place, standing: &[Hook]) -> anyhow::Result<()> {
        for double in standing.iter().skip(1) {
            if self.args.remove_doubles {
                let deleted = self.gitlab.delete_hook(place, double.id).await;
                deleted.map_err(|error| words::hooks_refused(error, place, self.url.as_str()))?;
                say(place, &format!("webhook {} with the same address removed", double.id))?;
            } else {
                say(
                    place,
                    &format!(
                        "webhook {} has the same address, so that everything comes twice; --remove-doubles removes it",
                        double.id
                    ),
                )?;
            }
        }
        Ok(())
    }

    async fn set_check(&self, place: &Place, fresh: &Fresh) -> anyhow::Result<()> {
        let refused = |error| words::checks_refused(error, place);
        let secret = self.check_secret(place, fresh).with_context(|| {
            format!(
                "the service has no secret token for {}, with which its external status check could sign: set \
                 ASYNCWARDEN_GITLAB_WEBHOOK_TOKEN, or give --new-secret",
                place.full_path
            )
        })?;
        let standing = self.gitlab.status_check(place, &self.url).await.map_err(refused)?;
        let wanted = WantedCheck { url: &self.url, secret };
        let set = self.gitlab.set_status_check(place, standing.as_ref(), &wanted).await;
        let set = set.map_err(refused)?;
        if set.hmac != Some(true) {
            self.gitlab.delete_status_check(place, set.id).await.map_err(refused)?;
            bail!(
                "this GitLab does not sign the calls of external status checks, so that the service would refuse them; the \
                 one of {} is taken away",
                place.full_path
            );
        }
        let done = if standing.is_some() { "updated" } else { "created" };
        say(place, &format!("external status check {} {done}", set.id))
    }

    fn check_secret<'s>(&'s self, place: &Place, fresh: &'s Fresh) -> Option<&'s SecretString> {
        let token = fresh.hook.as_ref().filter(|fresh| fresh.kind == SecretKind::Token);
        let fresh = fresh.check.as_ref().or(token).map(|fresh| &fresh.secret);
        fresh.or_else(|| secrets::of_check(&self.setup.hooks, &place.full_path))
    }

    /// Takes former secrets out of the file, once nothing needs them. A token may also be the secret of an external status
    /// check, of the project or of one below the group.
    async fn forget_former(
        &self,
        file: &HooksFile,
        place: &Place,
        fresh: &Fresh,
    ) -> anyhow::Result<()> {
        let Some(new) = &fresh.hook else { return Ok(()) };
        let may_be_used = new.kind == SecretKind::Token
            && !self.args.status_check
            && match place.kind {
                PlaceKind::Group => true,
                // Without such checks, as below Ultimate, there is none to use it.
                PlaceKind::Project => {
                    matches!(self.gitlab.status_check(place, &self.url).await, Ok(Some(_)))
                }
            };
        if may_be_used {
            return say(
                place,
                "its former secret token stays in the file, since an external status check may sign with it",
            );
        }
        Ok(file.forget_former(&place.full_path, &[new.kind])?)
    }

    async fn test(&self, place: &Place, hook: &Hook) -> anyhow::Result<()> {
        let off = words::switched_off(hook);
        if let Some(off) = &off {
            say(place, off)?;
        }
        if self.args.no_test {
            return Ok(());
        }
        let answer = self.gitlab.test_hook(place, hook.id).await;
        match words::tested(answer, place, self.url.as_str()) {
            words::Tested::Fine(text) => say(place, &text),
            words::Tested::Broken(text) => {
                bail!("the webhook of {} stands, but {text}", place.full_path)
            }
        }
    }

    async fn remove(&self, place: &Place, standing: &[Hook]) -> anyhow::Result<()> {
        for hook in standing {
            if !self.args.dry_run {
                let deleted = self.gitlab.delete_hook(place, hook.id).await;
                deleted.map_err(|error| words::hooks_refused(error, place, self.url.as_str()))?;
            }
            let done = if self.args.dry_run { "would be removed" } else { "removed" };
            say(place, &format!("webhook {} {done}", hook.id))?;
        }
        if standing.is_empty() {
            say(place, &format!("there is no webhook to {}", self.url))?;
        }
        if !self.args.status_check {
            return Ok(());
        }
        let refused = |error| words::checks_refused(error, place);
        let Some(check) = self.gitlab.status_check(place, &self.url).await.map_err(refused)? else {
            return Ok(());
        };
        if self.args.dry_run {
            return say(place, &format!("external status check {} would be removed", check.id));
        }
        self.gitlab.delete_status_check(place, check.id).await.map_err(refused)?;
        say(place, &format!("external status check {} removed", check.id))
    }
}
