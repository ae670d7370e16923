//! What the process uses. Linux only: elsewhere these numbers are missing.

/// Measures now.
#[cfg(target_os = "linux")]
pub(super) fn measure() {
    use procfs::process::{LimitValue, Process};

    use super::{CPU_SECONDS, MAX_FDS, NO_LABELS, OPEN_FDS, RESIDENT_BYTES, START_TIME, THREADS};

    let Ok(me) = Process::myself() else { return };
    if let Ok(stat) = me.stat() {
        let ticks = procfs::ticks_per_second();
        let pages = i64::try_from(stat.rss.saturating_mul(procfs::page_size()));
        RESIDENT_BYTES.set(pages.unwrap_or(i64::MAX), NO_LABELS);
        THREADS.set(stat.num_threads, NO_LABELS);
        CPU_SECONDS.put(seconds(stat.utime + stat.stime, ticks), NO_LABELS);
        if let Ok(boot) = procfs::boot_time_secs() {
            START_TIME.put(seconds(boot * ticks + stat.starttime, ticks), NO_LABELS);
        }
    }
    if let Ok(open) = me.fd_count() {
        OPEN_FDS.set(i64::try_from(open).unwrap_or(i64::MAX), NO_LABELS);
    }
    if let Ok(limits) = me.limits()
        && let LimitValue::Value(most) = limits.max_open_files.soft_limit
    {
        MAX_FDS.set(i64::try_from(most).unwrap_or(i64::MAX), NO_LABELS);
    }
}

#[cfg(target_os = "linux")]
#[allow(clippy::cast_precision_loss, reason = "seconds since 1970 in ticks are far below 2^52")]
fn seconds(ticks: u64, per_second: u64) -> f64 {
    ticks as f64 / per_second as f64
}

#[cfg(not(target_os = "linux"))]
pub(super) fn measure() {}
