//! Tells systemd how the service fares: when it listens, that it lives, when it stops. Without systemd it tells nobody.

use std::time::Duration;

/// What speaks with the supervisor.
pub(super) struct Supervisor {
    #[cfg(unix)]
    socket: Option<std::os::unix::net::UnixDatagram>,
    /// How often it wants to hear of us.
    every: Option<Duration>,
}

impl Supervisor {
    /// The one that started this process, if there is one.
    #[cfg(unix)]
    pub(super) fn of_this_process() -> Self {
        let socket = std::env::var_os("NOTIFY_SOCKET").and_then(|path| {
            let socket = std::os::unix::net::UnixDatagram::unbound().ok()?;
            socket.connect(path).ok()?;
            // One that doesn't listen any more holds up nothing.
            socket.set_nonblocking(true).ok()?;
            Some(socket)
        });
        let within = std::env::var("WATCHDOG_USEC").ok().and_then(|text| text.parse().ok());
        // Twice in that time, so that one word may come late.
        let every = within.map(|micros| Duration::from_micros(micros) / 2);
        Self { socket, every: every.filter(|every| !every.is_zero()) }
    }

    /// None.
    #[cfg(not(unix))]
    pub(super) fn of_this_process() -> Self {
        Self { every: None }
    }

    /// The service listens.
    pub(super) fn ready(&self) {
        self.tell("READY=1");
    }

    /// The service stops.
    pub(super) fn stopping(&self) {
        self.tell("STOPPING=1");
    }

    /// Says again and again that the service lives; while the runtime hangs it can't.
    pub(super) async fn say_that_we_live(&self) {
        let Some(every) = self.every else { return std::future::pending().await };
        loop {
            self.tell("WATCHDOG=1");
            tokio::time::sleep(every).await;
        }
    }

    #[cfg(unix)]
    fn tell(&self, word: &str) {
        if let Some(socket) = &self.socket {
            let _ = socket.send(word.as_bytes());
        }
    }

    #[cfg(not(unix))]
    fn tell(&self, _: &str) {}
}
