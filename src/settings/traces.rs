//! Where traces are sent.

use percent_encoding::percent_decode_str;
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::{Arguments, SettingsError, values};
use crate::forge::Authorities;

const ENDPOINT: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";
const HEADERS: &str = "OTEL_EXPORTER_OTLP_HEADERS";
/// Where a collector takes traces.
///
/// Source: OpenTelemetry, "OTLP Exporter Configuration", endpoint URLs for OTLP/HTTP.
const PATH: &str = "v1/traces";

/// Where traces are sent.
#[derive(Debug, Clone)]
pub struct TraceSettings {
    /// Where a collector takes traces by OTLP over HTTP.
    pub endpoint: Url,
    /// What is sent along, such as a key.
    pub headers: Vec<(String, SecretString)>,
    /// The service's name in traces.
    pub service_name: String,
    /// Who vouches for its certificate, beside the usual ones.
    pub authorities: Authorities,
}

impl Arguments {
    pub(super) fn traces(&self) -> Result<Option<TraceSettings>, SettingsError> {
        let base = self.otel_exporter_otlp_endpoint.as_deref();
        let Some(mut endpoint) = values::url(ENDPOINT, base)? else { return Ok(None) };
        let path = format!("{}/{PATH}", endpoint.path().trim_end_matches('/'));
        endpoint.set_path(&path);
        let name = self.otel_service_name.as_deref().unwrap_or(env!("CARGO_PKG_NAME"));
        Ok(Some(TraceSettings {
            endpoint,
            headers: headers(self.otel_exporter_otlp_headers.as_ref())?,
            service_name: name.to_owned(),
            authorities: self.authorities()?,
        }))
    }
}

/// Source: OpenTelemetry, "Specifying headers via environment variables".
fn headers(given: Option<&SecretString>) -> Result<Vec<(String, SecretString)>, SettingsError> {
    let given = given.map(ExposeSecret::expose_secret).unwrap_or_default();
    let parts = given.split(',').map(str::trim).filter(|part| !part.is_empty());
    let headers = parts.map(|part| {
        let wrong = || SettingsError::value(HEADERS, "must be NAME=VALUE, separated by commas");
        let (name, value) = part.split_once('=').ok_or_else(wrong)?;
        let value = percent_decode_str(value.trim()).decode_utf8().map_err(|_| wrong())?;
        let (name, value) = (name.trim(), value.into_owned());
        let sendable =
            http::HeaderName::try_from(name).is_ok() && http::HeaderValue::try_from(&value).is_ok();
        if sendable { Ok((name.to_owned(), value.into())) } else { Err(wrong()) }
    });
    headers.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_read_and_their_values_decoded() {
        let read = |text: &str| headers(Some(&text.into()));
        let pairs = read(" api-key = a%20b , x=1=2 ,").unwrap();
        let plain: Vec<_> =
            pairs.iter().map(|(name, value)| (name.as_str(), value.expose_secret())).collect();
        assert_eq!(plain, [("api-key", "a b"), ("x", "1=2")]);
        for wrong in ["key", "a b=c", "key=a%0Ab"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
