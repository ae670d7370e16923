//! What the service tells systemd, which waits for it and watches it.

use std::os::unix::net::UnixDatagram;
use std::time::Duration;

use crate::serve_command::Service;

fn heard(socket: &UnixDatagram) -> String {
    let mut word = [0; 64];
    let length = socket.recv(&mut word).expect("a word in time");
    String::from_utf8_lossy(&word[..length]).into_owned()
}

#[test]
fn it_hears_when_the_service_listens_lives_and_stops() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notify");
    let socket = UnixDatagram::bind(&path).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    let environment = [("NOTIFY_SOCKET", path.to_str().unwrap()), ("WATCHDOG_USEC", "20000")];
    let service = Service::start_with(&folder.path().join("data"), &environment);
    assert_eq!(heard(&socket), "READY=1");
    assert_eq!([heard(&socket), heard(&socket)], ["WATCHDOG=1", "WATCHDOG=1"]);
    let (code, log) = service.stop();
    assert_eq!(code, Some(0), "{log}");
    let last = std::iter::repeat_with(|| heard(&socket)).find(|word| word != "WATCHDOG=1");
    assert_eq!(last.as_deref(), Some("STOPPING=1"));
}
