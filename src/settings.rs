//! The process's settings: one struct, read once, from flags, environment and a file.
