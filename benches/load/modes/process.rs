//! What a process takes, as `/proc` tells.

use std::fs;

/// One look at a process; sizes in MiB.
#[derive(Debug, Clone, Copy, Default)]
pub struct Taken {
    pub resident: f64,
    /// Of that, what it allocated.
    pub anonymous: f64,
    /// The most that was resident at a time.
    pub peak: f64,
    pub threads: u32,
    pub descriptors: usize,
    pub sockets: usize,
    /// Seconds of CPU since it started.
    pub cpu: f64,
}

/// Ticks of a second in `/proc/PID/stat`, the same on every Linux.
const TICKS: f64 = 100.0;

impl Taken {
    /// `None` when there is no such process.
    pub fn by(process: u32) -> Option<Self> {
        let folder = format!("/proc/{process}");
        let status = fs::read_to_string(format!("{folder}/status")).ok()?;
        let number = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name))?;
            line.split_whitespace().next()?.parse::<f64>().ok()
        };
        let mib = |name| number(name).map(|kib| kib / 1024.0);
        let stat = fs::read_to_string(format!("{folder}/stat")).ok()?;
        // What is behind the program's name, which may hold anything.
        let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
        let ticks = |at: usize| fields.get(at)?.parse::<f64>().ok();
        let open: Vec<_> = fs::read_dir(format!("{folder}/fd")).ok()?.flatten().collect();
        let leads_to_socket = |entry: &&fs::DirEntry| {
            fs::read_link(entry.path())
                .is_ok_and(|target| target.to_string_lossy().starts_with("socket:"))
        };
        Some(Self {
            resident: mib("VmRSS:")?,
            anonymous: mib("RssAnon:")?,
            peak: mib("VmHWM:")?,
            threads: number("Threads:")? as u32,
            descriptors: open.len(),
            sockets: open.iter().filter(leads_to_socket).count(),
            cpu: (ticks(11)? + ticks(12)?) / TICKS,
        })
    }
}
