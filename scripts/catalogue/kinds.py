"""What calling a definition gives, read from its annotations, decorators and body."""

import ast
from dataclasses import dataclass

from model import Class, Module, World

# Decorators that leave a function what it is, by the definitions' paths.
KEEPING = {
    "abc.abstractmethod", "functools.wraps", "typing.override", "typing_extensions.override", "typing.final",
    "typing_extensions.final", "typing_extensions.deprecated", "warnings.deprecated", "typing.no_type_check", "builtins.staticmethod",
    "builtins.classmethod", "typing.overload", "typing_extensions.overload", "typing.type_check_only", "functools.lru_cache",
    "functools.cache", "functools.singledispatchmethod",
}
OVERLOADS = {"typing.overload", "typing_extensions.overload"}
PROPERTIES = {"builtins.property", "functools.cached_property", "abc.abstractproperty"}
LAZY = {"typing.Coroutine", "collections.abc.Coroutine", "types.CoroutineType"}
FUTURES = {"typing.Awaitable", "collections.abc.Awaitable", "_asyncio.Future", "_asyncio.Task", "asyncio.futures.Future", "asyncio.tasks.Task"}
ASYNC_ITERATORS = {
    f"{module}.{name}" for module in ("typing", "collections.abc") for name in ("AsyncIterator", "AsyncIterable", "AsyncGenerator")
}
ITERATORS = {
    *(f"{module}.{name}" for module in ("typing", "collections.abc") for name in ("Iterator", "Iterable", "Generator", "Sequence", "List", "Set")),
    "builtins.list", "builtins.set", "builtins.frozenset", "typing.List",
}
ASYNC_CONTEXTS = {"contextlib.AbstractAsyncContextManager", "typing.AsyncContextManager", "contextlib._AsyncGeneratorContextManager"}
CONTEXTS = {"contextlib.AbstractContextManager", "typing.ContextManager", "contextlib._GeneratorContextManager"}
OPTIONAL = {"typing.Optional"}
UNIONS = {"typing.Union"}
SELVES = {"typing.Self", "typing_extensions.Self"}
# Nothing is said by these.
VAGUE = {"typing.Any", "builtins.object", "_typeshed.Incomplete", "_typeshed.MaybeNone", "typing.Callable", "collections.abc.Callable", "typing_extensions.Any"}
TYPE_VARIABLES = {"typing.TypeVar", "typing_extensions.TypeVar", "typing.ParamSpec", "typing_extensions.ParamSpec"}


@dataclass(frozen=True)
class Result:
    """A kind (see the head of a generated file), and the path of the class that comes out, if one is known."""

    kind: str
    gives: str | None = None
    items: bool = False


@dataclass(frozen=True)
class Meaning:
    """What an annotation says: a plain value, something awaitable, an iterator …, and the class within."""

    shape: str
    path: str | None = None


VAGUE_MEANING = Meaning("vague")


class Reader:
    """Reads annotations and definitions of one world."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.decorators: dict[str, bool] = {}

    def meaning(self, module: Module, node: ast.expr | None, owner: Class | None, selves: frozenset[str] = frozenset(), depth: int = 0) -> Meaning:
        """What an annotation says. `selves` are names of type variables that stand for the owner."""
        if node is None or depth > 10:
            return VAGUE_MEANING
        inner = lambda part: self.meaning(module, part, owner, selves, depth + 1)  # noqa: E731
        match node:
            case ast.Constant(value=None):
                return Meaning("none")
            case ast.Constant(value=str(text)):
                try:
                    return inner(ast.parse(text.strip(), mode="eval").body)
                except SyntaxError:
                    return VAGUE_MEANING
            case ast.BinOp(op=ast.BitOr()):
                return union([inner(node.left), inner(node.right)])
            case ast.Name(id=name) if name in selves and owner:
                return Meaning("class", owner.path)
        arguments: list[ast.expr] = []
        if isinstance(node, ast.Subscript):
            arguments = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
            node = node.value
        path = self.world.resolve(module, node)
        if path is None:
            return VAGUE_MEANING
        if path in SELVES:
            return Meaning("class", owner.path) if owner else VAGUE_MEANING
        if path in OPTIONAL:
            return union([*map(inner, arguments), Meaning("none")])
        if path in UNIONS:
            return union([inner(it) for it in arguments])
        if path in ("typing.Annotated", "typing_extensions.Annotated", "typing.Final", "typing.ClassVar", "typing.Required"):
            return inner(arguments[0]) if arguments else VAGUE_MEANING
        if path in ("typing.Literal", "typing_extensions.Literal", "typing.LiteralString", "typing.NoReturn", "typing.Never", "typing_extensions.Never"):
            return Meaning("class", "builtins.str")
        if path in ("typing.Type", "builtins.type"):
            return Meaning("class", "builtins.type")
        first = inner(arguments[0]) if arguments else VAGUE_MEANING
        content = first.path if first.shape == "class" else None
        if path in LAZY:
            last = inner(arguments[-1]) if len(arguments) == 3 else VAGUE_MEANING
            return Meaning("lazy", last.path if last.shape == "class" else None)
        if path in FUTURES:
            return Meaning("future", content)
        if path in ASYNC_ITERATORS:
            return Meaning("async iterator", content)
        if path in ASYNC_CONTEXTS:
            return Meaning("async context", content)
        if path in CONTEXTS:
            return Meaning("context", content)
        if path in ITERATORS:
            return Meaning("items", content)
        if path in VAGUE or path.startswith(("typing.", "typing_extensions.", "_typeshed.")):
            return VAGUE_MEANING
        return self.named(path, owner, depth)

    def named(self, path: str, owner: Class | None, depth: int) -> Meaning:
        """What a class, alias or type variable stands for."""
        if self.world.cls(path):
            return Meaning("class", path)
        found = self.world.definition(path)
        if found is None:
            return VAGUE_MEANING
        module, definitions = found
        match definitions:
            case [ast.Assign(value=ast.Call())]:
                return VAGUE_MEANING
            case [ast.Assign(value=value)] | [ast.TypeAlias(value=value)]:
                return self.meaning(module, value, None, frozenset(), depth + 1)
            case [ast.AnnAssign(value=ast.expr() as value)]:
                return self.meaning(module, value, None, frozenset(), depth + 1)
        return VAGUE_MEANING

    def selves(self, module: Module, node: ast.AST) -> frozenset[str]:
        """Type variables by which a method calls its own class: `def open(self: T) -> T`."""
        arguments = [*node.args.posonlyargs, *node.args.args]
        if not arguments or arguments[0].annotation is None:
            return frozenset()
        annotation = arguments[0].annotation
        if isinstance(annotation, ast.Subscript) and isinstance(annotation.slice, ast.Name):
            annotation = annotation.slice
        return frozenset({annotation.id}) if isinstance(annotation, ast.Name) else frozenset()

    def decorated(self, module: Module, node: ast.AST) -> set[str] | None:
        """Paths of the decorators; None if one of them may change what is decorated."""
        found = set()
        for decorator in node.decorator_list:
            called = isinstance(decorator, ast.Call)
            target = decorator.func if called else decorator
            if isinstance(target, ast.Attribute) and target.attr in ("setter", "deleter", "getter"):
                return None
            path = self.world.resolve(module, target)
            if path is None:
                return None
            special = ("contextlib.asynccontextmanager", "contextlib.contextmanager", "async_generator._util.asynccontextmanager")
            if path in KEEPING or path in PROPERTIES or path in special or self.keeps(path, called):
                found.add(path)
            else:
                return None
        return found

    def keeps(self, path: str, called: bool) -> bool:
        """Whether a decorator's own annotations say that it gives back what it gets."""
        found = self.world.definition(path)
        if found is None:
            return False
        module, definitions = found
        functions = [it for it in definitions if isinstance(it, ast.FunctionDef)]
        if not functions or len(functions) != len(definitions):
            return False
        for function in functions:
            returns, arguments = function.returns, [*function.args.posonlyargs, *function.args.args]
            if called:
                # `-> Callable[[F], F]`
                match returns:
                    case ast.Subscript(slice=ast.Tuple(elts=[ast.List(elts=[ast.Name(id=taken)]), ast.Name(id=given)])) if taken == given:
                        continue
                return False
            match arguments, returns:
                case [ast.arg(annotation=ast.Name(id=taken)), *_], ast.Name(id=given) if taken == given:
                    continue
            return False
        return True


def union(parts: list[Meaning]) -> Meaning:
    """What `A | B` says: one class with `None` is that class; different shapes say nothing."""
    parts = [it for it in parts if it.shape != "none"] or [Meaning("none")]
    if any(it.shape == "vague" for it in parts):
        return VAGUE_MEANING
    if len(set(parts)) == 1:
        return parts[0]
    if {it.shape for it in parts} <= {"class", "items"}:
        return Meaning("several", ",".join(sorted({it.path or "" for it in parts})))
    return VAGUE_MEANING


def own(node: ast.AST):
    """Nodes of a function's own body, not of functions within it."""
    todo = list(node.body)
    while todo:
        part = todo.pop()
        yield part
        if not isinstance(part, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)):
            todo.extend(ast.iter_child_nodes(part))


def is_generator(node: ast.AST) -> bool:
    return any(isinstance(it, (ast.Yield, ast.YieldFrom)) for it in own(node))


def is_open(node: ast.AST) -> bool:
    """Whether a body leaves the work to subclasses: it is empty, or raises `NotImplementedError`."""
    body = [it for it in node.body if not (isinstance(it, ast.Expr) and isinstance(it.value, ast.Constant))]
    if all(isinstance(it, ast.Pass) for it in body):
        return True
    return isinstance(body[-1], ast.Raise) and "NotImplemented" in ast.unparse(body[-1])
