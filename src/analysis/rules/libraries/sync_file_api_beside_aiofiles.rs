use crate::analysis::rules::advice;
use crate::analysis::rules::blocking::calls::{blocking, is_brief};
use crate::analysis::{Category, Confidence, Item, Report, Rule, Severity};
use crate::python::ast::ExprKind;
use crate::python::{Blocks, Call, Fact, Function, Module, TextEdit};

pub(in crate::analysis::rules) const RULE: Rule = Rule {
    code: "AW605",
    name: "sync-file-api-beside-aiofiles",
    item: Some(Item(51)),
    also: &[Item(43)],
    severity: Severity::Medium,
    category: Category::Blocking,
    page: include_str!("sync_file_api_beside_aiofiles.md"),
    check,
};

fn check(module: &Module, report: &mut Report) {
    let beside = beside_aiofiles(module);
    for call in module.calls_on_the_loop() {
        if call.name().is_some_and(|it| it.starts_with("aiofiles.")) && call.expr().is_awaited() {
            report.satisfied(call.callee());
        }
        if !beside(call) {
            continue;
        }
        let Some(counterpart) = counterpart(call) else { continue };
        let name = advice::name_of(call);
        let (written, mut edits) = module.reference(call.callee(), &counterpart);
        let draft = report.finding(
            call.callee(),
            format!("`{name}` asks the disk on the event loop, so every other task waits, although this file uses `aiofiles.os`; use `await {written}(…)`"),
        );
        draft.confidence(Confidence::Likely);
        // What follows directly on the call would apply to the coroutine.
        let plain = !call.expr().parent_expr().is_some_and(|it| {
            matches!(it.kind(), ExprKind::Attribute { .. } | ExprKind::Subscript { .. })
        });
        let own = call.expr().function().is_some_and(Function::is_async);
        if plain && own {
            edits.push(TextEdit::replace(call.callee().span(), format!("await {written}")));
            draft.fix(format!("Await `{counterpart}`"), edits);
        }
    }
}

/// Tells calls that ask the disk for a moment, in a file whose coroutines use `aiofiles.os`, which has the same. Those that
/// take longer are blocking file work wherever they stand.
pub(in crate::analysis::rules) fn beside_aiofiles<'m>(
    module: &Module<'m>,
) -> impl Fn(Call<'m>) -> bool + use<'m> {
    let uses = module.text().contains("aiofiles")
        && module.calls().filter(|it| it.expr().runs_on_the_loop()).any(|call| {
            call.expr().is_awaited() && call.name().is_some_and(|it| it.starts_with("aiofiles.os."))
        });
    move |call| {
        uses && is_brief(call)
            && counterpart(call).is_some()
            && blocking(call, &[Blocks::File]).is_some()
    }
}

/// The function of `aiofiles.os` that does the same as one of `os`.
fn counterpart(call: Call<'_>) -> Option<String> {
    let name = call.name().filter(|it| it.starts_with("os."))?;
    let counterpart = format!("aiofiles.{name}");
    call.module()
        .library()
        .fact(&counterpart)
        .is_some_and(Fact::is_awaitable)
        .then_some(counterpart)
}
