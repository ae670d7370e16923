//! The store keeps outlines of files by what the files hold, the same on both engines.

use asyncwarden::change::ContentId;
use asyncwarden::forge::{ForgeKind, RepositoryRef};
use asyncwarden::store::outlines::{self, Shelf};
use asyncwarden::store::{Store, Transaction, repositories};
use chrono::{DateTime, TimeDelta, Utc};

use crate::support::on_every_store;

fn day(day: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000, 0).unwrap() + TimeDelta::days(day)
}

fn id(number: usize) -> ContentId {
    ContentId::of(number.to_string().as_bytes())
}

async fn begun(store: &Store) -> (Transaction, Shelf, Shelf) {
    let mut tx = store.begin().await.unwrap();
    let mut shelves = Vec::new();
    for external_id in [7, 8] {
        let repository = RepositoryRef {
            forge: ForgeKind::GitHub,
            external_id,
            full_name: format!("octo/{external_id}"),
            installation_id: Some(external_id),
        };
        let repository_id = repositories::remember(&mut tx, &repository, day(0)).await.unwrap();
        shelves.push(Shelf { repository_id, format: 1 });
    }
    (tx, shelves[0], shelves[1])
}

#[tokio::test]
async fn the_store_gives_outlines_only_to_their_repository_and_format() {
    on_every_store(async |store| {
        let (mut tx, ours, others) = begun(&store).await;
        let kept = [(id(1), b"one\0".to_vec()), (id(2), Vec::new())];
        for _ in 0..2 {
            outlines::keep(&mut tx, ours, &kept, day(0)).await.unwrap();
        }
        outlines::keep(&mut tx, ours, &[], day(0)).await.unwrap();
        let found = outlines::find(&mut tx, ours, &[id(1), id(2), id(3)]).await.unwrap();
        assert_eq!(found.len(), 2);
        assert_eq!((&found[&id(1)][..], &found[&id(2)][..]), (&b"one\0"[..], &b""[..]));
        assert!(outlines::find(&mut tx, ours, &[]).await.unwrap().is_empty());
        assert!(outlines::find(&mut tx, others, &[id(1)]).await.unwrap().is_empty());
        let newer = Shelf { format: 2, ..ours };
        assert!(outlines::find(&mut tx, newer, &[id(1)]).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn the_store_reads_and_writes_thousands_of_outlines_at_once() {
    on_every_store(async |store| {
        let (mut tx, ours, _) = begun(&store).await;
        let all: Vec<_> = (0..40_000).map(|n| (id(n), n.to_string().into_bytes())).collect();
        outlines::keep(&mut tx, ours, &all, day(0)).await.unwrap();
        let ids: Vec<_> = all.iter().map(|(id, _)| *id).collect();
        let found = outlines::find(&mut tx, ours, &ids).await.unwrap();
        assert_eq!(found.len(), 40_000);
        assert_eq!(outlines::used(&mut tx, ours, &ids, day(2)).await.unwrap(), 40_000);
        assert_eq!(outlines::used(&mut tx, ours, &ids, day(2)).await.unwrap(), 0);
    })
    .await;
}

#[tokio::test]
async fn the_store_forgets_outlines_by_age_and_by_size() {
    on_every_store(async |store| {
        let (mut tx, ours, others) = begun(&store).await;
        for n in 0..10 {
            let shelf = if n % 2 == 0 { ours } else { others };
            outlines::keep(&mut tx, shelf, &[(id(n), vec![0; 100])], day(n as i64)).await.unwrap();
        }
        outlines::used(&mut tx, ours, &[id(0)], day(20)).await.unwrap();
        assert_eq!(outlines::forget(&mut tx, day(2), 1000).await.unwrap(), 1, "one was used later");
        assert_eq!(outlines::forget(&mut tx, day(2), 399).await.unwrap(), 6);
        let left = outlines::find(&mut tx, ours, &[id(0), id(2), id(8)]).await.unwrap();
        assert_eq!(left.len(), 2, "{left:?}");
        assert_eq!(outlines::find(&mut tx, others, &[id(9)]).await.unwrap().len(), 1);
    })
    .await;
}
