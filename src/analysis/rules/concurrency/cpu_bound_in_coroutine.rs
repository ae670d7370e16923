use super::heavy::{self, Heavy, MANY};
use super::spinning;
use crate::analysis::rules::advice;
use crate::analysis::selection::is_for_people;
use crate::analysis::{Category, Confidence, Item, Report, Rule, Severity};
use crate::python::{Call, Context, Expr, Module};

pub(in crate::analysis::rules) const RULE: Rule = Rule {
    code: "AW101",
    name: "cpu-bound-in-coroutine",
    item: Some(Item(1)),
    also: &[Item(6)],
    severity: Severity::Critical,
    category: Category::Blocking,
    page: include_str!("cpu_bound_in_coroutine.md"),
    check,
};

fn check(module: &Module, report: &mut Report) {
    for function in module.functions_in_focus().filter(|it| it.context() == Context::Loop) {
        for found in heavy::in_function(function) {
            if found.place().context() == Context::Loop {
                state(report, found);
            }
        }
        for found in function.statements().filter_map(heavy::quadratic) {
            state(report, found);
        }
    }
    spinning::check(module, report);
    let mut known = heavy::Known::new();
    for expr in module.expressions_in_focus().filter(|expr| expr.runs_on_the_loop()) {
        if expr.runs().is_empty() || expr.is_awaited() {
            continue;
        }
        if let Some(way) = heavy::reached(expr, &mut known) {
            through(report, expr, &way);
        }
    }
    for call in module.calls_on_the_loop() {
        if call.method() == Some("run_in_executor")
            && call.positional(0).is_some_and(|it| it.is_instance(super::pools::PROCESSES))
        {
            report.satisfied(call.callee());
        }
    }
}

fn state(report: &mut Report, found: Heavy<'_>) {
    let place = found.place();
    let (what, confidence) = described(found);
    let elsewhere = elsewhere(found, report);
    let draft = report.finding(
        place,
        format!("{what} on the event loop's thread, so every other task waits until it is done; {elsewhere}"),
    );
    draft.confidence(confidence);
    if matches!(found, Heavy::Quadratic(_)) {
        draft.severity(Severity::Medium);
    }
}

/// What happens, as the beginning of a sentence, and how sure it is that it takes long.
fn described(found: Heavy<'_>) -> (String, Confidence) {
    match found {
        Heavy::Call(call) => {
            let name = advice::name_of(call);
            (format!("`{name}` computes"), size_matters(call))
        }
        Heavy::Rounds(turns, rounds) => {
            let confidence = match rounds {
                // A benchmark, or a script, has nothing else to do meanwhile.
                _ if is_for_people(turns.module().path()) => Confidence::Possible,
                rounds if rounds >= 10 * MANY => Confidence::Certain,
                _ => Confidence::Likely,
            };
            let turns = advice::quoted(turns, "what it iterates over");
            (format!("The loop over {turns} goes round {} times", grouped(rounds)), confidence)
        }
        Heavy::Doubles(call) => {
            let name = advice::name_of(call);
            (
                format!(
                    "`{name}` calls itself twice, so its time grows with every step, and it runs"
                ),
                Confidence::Likely,
            )
        }
        Heavy::Quadratic(iter) => {
            let name = advice::quoted(iter, "this collection");
            (
                format!(
                    "The loop over {name} within a loop over it takes time with the square of its length,"
                ),
                Confidence::Possible,
            )
        }
    }
}

/// Libraries that are fast enough for what most programs give them.
const FAST: [&str; 8] =
    ["zlib.", "gzip.", "zstandard.", "lz4.", "snappy.", "brotli.", "pandas.", "polars."];

/// How sure it is that the call takes long, whatever the size of its input: data frames in memory are small as a rule, those
/// that are read and written are not.
fn size_matters(call: Call<'_>) -> Confidence {
    let name = call.name().unwrap_or_default();
    let stored = [".read_", ".to_", ".write_"].iter().any(|it| name.contains(it));
    // An example, or a script, has nothing else to do meanwhile.
    if is_for_people(call.module().path()) {
        return Confidence::Possible;
    }
    if FAST.iter().any(|library| name.starts_with(library)) && !stored || is_made_into_text(call) {
        Confidence::Possible
    } else if name.starts_with("bz2.") || name.starts_with("lzma.") {
        Confidence::Likely
    } else {
        Confidence::Certain
    }
}

/// Whether a data frame becomes text that is used here: nobody makes that of a large one.
fn is_made_into_text(call: Call<'_>) -> bool {
    matches!(call.method(), Some("to_csv" | "to_html" | "to_json" | "to_markdown" | "to_string"))
        && call.positional(0).is_none()
        && !call.args().iter().any(|it| matches!(it.keyword, Some("path_or_buf" | "buf")))
}

/// Where to compute instead.
fn elsewhere(found: Heavy<'_>, report: &Report<'_>) -> String {
    let thread = advice::thread(report.target());
    match found {
        Heavy::Call(call) if !heavy::keeps_the_lock(call) => {
            format!(
                "hand it to a thread with {thread} (it frees the interpreter while it computes), or to a process"
            )
        }
        _ => "hand it to a `ProcessPoolExecutor` with `loop.run_in_executor`".to_owned(),
    }
}

fn through(report: &mut Report, entry: Expr<'_>, way: &heavy::Way<'_>) {
    let mut path = vec![format!("`{}`", advice::link(entry))];
    path.extend(way.links.iter().map(|link| format!("`{}`", advice::link(*link))));
    if let Heavy::Call(call) = way.end {
        path.push(format!("`{}`", advice::name_of(call)));
    }
    let first = path[0].clone();
    let chain = if path.len() > 1 { format!(" ({})", advice::chain(&path)) } else { String::new() };
    let (what, confidence) = described(way.end);
    let elsewhere = elsewhere(way.end, report);
    let draft = report.finding(
        advice::place(entry),
        format!("{first} computes for long on the event loop's thread{chain}, so every other task waits until it is done; {elsewhere}"),
    );
    let sure = if way.is_conditional() { Confidence::Possible } else { Confidence::Likely };
    draft.confidence(confidence.min(sure));
    for link in &way.links {
        draft.related(advice::place(*link), format!("`{}` is called here", advice::link(*link)));
    }
    draft.related(way.end.place(), what);
}

/// A number with spaces between groups of three digits.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}
