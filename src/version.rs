//! What this build is, as `build.rs` found it out. What changes with every build is in this file alone.

/// The version.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
/// The commit that it is built from; `unknown` where nobody told, and in debug builds.
pub const COMMIT: &str = env!("ASYNCWARDEN_BUILD_COMMIT");
/// Cargo's profile: `dist` is what is shipped.
const PROFILE: &str = env!("ASYNCWARDEN_BUILD_PROFILE");
/// What it runs on.
const TARGET: &str = env!("ASYNCWARDEN_BUILD_TARGET");
/// Whether the C library is linked in.
const LINKAGE: &str = env!("ASYNCWARDEN_BUILD_LINKAGE");
/// The compiler.
const RUSTC: &str = env!("ASYNCWARDEN_BUILD_RUSTC");
const LICENSE: &str = env!("CARGO_PKG_LICENSE");

/// All of it, a line each.
pub fn verbose() -> String {
    format!(
        "asyncwarden {VERSION}\n\
         commit    {COMMIT}\n\
         profile   {PROFILE}\n\
         target    {TARGET}, C library linked {LINKAGE}\n\
         compiler  rustc {RUSTC}\n\
         licence   {LICENSE}; those of what is built in: asyncwarden licenses\n"
    )
}
