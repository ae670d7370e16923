//! Repair of what is not closed: the rest of its block becomes the body of an `async with`, or of a `try` with a `finally`.

use super::carried::{closes_alone, ends_in_statement, outlives};
use super::layout::{indent, moved_in, unit};
use crate::python::ast::StmtKind;
use crate::python::{Call, Expr, Function, Kind, Resource, Span, Stmt, Tag, TextEdit};

/// A call that opens something.
#[derive(Clone, Copy)]
pub(super) struct Opened<'m> {
    /// The call.
    pub(super) call: Call<'m>,
    /// The library's call that it comes down to.
    pub(super) by: Call<'m>,
    /// What is opened.
    pub(super) resource: Resource<'m>,
}

impl Opened<'_> {
    /// Whether `async with` takes what is called without an `await` in front.
    fn is_entered_bare(self) -> bool {
        is_entered_bare(self.by) && !self.call.function().is_some_and(Function::is_async)
    }
}

/// A repair with its title.
pub(super) type Repair = (String, Vec<TextEdit>);

/// Longest block that is moved in, in bytes.
const LONGEST: usize = 4096;

/// Methods that open what entering it would open.
const OPENING: [&str; 5] = ["connect", "start", "open", "__aenter__", "setup"];

/// Closes what the name is bound to when the rest of its block is left. `marks` are the uses of the name that close it now.
pub(super) fn rest_of_block<'m>(
    opened: Opened<'m>,
    name: Expr<'m>,
    marks: &[Expr<'m>],
) -> Option<Repair> {
    let call = opened.call;
    let opening = name.stmt();
    let StmtKind::Assign { targets, value } = opening.kind() else { return None };
    let value = opening.module().expr(*value);
    let opens = value == call.expr()
        || call.expr().parent_expr().filter(|_| call.expr().is_awaited()) == Some(value);
    if targets.len() != 1 || !opens {
        return None;
    }
    let block = Block::behind(opening, marks)?;
    let function = opening.function()?;
    let rebinds = |it: Expr<'_>| {
        it.is_store() && it.as_name() == name.as_name() && block.lines().contains(it.span())
    };
    if function.expressions().any(rebinds) || outlives(name, block.lines()) {
        return None;
    }
    let frame = Frame::of(opened, name)?;
    Some((frame.title(), vec![TextEdit::replace(block.whole, block.written(&frame)?)]))
}

/// Opens for the length of its statement what the statement opens and forgets: `await AsyncClient().get(url)`.
pub(super) fn statement(opened: Opened<'_>) -> Option<Repair> {
    let Opened { call, resource, .. } = opened;
    let stmt = call.expr().stmt();
    let function = stmt.function()?;
    let before = stmt.module().slice(Span::new(stmt.span().start, call.span().start));
    let first = !before.contains([')', '[', ',', ':', '{'])
        && !before.split(' ').any(|word| matches!(word, "and" | "or" | "if" | "else"));
    // Names that are looked up before it is opened don't count.
    if !stmt.is_simple() || !first || !opened.is_entered_bare() || !ends_in_statement(call.expr()) {
        return None;
    }
    let (before, text, unit) = (indent(stmt)?, stmt.text(), unit(function));
    let name = resource.what.rsplit(' ').next()?;
    let taken =
        function.text().split(|c: char| !(c.is_alphanumeric() || c == '_')).any(|it| it == name);
    if taken || text.contains('\n') {
        return None;
    }
    let at = (call.span().start - stmt.span().start) as usize;
    let rest = text.get(at + call.text().len()..)?;
    let text = format!(
        "async with {} as {name}:\n{before}{unit}{}{name}{rest}",
        call.text(),
        text.get(..at)?
    );
    Some(("Open it with `async with`".to_owned(), vec![TextEdit::replace(stmt, text)]))
}

/// Whether `async with` takes what is called without an `await` in front.
fn is_entered_bare(call: Call<'_>) -> bool {
    let session = call.has(Tag::Session) || call.has(Tag::Pool) && can_be_entered(call);
    call.fact().is_some_and(|fact| match fact.kind {
        Kind::AwaitableContext => true,
        Kind::Class | Kind::Function => session || call.is("sqlalchemy.ext.asyncio.AsyncSession"),
        _ => false,
    })
}

/// Whether what the call gives has an `__aexit__` at all, as far as is known.
pub(super) fn can_be_entered(call: Call<'_>) -> bool {
    const WITHOUT: [&str; 5] = [
        "asyncpg.connect",
        "aiohttp.web.AppRunner",
        "aiohttp.web.ServerRunner",
        "sqlalchemy.ext.asyncio.create_async_engine",
        "sqlalchemy.ext.asyncio.async_engine_from_config",
    ];
    !call.is_any(&WITHOUT)
}

/// What closes the resource when the block is left.
enum Frame<'m> {
    With {
        call: Call<'m>,
        name: Expr<'m>,
    },
    /// The opening statement stays in front; the last line closes.
    Finally {
        opening: Stmt<'m>,
        last: String,
    },
}

impl<'m> Frame<'m> {
    fn of(opened: Opened<'m>, name: Expr<'m>) -> Option<Self> {
        let Opened { call, by, resource } = opened;
        let opened_later = name
            .uses()
            .iter()
            .filter_map(|it| it.method_call())
            .any(|it| it.method().is_some_and(|method| OPENING.contains(&method)));
        if opened.is_entered_bare() && !opened_later {
            return Some(Frame::With { call, name });
        }
        let close = resource.closed_by.first()?;
        let class = by.fact()?.gives.map(str::to_owned).or_else(|| by.name())?;
        let library = call.module().library();
        let fact = library.member(&class, close).and_then(|it| library.fact(&it))?;
        let awaited = if fact.is_awaitable() { "await " } else { "" };
        let last = format!("{awaited}{}.{close}()", name.text());
        Some(Frame::Finally { opening: name.stmt(), last })
    }

    fn title(&self) -> String {
        match self {
            Frame::With { .. } => "Open it with `async with`".to_owned(),
            Frame::Finally { .. } => "Close it in a `finally`".to_owned(),
        }
    }
}

/// The statement that opens something, and the statements behind it in its block up to where it is closed now.
struct Block<'m> {
    opening: Stmt<'m>,
    first: Stmt<'m>,
    last: Stmt<'m>,
    /// Up to the end of the statement that closes now, which is left out.
    whole: Span,
}

impl<'m> Block<'m> {
    fn behind(opening: Stmt<'m>, marks: &[Expr<'m>]) -> Option<Self> {
        let behind = opening.following();
        let closing = match marks {
            [] => None,
            [only] => Some(closes_alone(*only)?),
            _ => return None,
        };
        let end = match closing {
            Some(closing) => behind.iter().position(|it| *it == closing)?,
            None => behind.len(),
        };
        let (first, last) = (*behind.first()?, *behind.get(end.checked_sub(1)?)?);
        let whole = opening.span().to(closing.unwrap_or(last).span());
        // A comment in front of the closing would be lost with it.
        let between = Span::new(last.span().end, whole.end);
        let module = opening.module();
        (!module.slice(between).contains('#') && whole.range().len() <= LONGEST).then_some(Self {
            opening,
            first,
            last,
            whole,
        })
    }

    /// From behind the opening statement to the end of the block.
    fn lines(&self) -> Span {
        Span::new(self.opening.span().end, self.whole.end)
    }

    fn written(&self, frame: &Frame<'m>) -> Option<String> {
        let module = self.opening.module();
        let (before, unit) = (indent(self.opening)?, unit(self.opening.function()?));
        indent(self.first)?;
        // What is left of the opening statement's line: a comment, at most.
        let rest = module.slice(Span::new(self.opening.span().end, self.last.span().end));
        let (tail, _) = rest.split_once('\n')?;
        let begin = self.opening.span().end + tail.len() as u32 + 1;
        let body = moved_in(module, Span::new(begin, self.last.span().end), unit);
        let tail = tail.trim_end();
        Some(match frame {
            Frame::With { call, name } => {
                format!("async with {} as {}:{tail}\n{body}", call.text(), name.text())
            }
            Frame::Finally { opening, last } => format!(
                "{}{tail}\n{before}try:\n{body}\n{before}finally:\n{before}{unit}{last}",
                opening.text()
            ),
        })
    }
}
