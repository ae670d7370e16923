//! One trace from a delivery to the last comment, as a collector gets it.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};

use asyncwarden::forge::ForgeKind;
use asyncwarden::settings::{LogSettings, StoreSettings, TraceSettings};
use asyncwarden::telemetry;
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::routing::post;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;

use super::world::{BLOCKING, World, in_memory};

type Taken = Arc<Mutex<Vec<Span>>>;

async fn take(State(taken): State<Taken>, headers: HeaderMap, body: Bytes) {
    assert_eq!(headers["api-key"], "of the collector");
    let request = ExportTraceServiceRequest::decode(body).unwrap();
    for resource in request.resource_spans {
        let name = resource.resource.iter().flat_map(|it| &it.attributes);
        let name = name.filter(|it| it.key == "service.name");
        assert_eq!(name.count(), 1, "who sends is said once");
        let spans = resource.scope_spans.into_iter().flat_map(|scope| scope.spans);
        taken.lock().unwrap().extend(spans);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_review_is_one_trace_from_the_delivery_to_the_last_comment() {
    let taken = Taken::default();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = Router::new().route("/v1/traces", post(take)).with_state(taken.clone());
    let collector = tokio::spawn(async { axum::serve(listener, router).await });
    let settings = TraceSettings {
        endpoint: format!("http://{address}/v1/traces").parse().unwrap(),
        headers: vec![("api-key".to_owned(), "of the collector".into())],
        service_name: "reviews".to_owned(),
        authorities: Default::default(),
    };
    let log = LogSettings { filter: "off".to_owned(), ..LogSettings::default() };
    let telemetry = telemetry::start_service(&log, Some(&settings)).unwrap();

    let folder = in_memory();
    let store = StoreSettings::Embedded(folder.path().to_owned());
    let mut world = World::start(ForgeKind::GitHub, store, &[], |_| {}).await;
    world.open(&[("app.py", BLOCKING)]).await;
    world.end().await;
    tokio::task::spawn_blocking(|| telemetry.stop()).await.unwrap();
    collector.abort();

    let spans = std::mem::take(&mut *taken.lock().unwrap());
    let named = |name: &str| spans.iter().filter(|span| span.name == name).collect::<Vec<_>>();
    let [job] = named("job")[..] else { panic!("one job") };
    let delivery = named("request").into_iter().find(|span| span.span_id == job.parent_span_id);
    let delivery = delivery.expect("the job belongs to the delivery that asked for it");
    assert_eq!(job.trace_id, delivery.trace_id);
    let ours = spans.iter().filter(|span| span.trace_id == job.trace_id);
    let of = |span: &Span, key: &str| {
        let value = span.attributes.iter().find(|it| it.key == key);
        let value = value.and_then(|it| it.value.clone()).and_then(|it| it.value);
        value.map(|value| format!("{value:?}")).unwrap_or_default()
    };
    let steps: HashSet<_> =
        ours.clone().filter(|span| span.name == "step").map(|span| of(span, "step")).collect();
    for step in ["fetch", "analyse", "post"] {
        assert!(steps.iter().any(|it| it.contains(step)), "{step}: {steps:?}");
    }
    let calls: Vec<_> =
        ours.filter(|span| span.name == "call").map(|span| of(span, "operation")).collect();
    // The last thing that a review says is its gate.
    for operation in ["look_up", "publish", "gate"] {
        let called = calls.iter().any(|it| it.contains(operation) || it.contains("check"));
        assert!(called, "{operation}: {calls:?}");
    }
    let texts = format!("{spans:?}");
    assert!(!texts.contains("time.sleep"), "no code leaves the service");
}
