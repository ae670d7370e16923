//! The documentation holds: links lead somewhere, commands parse, settings exist, every page is found from the README.

mod code;
mod links;
mod page;
mod shell;
mod words;
