//! Signing in to the dashboard: by the platforms, by an OpenID provider, by the operator's link; and what each may see.

mod browser;
mod forged;
mod oidc;
mod operator;
mod platforms;
mod readable;
mod routes;
mod world;
