//! Traces: one from a webhook call to the last comment.
//!
//! Spans are those of `tracing`; OpenTelemetry gives them their ids and sends them. There are ids also where nothing is sent:
//! log lines have them, and what is logged of a delivery and of the job that it asked for can be found by one.

use std::time::Duration;

use opentelemetry::trace::{
    SpanContext, SpanId, TraceContextExt, TraceFlags, TraceId, TraceState, TracerProvider,
};
use opentelemetry_otlp::{SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SdkTracerProvider;
use secrecy::ExposeSecret;
use tracing::{Level, Span, Subscriber};
use tracing_opentelemetry::OpenTelemetrySpanExt;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::registry::LookupSpan;

use super::sending::Sender;
use crate::settings::TraceSettings;

/// How long what is left is sent when the service stops.
const LAST_WAIT: Duration = Duration::from_secs(3);
/// The library's name in traces, and the root of our modules.
const NAME: &str = env!("CARGO_PKG_NAME");

/// Where spans go.
pub(super) struct Traces(SdkTracerProvider);

impl Traces {
    /// Spans are sent as the settings say; without them they only have ids.
    pub(super) fn new(settings: Option<&TraceSettings>) -> anyhow::Result<Self> {
        let Some(settings) = settings else {
            return Ok(Self(SdkTracerProvider::builder().build()));
        };
        let headers = settings
            .headers
            .iter()
            .map(|(name, value)| (name.clone(), value.expose_secret().to_owned()));
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(Sender::new(&settings.endpoint, &settings.authorities)?)
            .with_endpoint(settings.endpoint.as_str())
            .with_headers(headers.collect())
            .build()?;
        let resource = Resource::builder()
            .with_service_name(settings.service_name.clone())
            .with_attribute(opentelemetry::KeyValue::new(
                "service.version",
                env!("CARGO_PKG_VERSION"),
            ))
            .build();
        let provider = SdkTracerProvider::builder()
            .with_batch_exporter(exporter)
            .with_resource(resource)
            .build();
        Ok(Self(provider))
    }

    /// Gives spans their ids, whatever is logged.
    pub(super) fn layer<S>(&self) -> impl Layer<S> + use<S>
    where
        S: Subscriber + for<'a> LookupSpan<'a>,
    {
        tracing_opentelemetry::layer()
            .with_tracer(self.0.tracer(NAME))
            .with_filter(Targets::new().with_target(NAME, Level::INFO))
    }

    pub(super) fn stop(self) {
        // What can't be sent is lost; there is nobody left to tell.
        let _ = self.0.shutdown_with_timeout(LAST_WAIT);
    }
}

/// Number of the span's trace, if spans have numbers in this process.
pub fn trace_id(span: &Span) -> Option<String> {
    let context = span.context();
    let context = context.span().span_context().clone();
    context.is_valid().then(|| context.trace_id().to_string())
}

/// A span of another time or process, which others go on from.
///
/// Its text is that of the header `traceparent`. Source: W3C Trace Context, "traceparent Header Field Values".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parent(SpanContext);

/// The span that runs now, if spans have numbers in this process.
pub fn current_parent() -> Option<Parent> {
    let context = Span::current().context();
    let context = context.span().span_context().clone();
    context.is_valid().then_some(Parent(context))
}

impl Parent {
    /// Reads its text; `None` if that is none.
    pub fn read(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let (version, trace, span) = (parts.next()?, parts.next()?, parts.next()?);
        let flags = u8::from_str_radix(parts.next()?, 16).ok()?;
        if version != "00" || parts.next().is_some() {
            return None;
        }
        let context = SpanContext::new(
            TraceId::from_hex(trace).ok()?,
            SpanId::from_hex(span).ok()?,
            TraceFlags::new(flags),
            true,
            TraceState::default(),
        );
        context.is_valid().then_some(Self(context))
    }

    /// Makes it the parent of a span that has not been entered yet.
    pub fn adopt(&self, span: &Span) {
        let context = opentelemetry::Context::new().with_remote_span_context(self.0.clone());
        // Without spans that have numbers there is nothing to go on from.
        let _ = span.set_parent(context);
    }
}

impl std::fmt::Display for Parent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let flags = self.0.trace_flags().to_u8();
        write!(f, "00-{}-{}-{flags:02x}", self.0.trace_id(), self.0.span_id())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parent_is_what_its_text_says() {
        let text = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        assert_eq!(Parent::read(text).unwrap().to_string(), text);
        for wrong in [
            "",
            "00",
            "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-x",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-zz",
        ] {
            assert_eq!(Parent::read(wrong), None, "{wrong}");
        }
    }
}
