//! All metrics.

use super::Metric;

/// Bounds in seconds for what takes milliseconds.
const SHORT: &[f64] =
    &[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];
/// Bounds in seconds for what takes seconds to minutes.
const LONG: &[f64] = &[0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0];

macro_rules! metrics {
    ($($constant:ident = $kind:ident($name:literal $(, $bounds:ident)?; $($label:literal),*; $help:literal);)*) => {
        $(
            #[doc = $help]
            pub const $constant: Metric = Metric::$kind(
                concat!("asyncwarden_", $name), $($bounds,)? &[$($label),*], $help);
        )*

        /// All of them, in the order of their declaration.
        pub const ALL: &[Metric] = &[$($constant),*];
    };
}

metrics! {
    DELIVERIES = counter("deliveries_total"; "platform", "event", "outcome";
        "Authentic webhook calls by what they are about (`change`, `again`, `command`, `merge_group`, `push`, `repository`, `installation`, `revoked`, `greeting`, `nothing`) and what came of them: `queued`, `noted`, `ignored`, `repeated` (seen before), `failed` (answered with an error, to be sent again).");
    REFUSED_DELIVERIES = counter("deliveries_refused_total"; "platform", "reason";
        "Webhook calls that were not taken: `unauthenticated`, `malformed`, `too_large`, `unavailable` (it could not be found out whether the sender may).");
    QUEUE_JOBS = gauge("queue_jobs"; "state";
        "Jobs of all processes: `due` (waiting for a worker), `delayed` (waiting for their time), `running`, `dead`.");
    QUEUE_OLDEST = gauge("queue_oldest_seconds"; ;
        "How long the job has been due that waits longest for a worker. The number to scale by.");
    OLDEST_UNPROCESSED = gauge("delivery_oldest_unprocessed_seconds"; ;
        "Age of the oldest wish for a review that has not ended, whatever it waits for.");
    JOBS = counter("jobs_total"; "outcome";
        "Jobs that a worker gave back: `done`, `again` (somebody asked meanwhile, or the head moved), `retried`, `held` (the platform asked for a wait), `dead`, `out_of_reach`, `handed_back` (the service stops), `lease_lost`.");
    JOB_SECONDS = histogram("job_seconds", LONG; ;
        "How long a worker had a job.");
    STEP_SECONDS = histogram("job_step_seconds", LONG; "step";
        "How long the steps of reviews took: `fetch`, `analyse`, `post`.");
    WAIT_SECONDS = histogram("job_wait_seconds", LONG; ;
        "How long jobs were due before a worker took them.");
    REVIEWS = counter("reviews_total"; "conclusion";
        "Reviews that ended, by the gate's conclusion.");
    FINDINGS = counter("findings_total"; "rule", "severity";
        "Findings that a review found and the one before it did not.");
    SUPPRESSED = counter("findings_suppressed_total"; ;
        "Findings that a comment in the code kept away.");
    ANALYSED_FILES = counter("analysis_files_total"; "outcome";
        "Changed Python files: `analysed`, and `skipped`, which the summary names.");
    ANALYSIS_SECONDS = histogram("analysis_seconds", LONG; ;
        "How long single analyses took; a review has up to five.");
    COMMENTS = counter("comments_total"; "outcome";
        "Inline comments: `posted`, `refused` by the platform, `rewritten`, `resolved`.");
    FORGE_CALLS = counter("forge_calls_total"; "platform", "operation", "outcome";
        "Requests to platforms: `ok`, `limited`, `refused` (4xx), `failed` (5xx), `no_answer`.");
    FORGE_SECONDS = histogram("forge_call_seconds", SHORT; "platform";
        "How long platforms took to answer.");
    RATE_LIMIT_REMAINING = gauge("rate_limit_remaining"; "platform", "resource";
        "What the platform's last answer to this process said is left of the rate limit.");
    HOLDS = gauge("rate_limit_holds"; ;
        "Installations, or projects, whose jobs wait because the platform asked for it.");
    LEASES_LOST = counter("leases_lost_total"; ;
        "Jobs that another process took over from this one.");
    OPEN_GATES = gauge("gates_open"; ;
        "Gates that are shown as queued or running.");
    OVERDUE_GATES = gauge("gates_overdue"; ;
        "Gates that have been shown as queued or running for more than 15 minutes.");
    HTTP_REQUESTS = counter("http_requests_total"; "route", "method", "status";
        "Requests that the service answered; the route is the pattern, `none` where there is none.");
    HTTP_SECONDS = histogram("http_request_seconds", SHORT; "route";
        "How long requests took until their answer began.");
    ERRORS = counter("errors_total"; "kind";
        "What went wrong: `store`, `platform`, `refused` (by the platform), `crashed`, `deadline`, `not_set_up`, `cut_off`, `lease_lost`, `page` (answered with 500).");
    LOG_EVENTS = counter("log_events_total"; "level";
        "Log lines of levels `warn` and `error`, whether they are written or not.");
    STORE_UP = gauge("store_up"; ;
        "1 if the store answered when the metrics were read, else 0: numbers that are read from it are old then.");
    STORE_CONNECTIONS = gauge("store_connections"; "state";
        "This process's connections to the store: `busy`, `idle`.");
    RELOADS = counter("reloads_total"; "outcome";
        "How often settings were read anew while the service ran: `done`, `refused` (what was there before goes on).");
    BUILD_INFO = gauge("build_info"; "version", "commit";
        "1; the labels say which program this is.");
    RESIDENT_BYTES = gauge("process_resident_memory_bytes"; ;
        "Memory of the process that is in RAM.");
    OPEN_FDS = gauge("process_open_fds"; ;
        "Open file descriptors.");
    MAX_FDS = gauge("process_max_fds"; ;
        "Most file descriptors that the process may have open.");
    THREADS = gauge("process_threads"; ;
        "Threads.");
    CPU_SECONDS = gauge("process_cpu_seconds_total"; ;
        "Seconds of CPU that the process has used.");
    START_TIME = gauge("process_start_time_seconds"; ;
        "When the process started, in seconds since 1970.");
}
