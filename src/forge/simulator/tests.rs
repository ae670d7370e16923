//! The platform's own behaviour, below its two interfaces.

use super::*;

fn with_change() -> (Simulator, i64, i64) {
    let simulator = Simulator::new();
    let mut state = simulator.state();
    let lines: String = (1..=30).map(|line| format!("line_{line} = {line}\n")).collect();
    let repository = state.add_repository("acme/shop", [("a.py", lines.as_str())]);
    let head = lines.replace("line_9 = 9\n", "line_9 = 'nine'\n");
    state.push(repository, "topic", [("a.py", Some(head))]);
    let number = state.open_change(repository, NewChange::from_branch("topic", "Nine"));
    drop(state);
    (simulator, repository, number)
}

fn post(state: &mut State, repository: i64, number: i64, line: u32) -> i64 {
    let note = state.note(APP_LOGIN, "Look here");
    let id = state.next_id();
    let change = state.change_mut(repository, number).unwrap();
    let path = "a.py".to_owned();
    let place = Anchor::Lines { path, start: None, side: Side::New, line };
    change.threads.push(Thread {
        id,
        original: place.clone(),
        original_head: change.head().to_owned(),
        current: Some(place),
        review: None,
        notes: vec![note],
        resolved_by: None,
        sent: serde_json::Value::Null,
    });
    id
}

#[test]
fn a_thread_moves_with_its_line_and_is_outdated_when_the_line_changes() {
    let (simulator, repository, number) = with_change();
    let mut state = simulator.state();
    post(&mut state, repository, number, 9);
    let place = |state: &State| {
        let thread = &state.change(repository, number).unwrap().threads[0];
        thread.current.as_ref().and_then(Anchor::last_line)
    };
    let before = state.commits[state.change(repository, number).unwrap().head()].clone();
    let text = String::from_utf8(before.files["a.py"].to_vec()).unwrap();
    state.push(repository, "topic", [("a.py", Some(format!("first = 0\n{text}")))]);
    assert_eq!(place(&state), Some((Side::New, 10)));
    let changed = text.replace("'nine'", "'NINE'");
    state.push(repository, "topic", [("a.py", Some(changed))]);
    assert_eq!(place(&state), None);
    assert_eq!(state.change(repository, number).unwrap().versions.len(), 3);
}

#[test]
fn a_rebase_keeps_the_diff_and_moves_the_merge_base() {
    let (simulator, repository, number) = with_change();
    let mut state = simulator.state();
    let before = state.change_diff(state.change(repository, number).unwrap());
    let main = state.push(repository, "main", [("b.py", Some("b = 1\n"))]);
    assert_ne!(state.change(repository, number).unwrap().version().merge_base, main);
    state.rebase(repository, "topic", "main");
    let change = state.change(repository, number).unwrap();
    assert_eq!(change.version().merge_base, main);
    let after = state.change_diff(change);
    assert_eq!(after.len(), 1);
    assert_eq!(after[0].patch(), before[0].patch());
}

#[test]
fn the_bundled_key_is_an_rsa_key() {
    use rustls_pki_types::pem::PemObject as _;
    let key = rustls_pki_types::PrivatePkcs1KeyDer::from_pem_slice(APP_PRIVATE_KEY.as_bytes());
    ring::rsa::KeyPair::from_der(key.unwrap().secret_pkcs1_der()).unwrap();
}

/// Status and body of a request, or `None` when there was no whole answer.
async fn ask(url: &str, path: &str) -> Option<(u16, String)> {
    let response = http_client().get(format!("{url}{path}")).send().await.ok()?;
    let status = response.status().as_u16();
    Some((status, response.text().await.ok()?))
}

fn http_client() -> reqwest::Client {
    // Another test may have installed it already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy().build().unwrap()
}

#[tokio::test]
async fn faults_happen_on_the_wire_and_are_logged() {
    let (simulator, _, number) = with_change();
    let server = simulator.start(0).await.unwrap();
    let page = format!("/acme/shop/pull/{number}");
    let whole = ask(server.url(), &page).await.unwrap();
    assert_eq!(whole.0, 200);
    for fault in [Fault::ResetBefore, Fault::ResetAfter] {
        simulator.state().faults.next("GET", &page, fault);
        assert_eq!(ask(server.url(), &page).await, None, "no answer");
    }
    simulator.state().faults.next("GET", "*/pull/*", Fault::Truncated);
    let half = ask(server.url(), &page).await.unwrap();
    assert!(half.1.len() * 2 <= whole.1.len() && whole.1.starts_with(&half.1));
    simulator.state().faults.next("GET", &page, Fault::SecondaryLimit(7));
    let limited = http_client().get(format!("{}{page}", server.url())).send().await.unwrap();
    assert_eq!((limited.status().as_u16(), &limited.headers()["retry-after"] == "7"), (403, true));
    let statuses: Vec<u16> = simulator.state().requests.iter().map(|own| own.status).collect();
    assert_eq!(statuses, [200, 0, 0, 200, 403]);
    assert!(simulator.state().faults.is_spent());
    server.stop().await;
}

#[tokio::test]
async fn the_page_shows_the_diff_and_the_thread_below_its_line() {
    let (simulator, repository, number) = with_change();
    let thread = post(&mut simulator.state(), repository, number, 9);
    let server = simulator.start(0).await.unwrap();
    for path in ["/acme/shop/pull/1", "/acme/shop/-/merge_requests/1"] {
        let (status, page) = ask(server.url(), path).await.unwrap();
        assert_eq!(status, 200);
        let line = page.find("line_9 = &#39;nine&#39;").unwrap();
        let comment = page.find(&format!("id=\"thread-{thread}\"")).unwrap();
        let next = page.find("line_10 = 10").unwrap();
        assert!(line < comment && comment < next);
    }
    assert_eq!(ask(server.url(), "/acme/other/pull/1").await.unwrap().0, 404);
    server.stop().await;
}
