//! A PostgreSQL server of one's own, which may be stopped and started.

use std::path::Path;
use std::process::Command;

use asyncwarden::settings::StoreSettings;
use secrecy::SecretString;

/// Gone when it is dropped.
pub struct Server(tempfile::TempDir);

impl Server {
    /// With options such as `-c fsync=on`.
    pub fn start(options: &[&str]) -> Self {
        let server = Self(tempfile::tempdir().unwrap());
        server.run("start", options);
        server
    }

    pub fn settings(&self) -> StoreSettings {
        StoreSettings::Postgres(SecretString::from(self.tell("url")))
    }

    /// Has `tests/postgres` do something with it.
    pub fn tell(&self, what: &str) -> String {
        self.run(what, &[])
    }

    fn run(&self, what: &str, options: &[&str]) -> String {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/postgres");
        let told = Command::new(script).arg(what).arg(self.0.path()).args(options).output();
        let told = told.unwrap();
        assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
        String::from_utf8(told.stdout).unwrap().trim().to_owned()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.tell("remove");
    }
}
