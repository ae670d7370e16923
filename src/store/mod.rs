//! All SQL: one file per table, the same functions on PostgreSQL and SQLite.
