//! Workers, the review job, the sweep.
