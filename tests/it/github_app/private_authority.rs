//! A platform whose certificate a company's own authority signed.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use asyncwarden::app::App;
use asyncwarden::forge::simulator::{APP_PRIVATE_KEY, NewChange, Simulator};
use asyncwarden::forge::{ChangeRequest, ForgeKind, RepositoryRef};
use asyncwarden::settings::{Arguments, Settings};
use rustls::ServerConfig;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

/// The authority's certificate, and what it signed for `localhost`. Its own key was thrown away.
const AUTHORITY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/certificates/authority.pem");
const CERTIFICATE: &[u8] = include_bytes!("../../certificates/localhost.pem");
const KEY: &[u8] = include_bytes!("../../certificates/localhost-test-only.key.pem");

/// TLS in front of a server. Returns the port.
async fn in_front_of(server: SocketAddr) -> u16 {
    let certificate = CertificateDer::from_pem_slice(CERTIFICATE).unwrap();
    let key = PrivateKeyDer::from_pem_slice(KEY).unwrap();
    let _ = rustls::crypto::ring::default_provider().install_default();
    let config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                // A client that doesn't trust the authority hangs up.
                let Ok(mut plain) = acceptor.accept(stream).await else { return };
                let mut inner = TcpStream::connect(server).await.unwrap();
                let _ = tokio::io::copy_bidirectional(&mut plain, &mut inner).await;
            });
        }
    });
    port
}

fn settings(folder: &Path, forge: ForgeKind, url: &str, ca: Option<&Path>) -> Settings {
    let given = |text: &str| Some(text.to_owned());
    let common = Arguments {
        data_dir: Some(folder.to_owned()),
        listen: given("127.0.0.1:0"),
        ca_file: ca.map(Path::to_owned),
        ..Arguments::default()
    };
    let arguments = match forge {
        ForgeKind::GitHub => Arguments {
            github_api_url: given(&format!("{url}/api/v3")),
            github_app_id: given("4711"),
            github_private_key: Some(APP_PRIVATE_KEY.into()),
            github_webhook_secret: Some("a secret".into()),
            ..common
        },
        ForgeKind::GitLab => Arguments {
            gitlab_url: given(url),
            gitlab_token: Some(asyncwarden::forge::simulator::BOT_TOKEN.into()),
            gitlab_webhook_token: Some("a secret".into()),
            ..common
        },
    };
    let mut settings = arguments.resolve().unwrap();
    settings.workers = 0;
    settings.timings.calls = asyncwarden::forge::call::Waits::NONE;
    settings
}

#[tokio::test]
async fn its_platform_is_trusted_when_it_is_named() {
    let simulator = Simulator::new();
    let (repository, number) = {
        let mut state = simulator.state();
        let repository = state.add_repository("acme/shop", [("app.py", "import asyncio\n")]);
        state.push(repository, "feature", [("app.py", Some("import time\n"))]);
        let change = NewChange::from_branch("feature", "Poll");
        (repository, state.open_change(repository, change))
    };
    let server = simulator.start(0).await.unwrap();
    let address = server.url().strip_prefix("http://").unwrap().parse().unwrap();
    let port = in_front_of(address).await;
    for forge in [ForgeKind::GitHub, ForgeKind::GitLab] {
        for (ca, trusted) in [(Some(Path::new(AUTHORITY)), true), (None, false)] {
            let url = format!("https://localhost:{port}");
            let store = tempfile::tempdir().unwrap();
            let service = App::start(settings(store.path(), forge, &url, ca)).await.unwrap();
            let repository = RepositoryRef {
                forge,
                external_id: repository,
                full_name: "acme/shop".to_owned(),
                installation_id: None,
            };
            let change = ChangeRequest { repository, number };
            let platform = service.worker.platforms.get(forge).unwrap();
            let found = platform.forge.look_up(&change).await;
            assert_eq!(found.is_ok(), trusted, "{forge:?} {:?}", found.err());
            service.shutdown().await;
        }
    }
    server.stop().await;
}

#[test]
fn a_file_without_certificates_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ca.pem");
    for text in ["", "no PEM", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
        std::fs::write(&path, text).unwrap();
        let arguments = Arguments { ca_file: Some(path.clone()), ..Arguments::default() };
        let refused = arguments.resolve().unwrap_err().to_string();
        assert!(refused.starts_with("ASYNCWARDEN_CA_FILE: "), "{refused}");
    }
}
