//! Deliveries, signed as the platforms sign them.

use std::time::Duration;

use asyncwarden::forge::simulator::Event;
use reqwest::header::{HeaderMap, HeaderValue};

use super::scene::{Scene, Subject};

/// How long platforms wait for an answer.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// A client that keeps its connections.
pub fn client() -> reqwest::Client {
    let client = reqwest::Client::builder().no_proxy().timeout(PATIENCE);
    client.pool_max_idle_per_host(1024).build().unwrap()
}

/// What is sent, to whichever process.
#[derive(Clone)]
pub struct Delivery {
    path: String,
    headers: HeaderMap,
    body: String,
    /// Under which header its key goes.
    keys: &'static [&'static str],
}

impl Delivery {
    /// Tells of the change request as it is now.
    pub fn of(scene: &Scene, subject: &Subject, event: &Event) -> Self {
        let payload =
            scene.simulator.payload(subject.forge, subject.repository, subject.number, event);
        let receiver = scene.receiver(subject.forge, "");
        let body = payload.body.to_string();
        let now = scene.simulator.state().now();
        let headers = receiver.headers(&payload.event, "", now, body.as_bytes());
        let keys: &[_] = match subject.forge {
            asyncwarden::forge::ForgeKind::GitHub => &["x-github-delivery"],
            asyncwarden::forge::ForgeKind::GitLab => &["x-gitlab-webhook-uuid", "idempotency-key"],
        };
        Self { path: format!("/webhooks/{}", subject.forge.as_str()), headers, body, keys }
    }

    /// How long the body is, in bytes.
    pub fn len(&self) -> usize {
        self.body.len()
    }

    /// The same with a signature that is nobody's.
    pub fn forged(mut self) -> Self {
        for name in ["x-hub-signature-256", "x-gitlab-token"] {
            if let Some(value) = self.headers.get_mut(name) {
                *value = HeaderValue::from_static(
                    "sha256=0000000000000000000000000000000000000000000000000000000000000000",
                );
            }
        }
        self
    }

    /// Sends it under a key. Returns the status of the answer.
    ///
    /// # Errors
    /// When there is none.
    pub async fn send(
        &self,
        client: &reqwest::Client,
        address: &str,
        key: &str,
    ) -> Result<u16, reqwest::Error> {
        let mut headers = self.headers.clone();
        for name in self.keys {
            headers.insert(*name, HeaderValue::from_str(key).unwrap());
        }
        let url = format!("http://{address}{}", self.path);
        let answer = client.post(url).headers(headers).body(self.body.clone()).send().await?;
        let status = answer.status().as_u16();
        // Otherwise the connection is not used again.
        answer.bytes().await?;
        Ok(status)
    }
}
