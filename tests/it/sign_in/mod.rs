//! Signing in to the dashboard: by the platforms, by an OpenID provider, by the operator's link; and what each may see.

mod access_tokens;
pub(crate) mod browser;
mod forged;
mod oidc;
mod operator;
mod platforms;
mod readable;
mod routes;
pub(crate) mod world;
