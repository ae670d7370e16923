//! The App itself: what it asks for, and how it is made.

mod creation;
pub(super) mod hosts;
mod manifest;

pub use creation::{CreatedApp, Creation, Form};
pub use hosts::{api_url, web_url};
pub use manifest::{Extent, NewApp, Permission, Subscription, app_name, permissions_table};
