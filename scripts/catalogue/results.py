"""What calls of functions, and uses of members, give: one result for each name, or none where the sources leave doubt."""

import ast

from kinds import OVERLOADS, PROPERTIES, Meaning, Reader, Result, is_generator, is_open, own
from model import Class, Module, World

# Methods that make a class usable with `async with`, `async for`, `await`, `with`, `for`, with what they are by their protocol.
PROTOCOL = {
    "__aenter__": "async", "__aexit__": "async", "__anext__": "async", "__aiter__": "def", "__await__": "def", "__enter__": "def",
    "__exit__": "def", "__iter__": "def",
}
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


class Results:
    """Results of functions and members in one world."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.reader = Reader(world)

    def of(self, module: Module, nodes: list[ast.AST], owner: Class | None) -> Result | None:
        """The result of all definitions of one name."""
        functions = [it for it in nodes if isinstance(it, FUNCTIONS)]
        if len(functions) != len(nodes):
            return self.assigned(module, nodes, owner)
        overloads = [it for it in functions if self.is_overload(module, it)]
        results = [self.one(module, it, owner) for it in overloads or functions]
        if overloads and any(isinstance(it, ast.AsyncFunctionDef) for it in functions) != (results[0] is not None and results[0].kind in ("async", "for", "with")):
            return None
        if None in results or len({it.kind for it in results}) != 1:
            return None
        same = len(set(results)) == 1
        return results[0] if same else Result(results[0].kind)

    def is_overload(self, module: Module, node: ast.AST) -> bool:
        return any(self.world.resolve(module, it) in OVERLOADS for it in node.decorator_list)

    def assigned(self, module: Module, nodes: list[ast.AST], owner: Class | None) -> Result | None:
        """`x: T`, and `aclose = close`."""
        if owner is None or len(nodes) != 1:
            return None
        match nodes[0]:
            case ast.AnnAssign(annotation=annotation):
                return attribute(self.reader.meaning(module, annotation, owner))
            case ast.Assign(value=ast.Name(id=name)) if name in owner.members and owner.members[name] is not nodes:
                others = owner.members[name]
                return self.of(module, others, owner) if all(isinstance(it, FUNCTIONS) for it in others) else None
        return None

    def one(self, module: Module, node: ast.AST, owner: Class | None) -> Result | None:
        decorators = self.reader.decorated(module, node)
        if decorators is None:
            return None
        said = self.reader.meaning(module, node.returns, owner, self.reader.selves(module, node))
        is_async = isinstance(node, ast.AsyncFunctionDef)
        content = said.path if said.shape == "class" else None
        if decorators & PROPERTIES:
            return None if is_async else attribute(said)
        if any(it.endswith(".asynccontextmanager") for it in decorators):
            return Result("with", said.path) if said.shape == "async iterator" else Result("with")
        if any(it.endswith(".contextmanager") for it in decorators):
            return None if is_async else Result("def")
        if is_async:
            return self.asynchronous(module, node, said, content)
        return self.synchronous(module, node, said, content)

    def asynchronous(self, module: Module, node: ast.AST, said: Meaning, content: str | None) -> Result | None:
        if is_generator(node):
            return Result("for", said.path if said.shape == "async iterator" else None)
        if said.shape == "async iterator" and not module.stub and is_open(node):
            # Subclasses write generators, whose calls are not awaited.
            return None
        return Result("async", content)

    def synchronous(self, module: Module, node: ast.AST, said: Meaning, content: str | None) -> Result | None:
        shapes = {"lazy": "async", "future": "await", "async iterator": "for", "async context": "with"}
        if said.shape in shapes:
            return Result(shapes[said.shape], said.path)
        if not module.stub and is_open(node):
            return None
        if said.shape == "vague":
            returns = any(isinstance(it, ast.Return) and it.value is not None for it in own(node))
            certain = node.returns is None and not module.stub and not returns and not is_generator(node)
            return Result("def") if certain else None
        if said.shape == "several":
            return Result("several", said.path)
        return Result("def", said.path if said.shape == "items" else content, said.shape == "items")

    def members(self, owner: Class) -> dict[str, Result]:
        """All members of a class of which something is sure."""
        found: dict[str, Result] = {}
        for name, nodes in owner.members.items():
            result = self.of(owner.module, nodes, owner)
            if name == "__await__":
                result = Result("def", self.awaited(owner, nodes[0]))
            elif result is None and name in PROTOCOL:
                result = Result(PROTOCOL[name])
            if result is not None:
                found[name] = result
        for name, result in self.initialised(owner):
            if name not in owner.members:
                found[name] = result
        return found

    def awaited(self, owner: Class, node: ast.AST) -> str | None:
        """What awaiting gives, by `-> Generator[Any, None, T]`."""
        match node:
            case ast.FunctionDef(returns=ast.Subscript(slice=ast.Tuple(elts=[_, _, last]))):
                meaning = self.reader.meaning(owner.module, last, owner, self.reader.selves(owner.module, node))
                return meaning.path if meaning.shape == "class" else None
        return None

    def initialised(self, owner: Class):
        """Attributes that `__init__` sets to an annotated parameter or to an instance of a class."""
        for node in owner.members.get("__init__", []):
            if not isinstance(node, ast.FunctionDef):
                continue
            parameters = {it.arg: it.annotation for it in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)}
            for part in own(node):
                match part:
                    case ast.AnnAssign(target=ast.Attribute(value=ast.Name(id="self"), attr=name), annotation=annotation):
                        meaning = self.reader.meaning(owner.module, annotation, owner)
                    case ast.Assign(targets=[ast.Attribute(value=ast.Name(id="self"), attr=name)], value=value):
                        meaning = self.value(owner, value, parameters)
                    case _:
                        continue
                result = attribute(meaning)
                if result is not None:
                    yield name, result

    def value(self, owner: Class, value: ast.expr, parameters: dict[str, ast.expr | None]) -> Meaning:
        match value:
            case ast.Name(id=name) if name in parameters:
                return self.reader.meaning(owner.module, parameters[name], owner)
            case ast.Call(func=function):
                path = self.world.resolve(owner.module, function)
                if path is not None and self.world.cls(path):
                    return Meaning("class", path)
        return Meaning("vague")


def attribute(meaning: Meaning) -> Result | None:
    return Result("attr", meaning.path) if meaning.shape == "class" else None
