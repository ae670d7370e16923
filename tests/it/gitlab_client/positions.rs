//! Where comments hang in files that are not shown as they are.

use asyncwarden::forge::Forge;
use asyncwarden::review::CommentPlace;

use super::{BASE, World, comment};

#[tokio::test]
async fn renamed_and_folded_files_take_comments_at_any_line() {
    for version in ["19.5.0", "15.9.0"] {
        let world = World::start().await;
        {
            let mut state = world.simulator.state();
            state.gitlab.version = version.to_owned();
            let moved = format!("{BASE}\n\nasync def more():\n    await asyncio.sleep(2)\n");
            let files = [("old.py", None), ("moved.py", Some(moved.as_str()))];
            state.push(world.repository, "feature", files);
            let change = state.change_mut(world.repository, world.number).unwrap();
            change.cut.insert("app.py".to_owned());
        }
        let revision = world.revision().await;
        let comments = [
            comment("unchanged", "moved.py", 1, 1),
            comment("added", "moved.py", 8, 9),
            comment("folded", "app.py", 2, 6),
            comment("far", "app.py", 6, 40),
        ];
        let published = world.client.publish(&revision, &comments).await.unwrap();
        assert_eq!((published.posted.len(), published.refused), (4, Vec::new()), "{version}");
        let threads = world.client.conversation(&revision).await.unwrap().threads;
        for (thread, comment) in threads.iter().zip(&comments) {
            assert_eq!(thread.place, Some(comment.place.clone()), "{version}");
        }
        world.end().await;
    }
}

#[tokio::test]
async fn a_file_that_is_too_large_stops_no_other_comment() {
    let world = World::start().await;
    world.simulator.state().gitlab.too_large.insert("app.py".to_owned());
    let revision = world.revision().await;
    let shown = world.client.changed_files(&revision).await.unwrap().change;
    assert!(!shown.file("app.py").unwrap().shown && shown.file("new.py").unwrap().shown);
    let comments = [comment("new", "new.py", 1, 1), comment("large", "app.py", 6, 6)];
    let published = world.client.publish(&revision, &comments).await.unwrap();
    assert_eq!(published.posted.len(), 2);
    let threads = world.client.conversation(&revision).await.unwrap().threads;
    let places: Vec<_> = threads.into_iter().map(|thread| thread.place).collect();
    let file = CommentPlace::File { path: "app.py".to_owned() };
    assert_eq!(places, [Some(comments[0].place.clone()), Some(file)]);
    world.end().await;
}
