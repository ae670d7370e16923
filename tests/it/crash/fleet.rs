//! `asyncwarden serve` as processes side by side on one store.

use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use asyncwarden::settings::StoreSettings;
use secrecy::ExposeSecret;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::oneshot;

const PROGRAM: &str = env!("CARGO_BIN_EXE_asyncwarden");

/// How long a process may take to listen, or to stop.
const SOON: Duration = Duration::from_secs(60);

/// Waits that are short enough for a test that kills.
const SHORT: [(&str, &str); 9] = [
    ("ASYNCWARDEN_LISTEN", "127.0.0.1:0"),
    ("ASYNCWARDEN_LEASE_SECS", "3"),
    ("ASYNCWARDEN_SWEEP_SECS", "0.5"),
    ("ASYNCWARDEN_POLL_SECS", "0.5"),
    ("ASYNCWARDEN_RETRY_SECS", "0.1"),
    ("ASYNCWARDEN_LONGEST_RETRY_SECS", "1"),
    ("ASYNCWARDEN_WRITE_SECS", "0.001"),
    ("ASYNCWARDEN_WORKERS", "3"),
    // Whoever is killed all the time is no poison.
    ("ASYNCWARDEN_ATTEMPTS", "100"),
];

pub struct Fleet {
    launch: Launch,
    replicas: Vec<tokio::sync::Mutex<Replica>>,
    /// Where each one listens now.
    addresses: Mutex<Vec<String>>,
    log: Log,
}

/// How a process is started.
pub struct Launch {
    environment: Vec<(&'static str, String)>,
    /// What starts it instead of the system itself; the program is the last argument.
    wrapper: Vec<String>,
}

/// Lines of all processes.
#[derive(Clone, Default)]
pub struct Log(Arc<Mutex<Vec<String>>>);

struct Replica {
    process: Child,
}

impl Launch {
    pub fn on(store: &StoreSettings, more: Vec<(&'static str, String)>) -> Self {
        let mut environment = SHORT.map(|(name, value)| (name, value.to_owned())).to_vec();
        environment.push(match store {
            StoreSettings::Embedded(folder) => {
                ("ASYNCWARDEN_DATA_DIR", folder.to_str().unwrap().to_owned())
            }
            StoreSettings::Postgres(url) => ("DATABASE_URL", url.expose_secret().to_owned()),
        });
        environment.extend(more);
        Self { environment, wrapper: Vec::new() }
    }

    pub fn through(self, wrapper: &[&str]) -> Self {
        let wrapper = wrapper.iter().map(|&word| word.to_owned()).collect();
        Self { wrapper, ..self }
    }

    /// Starts a process. Returns it with the address where it listens.
    async fn start(&self, number: usize, log: &Log) -> (Replica, String) {
        self.start_program(PROGRAM, number, log).await
    }

    async fn start_program(&self, program: &str, number: usize, log: &Log) -> (Replica, String) {
        let mut command = match self.wrapper.split_first() {
            None => Command::new(program),
            Some((wrapper, rest)) => {
                let mut command = Command::new(wrapper);
                command.args(rest).arg(program);
                command
            }
        };
        let mut process = command
            .arg("serve")
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            // A test that failed leaves no process behind.
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let lines = BufReader::new(process.stderr.take().unwrap()).lines();
        let (tell, told) = oneshot::channel();
        tokio::spawn(log.clone().keep(number, lines, tell));
        let address = tokio::time::timeout(SOON, told).await;
        match address {
            Ok(Ok(address)) => (Replica { process }, address),
            _ => panic!("it did not listen:\n{}", log.tail()),
        }
    }
}

impl Log {
    /// Reads what a process logs, and tells where it listens.
    async fn keep(
        self,
        number: usize,
        mut lines: tokio::io::Lines<BufReader<tokio::process::ChildStderr>>,
        tell: oneshot::Sender<String>,
    ) {
        let mut tell = Some(tell);
        while let Ok(Some(line)) = lines.next_line().await {
            if let Some(address) = address(&line)
                && let Some(tell) = tell.take()
            {
                let _ = tell.send(address);
            }
            self.lines().push(format!("{number}: {line}"));
        }
    }

    fn lines(&self) -> std::sync::MutexGuard<'_, Vec<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for a line that holds the text: what a process has written is read a moment later.
    pub async fn wait_for(&self, text: &str) {
        let told = async {
            while self.count(text) == 0 {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        let told = tokio::time::timeout(SOON, told).await;
        assert!(told.is_ok(), "no line says {text:?}:\n{}", self.tail());
    }

    /// How many lines hold the text.
    pub fn count(&self, text: &str) -> usize {
        self.lines().iter().filter(|line| line.contains(text)).count()
    }

    pub fn tail(&self) -> String {
        let lines = self.lines();
        lines[lines.len().saturating_sub(200)..].join("\n")
    }
}

/// Where a process listens, if the line says it.
fn address(line: &str) -> Option<String> {
    let (_, rest) = line.split_once("listening on http://")?;
    let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.' && c != ':');
    Some(rest[..end.unwrap_or(rest.len())].to_owned())
}

impl Fleet {
    pub async fn start(replicas: usize, launch: Launch) -> Self {
        let log = Log::default();
        let mut fleet =
            Self { launch, replicas: Vec::new(), addresses: Mutex::default(), log: log.clone() };
        // The first of several may be the program of the version before this one, as while replicas are replaced.
        let previous = std::env::var("ASYNCWARDEN_PREVIOUS_BINARY").ok().filter(|_| replicas > 1);
        for number in 0..replicas {
            let program = previous.as_deref().filter(|_| number == 0).unwrap_or(PROGRAM);
            let (replica, address) = fleet.launch.start_program(program, number, &log).await;
            fleet.replicas.push(tokio::sync::Mutex::new(replica));
            fleet.addresses().push(address);
        }
        fleet
    }

    fn addresses(&self) -> std::sync::MutexGuard<'_, Vec<String>> {
        self.addresses.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn len(&self) -> usize {
        self.replicas.len()
    }

    pub fn log(&self) -> &Log {
        &self.log
    }

    /// Where a process listens now.
    pub fn address(&self, number: usize) -> String {
        self.addresses()[number % self.replicas.len()].clone()
    }

    /// The id of a process.
    pub async fn process(&self, number: usize) -> u32 {
        self.replicas[number].lock().await.process.id().unwrap()
    }

    /// The same; `None` of one that is just being replaced.
    pub fn process_if_there(&self, number: usize) -> Option<u32> {
        self.replicas[number].try_lock().ok()?.process.id()
    }

    /// Kills a process, which gets no chance to do anything.
    pub async fn kill(&self, number: usize) {
        let mut replica = self.replicas[number].lock().await;
        replica.process.kill().await.unwrap();
    }

    /// Kills a process and starts another in its place.
    pub async fn kill_and_start(&self, number: usize) {
        let mut replica = self.replicas[number].lock().await;
        replica.process.kill().await.unwrap();
        let (next, address) = self.launch.start(number, &self.log).await;
        *replica = next;
        self.addresses()[number] = address;
    }

    /// Tells all processes to stop; all must do so in good order.
    pub async fn stop(self) -> Log {
        for replica in self.replicas {
            let mut process = replica.into_inner().process;
            let id = process.id().unwrap_or_else(|| panic!("it ended:\n{}", self.log.tail()));
            let told = Command::new("kill").arg(id.to_string()).status().await.unwrap();
            assert!(told.success());
            let ended = tokio::time::timeout(SOON, process.wait()).await;
            let code = ended.ok().and_then(|status| status.unwrap().code());
            assert_eq!(code, Some(0), "{}", self.log.tail());
        }
        self.log
    }
}
