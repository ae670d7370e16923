//! The bot's approval.

use asyncwarden::forge::simulator::gitlab::MergeRules;
use asyncwarden::forge::simulator::{BOT_LOGIN, Fault};
use asyncwarden::forge::{Approval, Forge};

use super::World;

impl World {
    async fn approve(&self, approval: Approval) {
        let revision = self.revision().await;
        self.client.approve(&revision, approval).await.unwrap();
    }

    fn approvals(&self) -> usize {
        self.simulator.state().gitlab.approvals.len()
    }

    fn system_notes(&self) -> usize {
        self.change().comments.iter().filter(|note| note.system).count()
    }
}

#[tokio::test]
async fn an_approval_is_given_and_taken_back_once() {
    let world = World::start().await;
    for (approval, stands) in [
        (Approval::Withdrawn, 0),
        (Approval::Refused, 0),
        (Approval::Given, 1),
        (Approval::Given, 1),
        (Approval::Refused, 0),
        (Approval::Withdrawn, 0),
    ] {
        world.approve(approval).await;
        assert_eq!(world.approvals(), stands, "{approval:?}");
    }
    assert_eq!(world.system_notes(), 2, "nothing was done twice");
    world.end().await;
}

#[tokio::test]
async fn what_gitlab_does_not_let_the_bot_do_is_no_error() {
    let world = World::start().await;
    {
        let mut state = world.simulator.state();
        let rules = MergeRules { others_approve: true, ..MergeRules::default() };
        state.gitlab.merge_rules.insert(world.repository, rules);
        let change = state.change_mut(world.repository, world.number).unwrap();
        change.author = BOT_LOGIN.to_owned();
    }
    world.approve(Approval::Given).await;
    for fault in [Fault::forbidden(), Fault::not_found(), Fault::unauthorized()] {
        world.fault("GET", "*/approvals", fault);
        world.approve(Approval::Given).await;
    }
    assert_eq!(world.approvals(), 0);
    world.end().await;
}

#[tokio::test]
async fn a_head_that_nobody_looked_at_is_not_approved() {
    let world = World::start().await;
    let revision = world.revision().await;
    world.simulator.state().push(world.repository, "feature", [("more.py", Some("z = 1\n"))]);
    world.client.approve(&revision, Approval::Given).await.unwrap();
    assert_eq!(world.approvals(), 0);
    world.end().await;
}

#[tokio::test]
async fn lost_answers_approve_and_take_back_once() {
    use Fault::{BadGateway, BadGatewayAfter, PageAfter, ResetAfter, ResetBefore, Truncated};
    for fault in [BadGateway, BadGatewayAfter, PageAfter, ResetAfter, ResetBefore, Truncated] {
        let world = World::start().await;
        world.fault("POST", "*/approve", fault.clone());
        world.approve(Approval::Given).await;
        assert_eq!(world.approvals(), 1, "{fault:?}");
        world.fault("POST", "*/unapprove", fault.clone());
        world.approve(Approval::Refused).await;
        assert_eq!((world.approvals(), world.system_notes()), (0, 2), "{fault:?}");
        world.end().await;
    }
}
