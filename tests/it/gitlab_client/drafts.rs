//! Comments that are published together.

use asyncwarden::forge::simulator::gitlab::Draft;
use asyncwarden::forge::simulator::{BOT_LOGIN, Fault};
use asyncwarden::forge::{Forge, ForgeError, Published};
use serde_json::{Value, json};

use super::{World, comment, three};

impl World {
    async fn publish_three(&self) -> Published {
        let revision = self.revision().await;
        self.client.publish(&revision, &three()).await.unwrap()
    }

    /// Puts a draft there that was staged before.
    fn draft(&self, author: &str, note: &str) {
        let mut state = self.simulator.state();
        let draft = Draft {
            id: state.next_id(),
            change: (self.repository, self.number),
            author: author.to_owned(),
            note: note.to_owned(),
            position: Value::Null,
            answers: None,
            resolves: false,
        };
        state.gitlab.drafts.push(draft);
    }

    fn drafts(&self) -> Vec<String> {
        self.simulator.state().gitlab.drafts.iter().map(|draft| draft.note.clone()).collect()
    }

    fn told(&self) -> Vec<usize> {
        self.simulator.state().gitlab.notifications.clone()
    }
}

#[tokio::test]
async fn people_are_told_once_of_a_review_and_at_once_of_a_single_comment() {
    let world = World::start().await;
    let published = world.publish_three().await;
    let names: Vec<_> = published.posted.iter().map(|it| it.fingerprint.0.as_str()).collect();
    assert_eq!((names, published.refused), (vec!["one", "two", "three"], Vec::new()));
    let threads = world.client.conversation(&world.revision().await).await.unwrap().threads;
    let ids: Vec<_> = threads.iter().map(|thread| (&thread.id, &thread.comment_id)).collect();
    let posted = published.posted.iter().map(|it| (&it.thread_id, &it.comment_id));
    assert_eq!(ids, posted.collect::<Vec<_>>());
    assert_eq!((world.told(), world.drafts().len()), (vec![3], 0));
    assert_eq!(world.asked("POST", "/discussions"), 0);
    let revision = world.revision().await;
    let mut four = three();
    four.push(comment("four", "app.py", 4, 4));
    assert_eq!(world.client.publish(&revision, &four).await.unwrap().posted.len(), 4);
    assert_eq!((world.told(), world.asked("POST", "/discussions")), (vec![3, 1], 1));
    world.end().await;
}

#[tokio::test]
async fn what_an_earlier_attempt_left_is_not_published() {
    let world = World::start().await;
    world.draft(BOT_LOGIN, &three()[0].body);
    world.draft(BOT_LOGIN, &comment("old", "app.py", 2, 2).body);
    assert_eq!(world.publish_three().await.posted.len(), 3);
    assert_eq!((world.told(), world.drafts().len()), (vec![3], 0));
    assert_eq!(world.change().threads.len(), 3);
    world.end().await;
}

#[tokio::test]
async fn drafts_that_are_not_ours_are_neither_published_nor_deleted() {
    let world = World::start().await;
    world.draft("maria", "Mine");
    assert_eq!(world.publish_three().await.posted.len(), 3);
    assert_eq!((world.told(), world.drafts()), (vec![3], vec!["Mine".to_owned()]));
    world.end().await;

    let world = World::start().await;
    world.draft(BOT_LOGIN, "Written by hand");
    assert_eq!(world.publish_three().await.posted.len(), 3);
    assert_eq!((world.told(), world.drafts()), (vec![1; 3], vec!["Written by hand".to_owned()]));
    world.end().await;
}

#[tokio::test]
async fn a_lost_answer_publishes_nothing_twice() {
    use Fault::{BadGateway, BadGatewayAfter, Page, PageAfter, ResetAfter, ResetBefore, Truncated};
    for fault in [BadGateway, BadGatewayAfter, ResetAfter, ResetBefore, Truncated, Page, PageAfter]
    {
        for (path, times) in [("*/draft_notes", 1), ("*/draft_notes", 3), ("*/bulk_publish", 1)] {
            let world = World::start().await;
            world.simulator.state().faults.plan("POST", path, 0, times, fault.clone());
            let case = format!("{fault:?} {path} {times}");
            assert_eq!(world.publish_three().await.posted.len(), 3, "{case}");
            assert_eq!((world.change().threads.len(), world.drafts().len()), (3, 0), "{case}");
            world.end().await;
        }
    }
}

#[tokio::test]
async fn a_publication_that_stops_in_the_middle_is_finished_one_by_one() {
    let world = World::start().await;
    let revision = world.revision().await;
    let mut comments = three();
    // GitLab looks at it when it is published.
    comments[1].body = format!("{}{}", "x".repeat(1_000_000), comments[1].body);
    let published = world.client.publish(&revision, &comments).await.unwrap();
    let names: Vec<_> = published.posted.iter().map(|it| it.fingerprint.0.as_str()).collect();
    assert_eq!((names, published.refused.len()), (vec!["one", "three"], 1));
    assert_eq!(world.asked("POST", "/bulk_publish"), 1, "it is never sent twice");
    assert_eq!((world.change().threads.len(), world.drafts().len()), (2, 0));
    world.end().await;
}

#[tokio::test]
async fn a_comment_that_is_not_staged_is_posted_by_itself() {
    let world = World::start().await;
    let refusal = json!({ "message": "400 Bad request - Note is odd" });
    world.fault("POST", "*/draft_notes", Fault::Status(400, refusal));
    assert_eq!(world.publish_three().await.posted.len(), 3);
    assert_eq!(world.told(), [2, 1]);
    world.end().await;
}

#[tokio::test]
async fn where_there_are_no_drafts_comments_are_posted_one_by_one() {
    let world = World::start().await;
    world.simulator.state().gitlab.version = "15.9.3-ee".to_owned();
    assert_eq!(world.publish_three().await.posted.len(), 3);
    world.simulator.state().change_mut(world.repository, world.number).unwrap().threads.clear();
    assert_eq!(world.publish_three().await.posted.len(), 3);
    assert_eq!((world.told(), world.asked("GET", "/draft_notes")), (vec![1; 6], 1));
    world.end().await;

    for path in ["*/draft_notes", "*/bulk_publish"] {
        let world = World::start().await;
        world.fault("POST", path, Fault::forbidden());
        assert_eq!(world.publish_three().await.posted.len(), 3, "{path}");
        assert_eq!((world.told(), world.drafts().len()), (vec![1; 3], 0), "{path}");
        world.end().await;
    }
}

#[tokio::test]
async fn a_limit_leaves_drafts_to_the_next_attempt() {
    let world = World::start().await;
    let revision = world.revision().await;
    world.fault("POST", "*/bulk_publish", Fault::TooManyRequests(Some(7)));
    let limited = world.client.publish(&revision, &three()).await;
    assert!(matches!(limited, Err(ForgeError::RateLimited { .. })), "{limited:?}");
    assert_eq!(world.drafts().len(), 3);
    world.simulator.state().watches_waits = false;
    let other = super::client(world.server.url(), asyncwarden::forge::simulator::BOT_TOKEN);
    assert_eq!(other.publish(&revision, &three()).await.unwrap().posted.len(), 3);
    assert_eq!((world.told(), world.drafts().len()), (vec![3], 0));
    world.end().await;
}
