//! Who may make a GitHub App on the service's page: an operator, or whoever sits at this machine.

use std::net::SocketAddr;

use axum::extract::ConnectInfo;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use url::{Host, Url};

use crate::settings::{AppFolder, Settings};

/// Whether the page is open, and to whom.
pub(super) enum Access<'a> {
    /// There is an App already.
    Configured,
    /// One was made, and the service reads it at its next start.
    Made,
    /// Nobody said where the credentials go.
    NoFolder,
    /// Without an operator's token only this machine may, and the request may come from another.
    Elsewhere,
    /// To who knows the operator's token.
    WithToken(&'a AppFolder),
    /// To this machine, whose browser knows the service under this origin.
    Here(&'a AppFolder, String),
}

impl<'a> Access<'a> {
    pub(super) fn of(settings: &'a Settings, request: &Parts) -> Self {
        if settings.github.is_some() {
            return Access::Configured;
        }
        let Some(folder) = &settings.github_app_folder else { return Access::NoFolder };
        if folder.holds_app() {
            return Access::Made;
        }
        if settings.operator_token.is_some() {
            return Access::WithToken(folder);
        }
        match own_origin(request) {
            Some(origin) => Access::Here(folder, origin),
            None => Access::Elsewhere,
        }
    }
}

/// What a proxy on this machine adds to what it passes on.
const PASSED_ON: [&str; 6] =
    ["forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip", "via"];

/// The service's origin as the browser knows it, if that runs on this machine: it comes from here, nobody passed it on, and
/// it was asked for under this machine's own name, so that no name of somebody else leads here.
fn own_origin(request: &Parts) -> Option<String> {
    let ConnectInfo(peer) = request.extensions.get::<ConnectInfo<SocketAddr>>()?;
    let passed_on = PASSED_ON.iter().any(|name| request.headers.contains_key(*name));
    if !peer.ip().to_canonical().is_loopback() || passed_on {
        return None;
    }
    let host = request.headers.get(header::HOST)?.to_str().ok()?;
    let url = Url::parse(&format!("http://{host}")).ok()?;
    let own = match url.host()? {
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
        Host::Domain(name) => name == "localhost",
    };
    own.then(|| url.origin().ascii_serialization())
}

/// Whether a form comes from a page of another site.
pub(super) fn is_foreign(headers: &HeaderMap, origin: &str) -> bool {
    let sent = headers.get(header::ORIGIN);
    sent.is_some_and(|sent| sent.as_bytes() != origin.as_bytes() && sent.as_bytes() != b"null")
        || headers
            .get("sec-fetch-site")
            .is_some_and(|site| !matches!(site.as_bytes(), b"same-origin" | b"none"))
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    #[test]
    fn only_this_machine_s_own_browser_is_here() {
        for (peer, headers, here) in [
            ("127.0.0.1:9", &[("host", "127.0.0.1:8080")][..], Some("http://127.0.0.1:8080")),
            ("[::1]:9", &[("host", "localhost:8080")], Some("http://localhost:8080")),
            ("[::ffff:127.0.0.1]:9", &[("host", "[::1]:80")], Some("http://[::1]")),
            ("10.0.0.7:9", &[("host", "127.0.0.1:8080")], None),
            ("127.0.0.1:9", &[("host", "bot.example")], None),
            ("127.0.0.1:9", &[("host", "localhost.bot.example")], None),
            ("127.0.0.1:9", &[], None),
            ("127.0.0.1:9", &[("host", "127.0.0.1"), ("x-forwarded-for", "10.0.0.7")], None),
            ("127.0.0.1:9", &[("host", "127.0.0.1"), ("forwarded", "for=10.0.0.7")], None),
        ] {
            let mut request = Request::get("/setup/github");
            for (name, value) in headers {
                request = request.header(*name, *value);
            }
            let (mut parts, ()) = request.body(()).expect("a request").into_parts();
            assert_eq!(own_origin(&parts), None, "nobody said who asks");
            let peer: SocketAddr = peer.parse().expect("an address");
            parts.extensions.insert(ConnectInfo(peer));
            assert_eq!(own_origin(&parts).as_deref(), here, "{peer} {headers:?}");
        }
    }

    #[test]
    fn forms_of_other_sites_are_told_by_their_headers() {
        let origin = "http://localhost:8080";
        for (name, value, foreign) in [
            ("origin", origin, false),
            ("origin", "null", false),
            ("origin", "https://evil.example", true),
            ("sec-fetch-site", "same-origin", false),
            ("sec-fetch-site", "cross-site", true),
            ("sec-fetch-site", "same-site", true),
        ] {
            let headers = [(name.parse().expect("a name"), value.parse().expect("a value"))];
            assert_eq!(is_foreign(&headers.into_iter().collect(), origin), foreign, "{value}");
        }
        assert!(!is_foreign(&HeaderMap::new(), origin));
    }
}
