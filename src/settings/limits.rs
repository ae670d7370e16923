//! How much a review reads around a change, and how long what is kept.

use std::time::Duration;

use chrono::TimeDelta;

use super::wrong::Wrong;
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

/// Far more than any memory, and no shift overflows.
const MOST: u64 = 1 << 30;

impl Arguments {
    pub(super) fn context(&self, wrong: &mut Wrong) -> ContextLimits {
        let mut limit = |name, text: &Option<String>, usual| wrong.or(limited(name, text), usual);
        let none = self.context_files.as_deref().is_some_and(|text| text.trim() == "0");
        let files = &self.context_files;
        let files = match none {
            true => 0,
            false => limit("ASYNCWARDEN_CONTEXT_FILES", files, DEFAULT_CONTEXT_FILES as u64),
        };
        let secs = limit("ASYNCWARDEN_CONTEXT_SECS", &self.context_secs, DEFAULT_CONTEXT_SECS);
        let mib = limit("ASYNCWARDEN_CONTEXT_MIB", &self.context_mib, DEFAULT_CONTEXT_MIB);
        let memory = &self.context_memory_mib;
        let memory = limit("ASYNCWARDEN_CONTEXT_MEMORY_MIB", memory, DEFAULT_CONTEXT_MEMORY_MIB);
        ContextLimits {
            files: files as usize,
            bytes: mib << 20,
            time: Duration::from_secs(secs),
            memory: memory << 20,
            changed: CHANGED_MIB << 20,
        }
    }

    pub(super) fn retention(&self, wrong: &mut Wrong) -> Retention {
        let mut days = |name, text: &Option<String>, usual| {
            TimeDelta::days(wrong.or(values::days(name, text.as_deref()), usual))
        };
        let for_ever = |kept: TimeDelta| (!kept.is_zero()).then_some(kept);
        let [payloads, reviews, grace, audit] = [
            ("ASYNCWARDEN_KEEP_PAYLOADS_DAYS", &self.keep_payloads_days, DEFAULT_PAYLOADS_DAYS),
            ("ASYNCWARDEN_KEEP_REVIEWS_DAYS", &self.keep_reviews_days, DEFAULT_REVIEWS_DAYS),
            ("ASYNCWARDEN_UNINSTALL_GRACE_DAYS", &self.uninstall_grace_days, DEFAULT_GRACE_DAYS),
            ("ASYNCWARDEN_KEEP_AUDIT_DAYS", &self.keep_audit_days, DEFAULT_AUDIT_DAYS),
        ]
        .map(|(name, text, usual)| days(name, text, usual));
        let code = values::yes_or_no("ASYNCWARDEN_KEEP_CODE", self.keep_code.as_deref());
        let code = wrong.or(code, true);
        Retention { payloads, reviews: for_ever(reviews), grace, audit: for_ever(audit), code }
    }
}

fn limited(name: &'static str, text: &Option<String>) -> Result<Option<u64>, SettingsError> {
    match values::number(name, text.as_deref())? {
        Some(number) if number > MOST => Err(SettingsError::value(name, "too large")),
        number => Ok(number),
    }
}
