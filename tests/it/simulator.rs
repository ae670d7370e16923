//! The simulated platforms refuse what the platforms refuse.

mod github;
mod gitlab;
