//! How connections to a platform are made, the same for all platforms.

use std::time::Duration;

use url::{Host, Url};

/// A client for a platform at this address, to be finished by who needs more. A proxy of the environment is used, but
/// never for this machine itself, where no proxy could help.
pub(super) fn builder(
    base: &Url,
    connect_timeout: Duration,
    timeout: Duration,
) -> reqwest::ClientBuilder {
    // One TLS provider for the process; it is there already where somebody chose it before.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut builder = reqwest::Client::builder().connect_timeout(connect_timeout).timeout(timeout);
    if base.scheme() == "http" {
        // No certificates are needed, and a small container may have none.
        builder = builder.tls_certs_only([]);
    }
    if is_this_machine(base) { builder.no_proxy() } else { builder }
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
