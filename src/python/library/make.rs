//! How facts are written: `function().blocks(Blocks::Sleep)`.

use super::fact::*;

const NOTHING: Fact<'static> = Fact {
    kind: Kind::Function,
    gives: None,
    enters: None,
    items: None,
    blocks: None,
    cheap: false,
    instead: None,
    resource: None,
    hangs: None,
    timeouts: &[],
    timeout_at: None,
    hands: &[],
    tags: &[],
    decorated: None,
    bases: Names::of(&[]),
    attributes: &[],
};

/// A fact of a kind.
pub const fn of(kind: Kind) -> Fact<'static> {
    Fact { kind, ..NOTHING }
}

/// A plain function or method.
pub const fn function() -> Fact<'static> {
    of(Kind::Function)
}
/// A coroutine function or method.
pub const fn coroutine() -> Fact<'static> {
    of(Kind::Coroutine)
}
/// See [`Kind::AwaitableContext`].
pub const fn awaitable_context() -> Fact<'static> {
    of(Kind::AwaitableContext)
}
/// See [`Kind::Future`].
pub const fn future() -> Fact<'static> {
    of(Kind::Future)
}
/// See [`Kind::AsyncContext`].
pub const fn async_context() -> Fact<'static> {
    of(Kind::AsyncContext)
}
/// See [`Kind::AsyncIterator`].
pub const fn async_iterator() -> Fact<'static> {
    of(Kind::AsyncIterator)
}
/// A class.
pub const fn class() -> Fact<'static> {
    of(Kind::Class)
}
/// An attribute or property.
pub const fn attribute() -> Fact<'static> {
    of(Kind::Attribute)
}
/// A decorator that keeps asyncness.
pub const fn decorator() -> Fact<'static> {
    of(Kind::Decorator)
}
/// A plain function that blocks.
pub const fn blocking(with: Blocks) -> Fact<'static> {
    function().blocks(with)
}

impl<'a> Fact<'a> {
    /// Sets [`Fact::gives`].
    pub const fn gives(mut self, class: &'a str) -> Self {
        self.gives = Some(class);
        self
    }
    /// Sets [`Fact::enters`].
    pub const fn enters(mut self, class: &'a str) -> Self {
        self.enters = Some(class);
        self
    }
    /// Sets [`Fact::items`].
    pub const fn items(mut self, class: &'a str) -> Self {
        self.items = Some(class);
        self
    }
    /// Sets [`Fact::blocks`].
    pub const fn blocks(mut self, with: Blocks) -> Self {
        self.blocks = Some(with);
        self
    }
    /// Sets [`Fact::cheap`].
    pub const fn cheap(mut self) -> Self {
        self.cheap = true;
        self
    }
    /// Sets [`Fact::instead`].
    pub const fn instead(mut self, advice: &'a str) -> Self {
        self.instead = Some(advice);
        self
    }
    /// Sets [`Fact::resource`] of a class used with `async with`.
    pub const fn async_resource(mut self, what: &'a str, closed_by: &'a [&'a str]) -> Self {
        self.resource =
            Some(Resource { what, closed_by: Names::of(closed_by), asynchronous: true });
        self
    }
    /// Sets [`Fact::resource`] of a class used with `with`.
    pub const fn resource(mut self, what: &'a str, closed_by: &'a [&'a str]) -> Self {
        self.resource =
            Some(Resource { what, closed_by: Names::of(closed_by), asynchronous: false });
        self
    }
    /// Sets [`Fact::hangs`].
    pub const fn hangs(mut self, why: Hangs) -> Self {
        self.hangs = Some(why);
        self
    }
    /// Sets [`Fact::timeouts`].
    pub const fn timeouts(mut self, keywords: &'static [&'static str]) -> Self {
        self.timeouts = keywords;
        self
    }
    /// Sets [`Fact::timeout_at`].
    pub const fn timeout_at(mut self, position: u8) -> Self {
        self.timeout_at = Some(position);
        self
    }
    /// Sets [`Fact::hands`].
    pub const fn hands(mut self, hands: &'a [Hand]) -> Self {
        self.hands = hands;
        self
    }
    /// Sets [`Fact::tags`].
    pub const fn tags(mut self, tags: &'a [Tag]) -> Self {
        self.tags = tags;
        self
    }
    /// Sets [`Fact::decorated`].
    pub const fn decorated(mut self, to: Runner) -> Self {
        self.decorated = Some(to);
        self
    }
    /// Sets [`Fact::bases`].
    pub const fn bases(mut self, bases: &'a [&'a str]) -> Self {
        self.bases = Names::of(bases);
        self
    }
    /// Sets [`Fact::attributes`].
    pub const fn attributes(mut self, attributes: &'static [(&'static str, &'static str)]) -> Self {
        self.attributes = attributes;
        self
    }
    /// Whether it has the property.
    pub fn has(self, tag: Tag) -> bool {
        self.tags.contains(&tag)
    }
    /// Whether the result of a call has to be awaited (or entered, or given to something that awaits it) before anything happens.
    pub fn is_lazy(self) -> bool {
        matches!(self.kind, Kind::Coroutine | Kind::AwaitableContext)
    }
    /// Whether the result of a call can be awaited.
    pub fn is_awaitable(self) -> bool {
        matches!(self.kind, Kind::Coroutine | Kind::AwaitableContext | Kind::Future)
    }
}

impl Hand {
    /// A callable at a position, with the keyword by which it may be given.
    pub const fn at(position: u8, keyword: Option<&'static str>, to: Runner) -> Self {
        Self { position, keyword, to, awaits: false }
    }
    /// Sets [`Hand::awaits`].
    pub const fn awaits(mut self) -> Self {
        self.awaits = true;
        self
    }
}
