"""The packages as their sources define them: modules, what names in them mean, classes and their members."""

import ast
from dataclasses import dataclass, field

# What `if sys.version_info` is compared with, and `sys.platform`.
PYTHON = (3, 14)
PLATFORM = "linux"
DEPTH = 12


@dataclass
class Class:
    """A class: its members' definitions by name, in the order of the source."""

    module: "Module"
    name: str
    node: ast.ClassDef
    members: dict[str, list[ast.AST]] = field(default_factory=dict)

    @property
    def path(self) -> str:
        return f"{self.module.name}.{self.name}"


@dataclass
class Module:
    """A module: definitions by name, imported names with what they stand for, modules imported from with a star."""

    name: str
    is_package: bool
    stub: bool
    origin: str
    tree: ast.Module
    definitions: dict[str, list[ast.AST]] = field(default_factory=dict)
    classes: dict[str, Class] = field(default_factory=dict)
    imports: dict[str, str] = field(default_factory=dict)
    reexports: set[str] = field(default_factory=set)
    stars: list[str] = field(default_factory=list)
    exported: set[str] | None = None


def flat(body: list[ast.stmt]):
    """Statements of a body with the branches that are taken: by version and platform where that is asked, else all."""
    for stmt in body:
        if isinstance(stmt, ast.If):
            taken = evaluate(stmt.test)
            if taken is not False:
                yield from flat(stmt.body)
            if taken is not True:
                yield from flat(stmt.orelse)
        elif isinstance(stmt, ast.Try):
            for part in (stmt.body, *(handler.body for handler in stmt.handlers), stmt.orelse, stmt.finalbody):
                yield from flat(part)
        elif isinstance(stmt, ast.With):
            yield from flat(stmt.body)
        else:
            yield stmt


def evaluate(test: ast.expr) -> bool | None:
    """The value of a condition about version, platform or type checking; None for others."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        value = evaluate(test.operand)
        return None if value is None else not value
    text = ast.unparse(test)
    if text in ("TYPE_CHECKING", "typing.TYPE_CHECKING", "t.TYPE_CHECKING"):
        return True
    if "sys.version_info" in text or "sys.platform" in text:
        try:
            system = type("sys", (), {"version_info": PYTHON, "platform": PLATFORM})
            return bool(eval(compile(ast.Expression(test), "", "eval"), {"sys": system, "__builtins__": {}}))  # noqa: S307
        except Exception:
            return None
    return None


class World:
    """All modules that were read."""

    def __init__(self) -> None:
        self.modules: dict[str, Module] = {}
        self.chased: dict[tuple[str, str], str | None] = {}

    def add(self, path: str, stub: bool, text: str, origin: str) -> None:
        """Reads one file. Stubs win over sources of the same module."""
        parts = path.rsplit(".", 1)[0].split("/")
        is_package = parts[-1] == "__init__"
        name = ".".join(parts[:-1] if is_package else parts)
        known = self.modules.get(name)
        if not name.isascii() or not all(part.isidentifier() for part in name.split(".")) or (known and (known.stub or not stub)):
            return
        try:
            tree = ast.parse(text)
        except (SyntaxError, ValueError, RecursionError):
            return
        module = Module(name, is_package, stub, origin, tree)
        self.modules[name] = module
        for stmt in flat(tree.body):
            self.read(module, stmt)

    def read(self, module: Module, stmt: ast.stmt) -> None:
        match stmt:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                module.definitions.setdefault(name, []).append(stmt)
            case ast.ClassDef(name=name):
                module.definitions.setdefault(name, []).append(stmt)
                module.classes.setdefault(name, Class(module, name, stmt, members(stmt)))
            case ast.Import(names=names):
                for alias in names:
                    module.imports[alias.asname or alias.name.split(".")[0]] = alias.name if alias.asname else alias.name.split(".")[0]
                    if alias.asname == alias.name:
                        module.reexports.add(alias.name)
            case ast.ImportFrom(names=names, level=level, module=source):
                base = absolute(module, level, source)
                for alias in names:
                    if alias.name == "*":
                        module.stars.append(base)
                        continue
                    bound = alias.asname or alias.name
                    module.imports.setdefault(bound, f"{base}.{alias.name}")
                    if alias.asname == alias.name or (module.is_package and not module.stub):
                        module.reexports.add(bound)
            case ast.Assign(targets=[ast.Name(id="__all__")], value=ast.List(elts=names) | ast.Tuple(elts=names)):
                listed = {it.value for it in names if isinstance(it, ast.Constant)}
                module.exported = (module.exported or set()) | listed
            case ast.AugAssign(target=ast.Name(id="__all__"), value=ast.List(elts=names) | ast.Tuple(elts=names)):
                listed = {it.value for it in names if isinstance(it, ast.Constant)}
                module.exported = (module.exported or set()) | listed
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                module.definitions.setdefault(name, []).append(stmt)
            case ast.TypeAlias(name=ast.Name(id=name)):
                module.definitions.setdefault(name, []).append(stmt)

    def names(self, module: Module) -> set[str]:
        """Names that others may import from a module as its own: definitions, and what it shows on."""
        shown = set(module.definitions) | module.reexports | (module.exported or set())
        for star in module.stars:
            source = self.modules.get(star)
            if source is not None and source is not module:
                own = source.exported if source.exported is not None else {it for it in source.definitions if not it.startswith("_")}
                shown |= own
        return shown

    def chase(self, module: str, name: str, depth: int = 0) -> str | None:
        """The dotted path of the definition that a module's name leads to, a module's own path included."""
        key = (module, name)
        if key in self.chased:
            return self.chased[key]
        self.chased[key] = None
        found = self.look(module, name, depth)
        self.chased[key] = found
        return found

    def look(self, module: str, name: str, depth: int) -> str | None:
        known = self.modules.get(module)
        if known is None:
            return f"{module}.{name}"
        if name in known.definitions:
            return f"{module}.{name}"
        if name in known.imports and depth < DEPTH:
            target = known.imports[name]
            if target in self.modules and not (target == f"{module}.{name}" and name in known.definitions):
                return target
            outer, _, last = target.rpartition(".")
            return self.chase(outer, last, depth + 1) if outer else target
        for star in known.stars if depth < DEPTH else ():
            source = self.modules.get(star)
            if source is not None and (name in self.names(source) or name in source.imports):
                return self.chase(star, name, depth + 1)
        return f"{module}.{name}" if f"{module}.{name}" in self.modules else None

    def resolve(self, module: Module, expr: ast.expr) -> str | None:
        """The path of what a dotted expression in a module leads to; `builtins.str` for built-in names."""
        match expr:
            case ast.Name(id=name):
                found = self.chase(module.name, name)
                if found is None and name in self.modules["builtins"].definitions:
                    return f"builtins.{name}"
                return found
            case ast.Attribute(value=value, attr=attr):
                outer = self.resolve(module, value)
                if outer is None:
                    return None
                return self.chase(outer, attr) if outer in self.modules else f"{outer}.{attr}"
        return None

    def definition(self, path: str) -> tuple[Module, list[ast.AST]] | None:
        """The definitions behind a path."""
        outer, _, name = path.rpartition(".")
        module = self.modules.get(outer)
        if module is None or name not in module.definitions:
            return None
        return module, module.definitions[name]

    def cls(self, path: str) -> Class | None:
        """The class behind a path."""
        outer, _, name = path.rpartition(".")
        module = self.modules.get(outer)
        return module.classes.get(name) if module else None


def absolute(module: Module, level: int, source: str | None) -> str:
    if not level:
        return source or ""
    parts = module.name.split(".")
    drop = level - 1 if module.is_package else level
    base = parts[: len(parts) - drop] if drop else parts
    return ".".join([*base, *([source] if source else [])])


def members(node: ast.ClassDef) -> dict[str, list[ast.AST]]:
    found: dict[str, list[ast.AST]] = {}
    for stmt in flat(node.body):
        match stmt:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                found.setdefault(name, []).append(stmt)
            case ast.AnnAssign(target=ast.Name(id=name)) | ast.Assign(targets=[ast.Name(id=name)]):
                found.setdefault(name, []).append(stmt)
    return found
