//! The client that traces are sent with: the same as for platforms, so that there is one TLS stack, and proxies and authorities
//! are those of the settings.

use std::time::Duration;

use async_trait::async_trait;
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use tokio::runtime::Handle;
use url::Url;

use crate::forge::{Authorities, http_client};

/// How long a collector may take.
const LONGEST: Duration = Duration::from_secs(10);
/// Most bytes of a collector's answer that are read.
const MOST: usize = 1 << 20;

/// Sends from within the service's runtime, whatever thread asks.
#[derive(Debug)]
pub(super) struct Sender {
    client: reqwest::Client,
    runtime: Handle,
}

impl Sender {
    /// A client for this collector, in the runtime that this is called in.
    pub(super) fn new(endpoint: &Url, authorities: &Authorities) -> anyhow::Result<Self> {
        let client = http_client(endpoint, LONGEST, LONGEST, authorities);
        // Its headers may be secrets, and are for this collector alone.
        let client = client.redirect(reqwest::redirect::Policy::none()).build()?;
        Ok(Self { client, runtime: Handle::try_current()? })
    }
}

#[async_trait]
impl HttpClient for Sender {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let client = self.client.clone();
        let sending = self.runtime.spawn(async move {
            let mut answer = client.execute(request.try_into()?).await?;
            let mut body = Vec::new();
            while let Some(chunk) = answer.chunk().await? {
                if body.len() + chunk.len() > MOST {
                    return Err("the answer is too long".into());
                }
                body.extend_from_slice(&chunk);
            }
            let mut response = Response::new(Bytes::from(body));
            *response.status_mut() = answer.status();
            *response.headers_mut() = std::mem::take(answer.headers_mut());
            Ok(response)
        });
        sending.await?
    }
}
