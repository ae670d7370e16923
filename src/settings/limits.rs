//! How much a review reads around a change, and how long what is kept.

use std::time::Duration;

use chrono::TimeDelta;

use super::{Arguments, ContextLimits, Retention, SettingsError, values};

pub(super) const DEFAULT_CONTEXT_FILES: usize = 20_000;
pub(super) const DEFAULT_CONTEXT_MIB: u64 = 128;
pub(super) const DEFAULT_CONTEXT_SECS: u64 = 30;
pub(super) const DEFAULT_CONTEXT_MEMORY_MIB: u64 = 256;
pub(super) const CHANGED_MIB: u64 = 128;
pub(super) const DEFAULT_PAYLOADS_DAYS: i64 = 7;
pub(super) const DEFAULT_REVIEWS_DAYS: i64 = 730;
pub(super) const DEFAULT_AUDIT_DAYS: i64 = 730;
pub(super) const DEFAULT_GRACE_DAYS: i64 = 30;

impl Arguments {
    pub(super) fn context(&self) -> Result<ContextLimits, SettingsError> {
        const FILES: &str = "ASYNCWARDEN_CONTEXT_FILES";
        // Far more than any memory, and no shift overflows.
        const MOST: u64 = 1 << 30;
        let limit =
            |name, text: &Option<String>, usual| match values::number(name, text.as_deref())? {
                Some(number) if number > MOST => Err(SettingsError::value(name, "too large")),
                number => Ok(number.unwrap_or(usual)),
            };
        let mib = |name, text, usual| Ok::<_, SettingsError>(limit(name, text, usual)? << 20);
        let none = self.context_files.as_deref().is_some_and(|text| text.trim() == "0");
        let files =
            if none { 0 } else { limit(FILES, &self.context_files, DEFAULT_CONTEXT_FILES as u64)? };
        let secs = limit("ASYNCWARDEN_CONTEXT_SECS", &self.context_secs, DEFAULT_CONTEXT_SECS)?;
        Ok(ContextLimits {
            files: files as usize,
            bytes: mib("ASYNCWARDEN_CONTEXT_MIB", &self.context_mib, DEFAULT_CONTEXT_MIB)?,
            time: Duration::from_secs(secs),
            memory: mib(
                "ASYNCWARDEN_CONTEXT_MEMORY_MIB",
                &self.context_memory_mib,
                DEFAULT_CONTEXT_MEMORY_MIB,
            )?,
            changed: CHANGED_MIB << 20,
        })
    }

    pub(super) fn retention(&self) -> Result<Retention, SettingsError> {
        let days = |name, text: &Option<String>, usual| {
            let days = values::days(name, text.as_deref())?.unwrap_or(usual);
            Ok::<_, SettingsError>(TimeDelta::days(days))
        };
        let for_ever = |kept: TimeDelta| (!kept.is_zero()).then_some(kept);
        let reviews = ("ASYNCWARDEN_KEEP_REVIEWS_DAYS", &self.keep_reviews_days);
        let audit = ("ASYNCWARDEN_KEEP_AUDIT_DAYS", &self.keep_audit_days);
        Ok(Retention {
            payloads: days(
                "ASYNCWARDEN_KEEP_PAYLOADS_DAYS",
                &self.keep_payloads_days,
                DEFAULT_PAYLOADS_DAYS,
            )?,
            reviews: for_ever(days(reviews.0, reviews.1, DEFAULT_REVIEWS_DAYS)?),
            grace: days(
                "ASYNCWARDEN_UNINSTALL_GRACE_DAYS",
                &self.uninstall_grace_days,
                DEFAULT_GRACE_DAYS,
            )?,
            audit: for_ever(days(audit.0, audit.1, DEFAULT_AUDIT_DAYS)?),
            code: values::yes_or_no("ASYNCWARDEN_KEEP_CODE", self.keep_code.as_deref())?
                .unwrap_or(true),
        })
    }
}
