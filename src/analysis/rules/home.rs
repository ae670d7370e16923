//! Whether what lives on in an attribute, in a variable of a module or in an application is ever given back.

use super::fate::{Fate, fate};
use crate::python::ast::ExprKind;
use crate::python::kept::Keeper;
use crate::python::library::Names;
use crate::python::{Call, Expr, Function, Stmt, StmtKind, Tag};

/// How a `with` gives a resource back.
const EXITS: [&str; 2] = ["__aexit__", "__exit__"];

/// Methods of exit stacks that see to it that what they are given is ended.
const STACKS: [&str; 3] = ["enter_async_context", "enter_context", "push_async_exit"];

/// What becomes of something that is kept.
#[derive(Debug, Clone, Copy)]
pub(super) enum End {
    /// It is given back.
    GivenBack,
    /// Somebody else may give it back: it is handed over here, or other files deal with it.
    Elsewhere,
    /// Nothing in the repository gives it back.
    Never,
}

/// What becomes of what a place keeps, if one of these methods gives it back.
pub(super) fn end<'m>(keeper: Keeper<'m>, closed_by: Names<'_>) -> End {
    let mut handed_over = false;
    let mut getters = Vec::new();
    for read in keeper.reads() {
        match treatment(read, closed_by, 0) {
            Treatment::Ends => return End::GivenBack,
            Treatment::HandsOver => handed_over = true,
            Treatment::Uses => {
                let lent = matches!(fate(read), Fate::Returned);
                getters.extend(read.function().filter(|_| lent));
            }
        }
    }
    let module = keeper.target().module();
    if handed_over || by_name(module.text(), keeper.name()) {
        return End::Elsewhere;
    }
    let closes = |call: Call<'m>| call.method().is_some_and(|it| closed_by.contains(it));
    let got = |call: Call<'m>| {
        call.receiver().is_some_and(|it| getters.iter().any(|getter| comes_from(it, *getter)))
    };
    if module.calls().any(|call| closes(call) && got(call)) {
        return End::GivenBack;
    }
    let name = keeper.name().trim_matches(['"', '\'']);
    let names: Vec<&str> =
        getters.iter().map(|it| it.name()).filter(|it| !it.starts_with('_')).collect();
    let closes = |bytes: &[u8]| {
        let text = String::from_utf8_lossy(bytes);
        closed_by.iter().any(|method| {
            ["", "]", "\"]", "']"].iter().any(|end| text.contains(&format!("{name}{end}.{method}")))
                || names.iter().any(|it| text.contains(it)) && text.contains(&format!(".{method}("))
        })
    };
    match keeper.texts_elsewhere(&names) {
        Some(texts) if !texts.iter().any(|text| closes(text)) => End::Never,
        _ => End::Elsewhere,
    }
}

/// Whether an object is what the getter gives: `self.client`, `await self.get_client()`, or a local name for it.
fn comes_from(object: Expr<'_>, getter: Function<'_>) -> bool {
    let is_got = |text: &str| {
        text.split(|c: char| !(c.is_alphanumeric() || c == '_')).any(|word| word == getter.name())
    };
    let bound_so = |stmt: Stmt<'_>| match stmt.kind() {
        StmtKind::Assign { targets, value } => {
            let module = stmt.module();
            let same = targets.iter().any(|it| module.expr(*it).text() == object.text());
            same && is_got(module.expr(*value).text())
        }
        _ => false,
    };
    let local = || object.function().is_some_and(|function| function.statements().any(bound_so));
    is_got(object.text()) || object.as_name().is_some() && local()
}

/// Whether the text asks for an attribute by its name as a string: `getattr(self, "session", None)`.
fn by_name(text: &str, name: &str) -> bool {
    ["getattr(", "hasattr("].iter().any(|function| {
        text.split(function).skip(1).any(|rest| {
            let args = rest.split(')').next().unwrap_or_default();
            args.contains(&format!("\"{name}\"")) || args.contains(&format!("'{name}'"))
        })
    })
}

/// What a use does with a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Treatment {
    /// It gives it back, or sees to it that it is: closes it, enters it, registers its closing.
    Ends,
    /// It may.
    HandsOver,
    /// It only uses it.
    Uses,
}

/// What a use of a resource does with it. `depth` counts the functions that it has been followed into.
pub(super) fn treatment(used: Expr<'_>, closed_by: Names<'_>, depth: u32) -> Treatment {
    if let Some(alias) = used.bound_to().first().filter(|_| used.entered_by().is_none()) {
        if alias.as_name().is_none() || depth >= 3 {
            return Treatment::HandsOver;
        }
        return worst(alias.uses().into_iter().map(|it| treatment(it, closed_by, depth + 1)));
    }
    match fate(used) {
        Fate::Entered(_) => Treatment::Ends,
        Fate::Attribute(attribute) => match attribute.kind() {
            ExprKind::Attribute { name, .. } => {
                let method = attribute.module().slice(*name);
                let ends = closed_by.contains(method) || EXITS.contains(&method);
                if ends { Treatment::Ends } else { Treatment::Uses }
            }
            _ => Treatment::Uses,
        },
        Fate::Argument(call) => argument(used, call, closed_by, depth),
        Fate::Bound(_) => Treatment::HandsOver,
        Fate::Stored | Fate::Lambda(_) => Treatment::HandsOver,
        // A getter lends it.
        Fate::Returned => Treatment::Uses,
        _ => Treatment::Uses,
    }
}

fn worst(treatments: impl Iterator<Item = Treatment>) -> Treatment {
    let mut found = Treatment::Uses;
    for treatment in treatments {
        match treatment {
            Treatment::Ends => return Treatment::Ends,
            Treatment::HandsOver => found = Treatment::HandsOver,
            Treatment::Uses => {}
        }
    }
    found
}

/// What a call does with a resource that it is given.
fn argument(used: Expr<'_>, call: Call<'_>, closed_by: Names<'_>, depth: u32) -> Treatment {
    // Exit stacks are often parameters of which nothing is known.
    let stacked = call.method().is_some_and(|method| STACKS.contains(&method));
    if call.has(Tag::Closes) || stacked {
        return Treatment::Ends;
    }
    const LOOKS: [&str; 7] = [
        "builtins.isinstance",
        "builtins.print",
        "builtins.repr",
        "builtins.str",
        "builtins.id",
        "builtins.bool",
        "builtins.type",
    ];
    if call.is_any(&LOOKS) {
        return Treatment::Uses;
    }
    let Some(function) = call.function().filter(|_| depth < 3) else {
        return Treatment::HandsOver;
    };
    match parameter(used, call, function) {
        Some(uses) => worst(uses.into_iter().map(|it| treatment(it, closed_by, depth + 1))),
        None => Treatment::HandsOver,
    }
}

/// The uses of the parameter by which a function of the repository gets an argument.
fn parameter<'m>(used: Expr<'m>, call: Call<'m>, function: Function<'m>) -> Option<Vec<Expr<'m>>> {
    let args = call.args();
    let at = args.iter().position(|arg| arg.value == used)?;
    if call.unpacks() {
        return None;
    }
    let module = function.module();
    let params = &function.node().params;
    let name = match args[at].keyword {
        Some(keyword) => keyword,
        None => {
            let bound = usize::from(call.receiver().is_some() && function.class().is_some());
            module.slice(params.get(at + bound)?.name)
        }
    };
    let reads = module.expressions().filter(|expr| {
        expr.as_name() == Some(name) && !expr.is_store() && expr.function() == Some(function)
    });
    Some(reads.collect())
}
