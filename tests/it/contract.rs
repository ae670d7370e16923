//! What GitHub publishes about itself, which nobody here wrote, holds for what we send, for what we take, and for how the
//! simulated GitHub answers and delivers. For GitLab, clients and libraries that others wrote stand in for that.

mod answers;
mod examples;
mod exchanges;
mod gitlab_routes;
pub(crate) mod node;
mod payloads;
pub(crate) mod python;
mod requests;
mod routes;
mod scene;
mod script;
mod signatures;
mod standard_signatures;

pub(crate) use requests::keep;
