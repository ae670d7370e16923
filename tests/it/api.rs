//! The API over HTTP. Every answer that a test looks at is held to the description first.

mod description;
mod paging;
mod pauses;
mod problems;
mod resources;
mod schemathesis;
mod tags;
mod tokens;
mod visibility;
mod world;
