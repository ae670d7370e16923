//! The `asyncwarden` program; all it does is in the library.

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    asyncwarden::cli::Cli::parse().run()
}
