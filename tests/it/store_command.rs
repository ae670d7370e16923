//! `asyncwarden store`: the content goes to files and comes from them, a repository is forgotten.

use std::path::Path;
use std::process::{Command, Output};

use asyncwarden::forge::{ChangeRequest, ForgeKind, RepositoryRef};
use asyncwarden::settings::StoreSettings;
use asyncwarden::store::{Store, change_requests};
use chrono::Utc;
use secrecy::ExposeSecret;

use crate::database::count;
use crate::support::on_every_store_settings;

fn run(store: &StoreSettings, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_asyncwarden"));
    command.arg("store").args(args).env_remove("DATABASE_URL");
    match store {
        StoreSettings::Postgres(url) => command.env("DATABASE_URL", url.expose_secret()),
        StoreSettings::Embedded(folder) => command.arg("--data-dir").arg(folder),
    };
    command.output().unwrap()
}

fn done(store: &StoreSettings, args: &[&str]) -> Output {
    let output = run(store, args);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output
}

/// The one line that says why nothing was done.
fn refused(store: &StoreSettings, args: &[&str]) -> String {
    let output = run(store, args);
    assert_eq!(output.status.code(), Some(2));
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!(text.lines().count(), 1, "{text}");
    text
}

async fn fill(settings: &StoreSettings) {
    let store = Store::open(settings).await.unwrap();
    let mut tx = store.begin().await.unwrap();
    for (external_id, name) in [(7, "octo/loops"), (8, "octo/knots"), (8, "octo/rings")] {
        let repository = RepositoryRef {
            forge: ForgeKind::GitHub,
            external_id,
            full_name: name.to_owned(),
            installation_id: Some(1),
        };
        let change = ChangeRequest { repository, number: 3 };
        change_requests::remember(&mut tx, &change, Utc::now()).await.unwrap();
    }
    tx.commit().await.unwrap();
    store.close().await;
}

fn lines(path: &Path) -> usize {
    std::fs::read_to_string(path).unwrap().lines().count()
}

#[tokio::test]
async fn files_are_written_whole_and_read_whole() {
    on_every_store_settings(async |settings: StoreSettings| {
        fill(&settings).await;
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name).display().to_string();
        done(&settings, &["export", &at("plain.jsonl")]);
        done(&settings, &["export", &at("packed.jsonl.gz")]);
        let piped = done(&settings, &["export", "-"]).stdout;
        // The two exports before are entries of the audit log.
        let plain = lines(&folder.path().join("plain.jsonl"));
        assert_eq!(String::from_utf8(piped).unwrap().lines().count(), plain + 2);
        let packed = std::fs::read(folder.path().join("packed.jsonl.gz")).unwrap();
        assert_eq!(packed[..2], [0x1f, 0x8b]);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let file = folder.path().join("plain.jsonl");
            assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        }
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2, "nothing else is left");

        for (name, file) in [("one", "plain.jsonl"), ("two", "packed.jsonl.gz")] {
            let new = StoreSettings::Embedded(folder.path().join(name));
            done(&new, &["import", &at(file)]);
            assert_eq!(count(&new, "SELECT count(*) FROM repositories").await, 2);
            let again = refused(&new, &["import", &at(file)]);
            assert!(again.contains("the store is not empty"), "{again}");
        }
        let cut = &packed[..packed.len() / 2];
        std::fs::write(folder.path().join("cut.jsonl.gz"), cut).unwrap();
        let new = StoreSettings::Embedded(folder.path().join("three"));
        let text = refused(&new, &["import", &at("cut.jsonl.gz")]);
        assert!(text.contains("nothing was imported") && text.contains("line "), "{text}");
        assert_eq!(count(&new, "SELECT count(*) FROM repositories").await, 0);
        let text = refused(&new, &["import", &at("none.jsonl")]);
        assert!(text.contains("cannot read"), "{text}");
        let text = refused(&settings, &["export", &at("none/there.jsonl")]);
        assert!(text.contains("cannot write"), "{text}");
    })
    .await;
}

#[tokio::test]
async fn a_repository_is_forgotten_when_an_operator_says_so() {
    on_every_store_settings(async |settings: StoreSettings| {
        fill(&settings).await;
        let text = refused(&settings, &["forget", "github", "octo/none"]);
        assert!(text.contains("the store has no repository octo/none of GitHub"), "{text}");
        let text = refused(&settings, &["forget", "gitlab", "octo/loops"]);
        assert!(text.contains("of GitLab"), "{text}");
        let text = refused(&settings, &["forget", "github", "octo/knots"]);
        assert!(text.contains("octo/knots is called octo/rings by now"), "{text}");
        assert_eq!(count(&settings, "SELECT count(*) FROM repositories").await, 2);
        done(&settings, &["forget", "github", "Octo/Loops"]);
        assert_eq!(count(&settings, "SELECT count(*) FROM repositories").await, 1);
        assert_eq!(count(&settings, "SELECT count(*) FROM change_requests").await, 1);
        let audited =
            "SELECT count(*) FROM audit_log WHERE actor = 'operator' AND action = 'data-deleted'";
        assert_eq!(count(&settings, audited).await, 1);
        let text = refused(&settings, &["forget", "svn", "octo/loops"]);
        assert!(text.contains("neither github nor gitlab"), "{text}");
    })
    .await;
}
