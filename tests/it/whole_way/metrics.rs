//! What `/metrics` tells after a review, and whom.

use std::collections::BTreeMap;

use asyncwarden::forge::ForgeKind;
use asyncwarden::forge::simulator::Event;
use asyncwarden::settings::StoreSettings;
use asyncwarden::telemetry::metrics::{ALL, Kind};
use reqwest::StatusCode;

use super::world::{BLOCKING, World, everywhere_with, in_memory};

const TOKEN: &str = "only-for-the-operator";

/// Series with their values.
struct Told(BTreeMap<String, f64>);

impl Told {
    fn read(text: &str) -> Self {
        let lines = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
        let series = lines.map(|line| {
            let (name, value) = line.rsplit_once(' ').unwrap();
            (name.to_owned(), value.parse().unwrap())
        });
        Self(series.collect())
    }

    /// The sum of a metric's series that have all these labels.
    fn sum(&self, name: &str, labels: &[(&str, &str)]) -> f64 {
        let has = |series: &str| {
            labels.iter().all(|(label, value)| series.contains(&format!("{label}=\"{value}\"")))
        };
        let named = |series: &str| series == name || series.starts_with(&format!("{name}{{"));
        let wanted = self.0.iter().filter(|(series, _)| named(series) && has(series));
        wanted.map(|(_, value)| value).sum()
    }
}

async fn ask(address: &str, token: Option<&str>) -> (StatusCode, String) {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let mut request = client.get(format!("http://{address}/metrics"));
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    let answer = request.send().await.unwrap();
    (answer.status(), answer.text().await.unwrap())
}

#[tokio::test]
async fn a_review_is_counted_from_the_delivery_to_the_comments() {
    // One process has one set of numbers, so each world looks at what it added.
    let count = async |world: &World| {
        let (status, text) = ask(&world.service.addr.to_string(), None).await;
        assert_eq!(status, StatusCode::OK);
        Told::read(&text)
    };
    everywhere_with(
        &[],
        |_| {},
        async |mut world: World| {
            let before = count(&world).await;
            world.open(&[("app.py", BLOCKING)]).await;
            let payload = world.payload(&Event::Opened);
            assert_eq!(world.send(&payload, "the same").await, 202);
            assert_eq!(world.send(&payload, "the same").await, 202);
            // What was read from the store is told for two seconds.
            let told = loop {
                let told = count(&world).await;
                if told.sum("asyncwarden_queue_jobs", &[("state", "due")]) == 1.0 {
                    break told;
                }
                tokio::task::yield_now().await;
            };
            let platform = ("platform", world.forge.as_str());
            let more = |name: &str, labels: &[(&str, &str)]| {
                told.sum(name, labels) - before.sum(name, labels)
            };
            for (name, labels, expected) in [
                ("asyncwarden_deliveries_total", &[platform, ("outcome", "queued")][..], 2.0),
                ("asyncwarden_deliveries_total", &[platform, ("outcome", "repeated")], 1.0),
                ("asyncwarden_jobs_total", &[("outcome", "done")], 1.0),
                ("asyncwarden_job_seconds_count", &[], 1.0),
                ("asyncwarden_job_wait_seconds_count", &[], 1.0),
                ("asyncwarden_job_step_seconds_count", &[("step", "post")], 1.0),
                ("asyncwarden_reviews_total", &[("conclusion", "failed")], 1.0),
                ("asyncwarden_findings_total", &[("rule", "AW501"), ("severity", "critical")], 1.0),
                ("asyncwarden_comments_total", &[("outcome", "posted")], 1.0),
                ("asyncwarden_analysis_files_total", &[("outcome", "analysed")], 1.0),
                ("asyncwarden_http_requests_total", &[("route", "/webhooks/{platform}")], 3.0),
            ] {
                assert_eq!(more(name, labels), expected, "{name} {labels:?}");
            }
            assert!(more("asyncwarden_forge_calls_total", &[platform, ("outcome", "ok")]) > 3.0);
            assert_eq!(told.sum("asyncwarden_store_up", &[]), 1.0);
            assert!(told.sum("asyncwarden_delivery_oldest_unprocessed_seconds", &[]) > 0.0);
            world.work().await;
            world.end().await;
        },
    )
    .await;
}

#[tokio::test]
async fn nothing_is_told_that_is_not_declared_and_no_label_is_a_senders() {
    let folder = in_memory();
    let store = StoreSettings::Embedded(folder.path().to_owned());
    let mut world = World::start(ForgeKind::GitHub, store, &[], |_| {}).await;
    world.open(&[("app.py", BLOCKING)]).await;
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    for method in ["PROPFIND", "WHATEVER"] {
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        let url = format!("http://{}/of/the/senders/choice", world.service.addr);
        client.request(method, url).send().await.unwrap();
    }
    let (_, text) = ask(&world.service.addr.to_string(), None).await;
    for line in text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
        let name = line.split(['{', ' ']).next().unwrap();
        let is_this = |metric: &asyncwarden::telemetry::metrics::Metric| match metric.kind {
            Kind::Counter | Kind::Gauge => name == metric.name,
            Kind::Histogram(_) => ["_bucket", "_sum", "_count"]
                .iter()
                .any(|end| name.strip_suffix(end) == Some(metric.name)),
        };
        let metric = ALL.iter().find(|metric| is_this(metric));
        let metric = metric.unwrap_or_else(|| panic!("not declared: {line}"));
        let labels = line.split_once('{').map_or("", |(_, rest)| rest.rsplit_once('}').unwrap().0);
        for label in labels.split(',').filter_map(|label| label.split_once('=')) {
            let (label, value) = label;
            let known = metric.labels.contains(&label) || label == "le";
            assert!(known, "{line}");
            assert!(!value.contains("choice") && !value.contains("WHATEVER"), "{line}");
        }
    }
    assert!(text.contains("method=\"other\""), "{text}");
    world.end().await;
}

#[tokio::test]
async fn beside_the_pages_they_are_for_the_operator_and_elsewhere_for_all() {
    let folder = in_memory();
    let store = StoreSettings::Embedded(folder.path().to_owned());
    let world = World::start(ForgeKind::GitHub, store, &[], |settings| {
        settings.operator_token = Some(TOKEN.into());
    });
    let world = world.await;
    let address = world.service.addr.to_string();
    assert_eq!(ask(&address, None).await.0, StatusCode::UNAUTHORIZED);
    assert_eq!(ask(&address, Some("only-for-somebody-else")).await.0, StatusCode::UNAUTHORIZED);
    assert_eq!(ask(&address, Some(TOKEN)).await.0, StatusCode::OK);

    let socket = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let elsewhere = socket.local_addr().unwrap().to_string();
    drop(socket);
    let mut settings = world.settings.clone();
    settings.metrics_listen = Some(elsewhere.clone());
    let world = world.restart(settings).await;
    let address = world.service.addr.to_string();
    assert_eq!(ask(&address, Some(TOKEN)).await.0, StatusCode::NOT_FOUND);
    let (status, text) = ask(&elsewhere, None).await;
    assert_eq!(status, StatusCode::OK);
    assert!(text.contains("asyncwarden_build_info{"), "{text}");
    world.end().await;
}
