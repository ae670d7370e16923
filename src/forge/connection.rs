//! How connections to a platform are made, the same for all platforms.

use std::time::Duration;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use url::{Host, Url};

use super::{ForgeError, ForgeKind};
use crate::examination::PATIENCE;

/// What is encoded in one segment of a path.
pub(super) const SEGMENT: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A text as one segment of a path; its slashes are encoded, too.
pub(super) fn segment(text: &str) -> String {
    utf8_percent_encode(text, SEGMENT).to_string()
}

/// The address of a platform as the settings give it.
pub(super) fn address(forge: ForgeKind, text: &str) -> Result<Url, ForgeError> {
    let setup = |message| ForgeError::Setup { forge, message };
    let address = Url::parse(text.trim())
        .map_err(|error| setup(format!("its address {text:?} is no URL: {error}")))?;
    if !matches!(address.scheme(), "http" | "https") || !address.has_host() {
        return Err(setup(format!("its address {text:?} is no http or https URL")));
    }
    Ok(address)
}

/// Authorities that are trusted beside the usual ones: a company's own, which signed the certificate of its platform.
#[derive(Debug, Clone, Default)]
pub struct Authorities(Vec<reqwest::Certificate>);

impl Authorities {
    /// Reads certificates, at least one.
    ///
    /// # Errors
    /// What is wrong with the text.
    pub fn from_pem(text: &[u8]) -> Result<Self, String> {
        let all = reqwest::Certificate::from_pem_bundle(text).map_err(|error| error.to_string())?;
        // What is between the marks is looked at only when a client is made.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder().tls_certs_only(all.iter().cloned());
        match client.build() {
            Ok(_) if all.is_empty() => Err("there is no certificate".to_owned()),
            Ok(_) => Ok(Self(all)),
            Err(_) => Err("there is something that is no certificate".to_owned()),
        }
    }
}

/// A client for a platform at this address, to be finished by who needs more. A proxy of the environment is used, but
/// never for this machine itself, where no proxy could help.
pub(crate) fn builder(
    base: &Url,
    connect_timeout: Duration,
    timeout: Duration,
    authorities: &Authorities,
) -> reqwest::ClientBuilder {
    // One TLS provider for the process; it is there already where somebody chose it before.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut builder = reqwest::Client::builder().connect_timeout(connect_timeout).timeout(timeout);
    if base.scheme() == "http" {
        // No certificates are needed, and a small container may have none.
        builder = builder.tls_certs_only([]);
    } else if !authorities.0.is_empty() {
        builder = builder.tls_certs_merge(authorities.0.iter().cloned());
    }
    if is_this_machine(base) { builder.no_proxy() } else { builder }
}

/// Longest answer that is looked at.
const LOOKED_AT: usize = 64 * 1024;

/// Asks for an address once, as a browser would: its status, and the beginning of what it says.
///
/// # Errors
/// Why there was no answer.
pub async fn look_at(url: &Url, authorities: &Authorities) -> Result<(u16, String), String> {
    let client = builder(url, PATIENCE, PATIENCE, authorities)
        .user_agent(concat!("asyncwarden/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(|error| error.to_string())?;
    let mut response = client.get(url.clone()).send().await.map_err(|error| cause(&error))?;
    let mut body = Vec::new();
    while body.len() < LOOKED_AT
        && let Some(chunk) = response.chunk().await.map_err(|error| cause(&error))?
    {
        body.extend_from_slice(&chunk);
    }
    Ok((response.status().as_u16(), String::from_utf8_lossy(&body).into_owned()))
}

/// The innermost reason: the outer ones say only that something failed.
fn cause(error: &dyn std::error::Error) -> String {
    let mut inner = error;
    while let Some(source) = inner.source() {
        inner = source;
    }
    inner.to_string()
}

fn is_this_machine(base: &Url) -> bool {
    match base.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_addresses_are_this_machine() {
        let here = |url: &str| is_this_machine(&Url::parse(url).unwrap());
        for url in
            ["http://127.0.0.1:8080", "http://[::1]/api", "http://localhost", "http://a.localhost"]
        {
            assert!(here(url), "{url}");
        }
        for url in ["https://api.github.com", "http://10.0.0.1", "http://localhost.example.com"] {
            assert!(!here(url), "{url}");
        }
    }
}
