//! `asyncwarden healthcheck`: what a container's runtime asks.

use std::io::{Read, Write};
use std::net::TcpListener;

use super::program;
use crate::serve_command::Service;

/// Exit code, standard output, standard error.
fn asked(arguments: &[&str], environment: &[(&str, &str)]) -> (Option<i32>, String, String) {
    let mut command = program();
    command.arg("healthcheck").args(arguments).envs(environment.iter().copied());
    let output = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

fn port_of(address: &str) -> &str {
    address.rsplit_once(':').unwrap().1
}

#[test]
fn a_service_that_is_well_is_found_where_its_settings_say() {
    let folder = tempfile::tempdir().unwrap();
    let service = Service::start_with(folder.path(), &[]);
    let anywhere = format!("0.0.0.0:{}", port_of(&service.address));
    let listens = [("ASYNCWARDEN_LISTEN", anywhere.as_str())];
    assert_eq!(asked(&[], &listens), (Some(0), "ok\n".to_owned(), String::new()));
    assert_eq!(asked(&["--ready"], &listens), (Some(0), "ready\n".to_owned(), String::new()));
    let config = folder.path().join("settings.toml");
    std::fs::write(&config, format!("listen = '{}'\n", service.address)).unwrap();
    let config = [("ASYNCWARDEN_CONFIG", config.to_str().unwrap())];
    assert_eq!(asked(&[], &config).0, Some(0));

    let address = service.address.clone();
    assert_eq!(service.stop().0, Some(0));
    let (code, _, said) = asked(&["--listen", &address], &[]);
    assert_eq!(code, Some(1));
    assert!(said.contains(&address) && said.contains("refused"), "{said}");
}

/// A service that answers everything with this, or not at all, and what was asked of it.
fn asked_of(answer: Option<&'static str>) -> ((Option<i32>, String, String), String) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let server = std::thread::spawn(move || {
        let (mut connection, _) = listener.accept().unwrap();
        let mut request = [0; 512];
        let length = connection.read(&mut request).unwrap();
        match answer {
            Some(answer) => connection.write_all(answer.as_bytes()).unwrap(),
            // Until the other side has enough of it.
            None => assert_eq!(connection.read(&mut [0; 1]).unwrap(), 0),
        }
        String::from_utf8_lossy(&request[..length]).into_owned()
    });
    let ended = asked(&["--ready", "--timeout", "0.5", "--listen", &address], &[]);
    (ended, server.join().unwrap())
}

#[test]
fn what_is_not_well_is_said_with_exit_code_1() {
    let away = "HTTP/1.1 503 Service Unavailable\r\n\r\nthe store is away\n";
    let ((code, out, said), request) = asked_of(Some(away));
    assert_eq!((code, out.as_str()), (Some(1), ""));
    assert!(said.contains("503 Service Unavailable: the store is away"), "{said}");
    assert!(request.starts_with("GET /readyz HTTP/1.1\r\nHost: 127.0.0.1:"), "{request}");

    let ((code, _, said), _) = asked_of(Some("SSH-2.0-OpenSSH\r\n\r\n"));
    assert_eq!(code, Some(1));
    assert!(said.contains("not HTTP"), "{said}");

    let ((code, _, said), _) = asked_of(None);
    assert_eq!((code, said.lines().count()), (Some(1), 1));
    assert!(said.contains("no answer"), "{said}");
}

#[test]
fn what_cannot_be_asked_is_refused() {
    let (code, _, said) = asked(&["--listen", "127.0.0.1:0"], &[]);
    assert_eq!(code, Some(1));
    assert!(said.contains("port 0"), "{said}");
    assert_eq!(asked(&["--listen", "8080"], &[]).0, Some(2));
    assert_eq!(asked(&["--timeout", "soon"], &[]).0, Some(2));
}
