//! What GitHub publishes about itself, which nobody here wrote, holds for what we send, for what we take, and for how the
//! simulated GitHub answers and delivers.

mod answers;
mod examples;
mod exchanges;
mod node;
mod payloads;
mod requests;
mod routes;
mod scene;
mod script;
mod signatures;

pub(crate) use requests::keep;
