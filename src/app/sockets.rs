//! Where the service is reached.

use std::net::{SocketAddr, TcpListener as StdTcpListener};

use anyhow::Context;
use tokio::net::TcpListener;

use crate::settings::Settings;

/// What the service listens at, for as long as the process lives: settings that are read anew don't change it.
pub(super) struct Sockets {
    pages: StdTcpListener,
    /// Where metrics are told, if not beside the pages.
    metrics: Option<StdTcpListener>,
}

/// Listeners of one set of settings at those sockets.
pub(super) struct Listeners {
    pub(super) pages: TcpListener,
    pub(super) metrics: Option<TcpListener>,
}

impl Sockets {
    pub(super) async fn bind(settings: &Settings) -> anyhow::Result<Self> {
        let metrics = match &settings.metrics_listen {
            Some(address) => Some(bind(address).await?),
            None => None,
        };
        Ok(Self { pages: bind(&settings.listen).await?, metrics })
    }

    /// Where the pages are.
    pub(super) fn addr(&self) -> anyhow::Result<SocketAddr> {
        self.pages.local_addr().context("the listener has no address")
    }

    /// Fails when the process has no descriptor left.
    pub(super) fn listen(&self) -> anyhow::Result<Listeners> {
        let another = |socket: &StdTcpListener| TcpListener::from_std(socket.try_clone()?);
        let listeners = || {
            let metrics = self.metrics.as_ref().map(another).transpose()?;
            std::io::Result::Ok(Listeners { pages: another(&self.pages)?, metrics })
        };
        listeners().context("cannot listen once more at the same address")
    }
}

async fn bind(address: &str) -> anyhow::Result<StdTcpListener> {
    let listener = TcpListener::bind(address).await;
    let listener = listener.with_context(|| format!("cannot listen on {address}"))?;
    Ok(listener.into_std()?)
}
