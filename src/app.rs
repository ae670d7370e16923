//! Composition root: starts store, forges, workers, sweeper and server; stops them in reverse order.
