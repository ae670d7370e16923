use crate::analysis::rules::advice;
use crate::analysis::{Category, Confidence, Item, Report, Rule, Severity};
use crate::policy::PythonVersion;
use crate::python::{Call, Module, Tag};

pub(in crate::analysis::rules) const RULE: Rule = Rule {
    code: "AW401",
    name: "resource-outside-main",
    item: Some(Item(31)),
    also: &[],
    severity: Severity::High,
    category: Category::Leak,
    page: include_str!("resource_outside_main.md"),
    check,
};

/// What takes the running loop when it is made, so that it fails, or belongs to the wrong loop, when none runs yet.
const TAKE_THE_LOOP: [&str; 5] = [
    "aiohttp.ClientSession",
    "aiohttp.TCPConnector",
    "aiohttp.UnixConnector",
    "asyncio.Future",
    "aiokafka.AIOKafkaProducer",
];

/// What took the loop when it was made, before Python 3.10.
const TOOK_THE_LOOP: [&str; 8] = [
    "asyncio.Lock",
    "asyncio.Event",
    "asyncio.Condition",
    "asyncio.Semaphore",
    "asyncio.BoundedSemaphore",
    "asyncio.Queue",
    "asyncio.LifoQueue",
    "asyncio.PriorityQueue",
];

fn check(module: &Module, report: &mut Report) {
    for call in module.calls_in_focus() {
        let Some(what) = of_the_loop(call, report.target()) else { continue };
        if call.expr().is_dead() {
            continue;
        }
        if call.expr().function().is_some() {
            report.satisfied(call.callee());
        } else {
            state(call, what, report);
        }
    }
}

/// What a thing has to do with the event loop that runs when it is made.
#[derive(Clone, Copy)]
enum Bound {
    /// It takes the loop at once.
    Now,
    /// It takes the loop when it is first used, and serves no other one after that.
    AtFirstUse,
}

fn of_the_loop(call: Call<'_>, target: PythonVersion) -> Option<Bound> {
    if call.is_any(&TAKE_THE_LOOP) || target < PythonVersion(3, 10) && call.is_any(&TOOK_THE_LOOP) {
        return Some(Bound::Now);
    }
    let fact = call.fact()?;
    let asynchronous = fact.resource.is_some_and(|it| it.asynchronous);
    let pooled = [Tag::Session, Tag::Pool, Tag::Connection].iter().any(|tag| fact.has(*tag));
    (asynchronous && pooled).then_some(Bound::AtFirstUse)
}

fn state(call: Call<'_>, bound: Bound, report: &mut Report) {
    let name = advice::name_of(call);
    match bound {
        Bound::Now => {
            report.finding(
                call.callee(),
                format!("`{name}` is made when the file is imported, before the event loop runs: it fails, or belongs to a loop that never runs; make it in the main coroutine, and hand it on"),
            );
        }
        Bound::AtFirstUse => {
            report
                .finding(
                    call.callee(),
                    format!("`{name}` is made when the file is imported: it outlives the loop that uses it first, a second one (a test, a restart, a fork) gets its dead connections, and no shutdown owns it; make it in the main coroutine, and hand it on"),
                )
                .severity(Severity::Medium)
                .confidence(Confidence::Likely);
        }
    }
}
