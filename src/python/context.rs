//! Where code runs: on the event loop, in a thread, or nobody knows.

/// Where a piece of code runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Context {
    /// On the event loop's thread, while the loop runs.
    Loop,
    /// In another thread or process.
    Thread,
    /// Never: behind a `return`, under `if False` or `if TYPE_CHECKING`.
    Never,
    /// Synchronous code of which nobody says where it runs: functions of the module, module level.
    Unknown,
}
