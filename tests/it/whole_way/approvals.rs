//! What passes is approved where the repository wants that.

use asyncwarden::forge::simulator::{Event, Level, State};

use super::world::{BLOCKING, CLEAN, World, everywhere, everywhere_with};

fn approvals(world: &World) -> usize {
    let state: &State = &world.simulator.state();
    state.gitlab.approvals.len()
}

fn given(world: &World) -> usize {
    let state = world.simulator.state();
    state.requests.iter().filter(|it| it.path.ends_with("/approve")).count()
}

#[tokio::test]
async fn what_passes_is_approved_and_each_push_starts_without() {
    let wanted = [(".asyncwarden.toml", "approval = true\n")];
    everywhere_with(
        &wanted,
        |_| {},
        async |mut world: World| {
            let can = usize::from(world.forge.as_str() == "gitlab");
            world.open(&[("app.py", CLEAN)]).await;
            assert_eq!(approvals(&world), can);
            world.push_and_review(&[("app.py", BLOCKING)]).await;
            assert_eq!(approvals(&world), 0);
            world.push_and_review(&[("app.py", CLEAN)]).await;
            assert_eq!(approvals(&world), can);
            // It passes again, but that is another head.
            world.push_and_review(&[("more.py", CLEAN)]).await;
            assert_eq!((approvals(&world), given(&world)), (can, 3 * can));
            world.end().await;
        },
    )
    .await;
}

#[tokio::test]
async fn a_head_that_nobody_looks_at_since_reviews_are_paused_is_not_approved() {
    let wanted = [(".asyncwarden.toml", "approval = true\n")];
    everywhere_with(
        &wanted,
        |_| {},
        async |mut world: World| {
            world.open(&[("app.py", CLEAN)]).await;
            let note = world.note("maria", Some(Level::Write), "@asyncwarden pause");
            let id = note.id;
            world.change(|change| change.comments.push(note));
            world.deliver(&Event::Commented { note: id }).await;
            world.push_and_review(&[("app.py", BLOCKING)]).await;
            assert_eq!((world.open_gates(), approvals(&world)), (0, 0));
            world.end().await;
        },
    )
    .await;
}

#[tokio::test]
async fn nothing_is_approved_unasked() {
    everywhere(async |mut world: World| {
        world.open(&[("app.py", CLEAN)]).await;
        assert_eq!((approvals(&world), given(&world)), (0, 0));
        world.end().await;
    })
    .await;
}
