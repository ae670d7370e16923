//! What an expression is known to be.

use super::index::{FileId, Folder};
use super::project::{ClassRef, FunctionRef};

/// One thing that an expression may be.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Value {
    /// A module, function, class or constant from outside the repository, by its canonical dotted name: `time.sleep`.
    /// A method reached through an instance is `class.method`: `asyncpg.Pool.acquire`.
    External(String),
    /// A module of the repository.
    Module(FileId),
    /// A folder of the repository without `__init__`, and the name under which it was imported: what is not in it may be a
    /// library's.
    Package(Folder, String),
    /// An instance of a class.
    Instance(Type),
    /// A function, method or lambda of the repository.
    Function(FunctionRef),
    /// A method of a class of the repository, bound to an instance or the class.
    Method(FunctionRef),
    /// A class of the repository.
    Class(ClassRef),
    /// Something to be awaited, and what that gives.
    Awaitable(Box<Value>),
    /// `functools.partial` of a callable.
    Partial(Box<Value>),
    /// Something to be called of which only an annotation tells, and what calling it gives: `Callable[[], Awaitable[None]]`.
    Callable(Box<Value>),
    /// A container, iterator or generator, and what its items are.
    Items(Box<Value>),
    /// A mapping, and what its values are.
    Map(Box<Value>),
    /// A method of a mapping, and what its values are.
    MapMethod(String, Box<Value>),
    /// A tuple of known length.
    Tuple(Vec<Value>),
    /// `super()` within a class.
    Super(ClassRef),
    /// `None`.
    None,
    /// A literal, or something else that is none of the above.
    Plain,
    /// Nothing is known.
    Unknown,
}

/// A class.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Type {
    /// A class from outside the repository, by its canonical dotted name.
    External(String),
    /// A class of the repository.
    Local(ClassRef),
}

impl Value {
    /// An instance of a class from outside.
    pub fn instance(class: impl Into<String>) -> Self {
        Value::Instance(Type::External(class.into()))
    }
}
