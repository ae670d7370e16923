"""The rows: which classes and functions matter, under which names, written to one file per top-level package."""

import ast
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from curated import Curated
from kinds import Result
from model import Class, World
from results import PROTOCOL, Results

ASYNC = {"async", "either", "await", "with", "for"}
LEGEND = """\
# Made by scripts/catalogue.py; edit the curated facts instead. From {origins}.
# A block per class, with its bases (? for one not known), and per module. `A = b.A`: another name. Else what a name gives:
# def result · async coroutine · await future · either to be awaited or entered · with asynchronous context · for asynchronous
# iterator · attr attribute; then the result's class, starred if it is the items'.
"""


@dataclass
class Known:
    """A class with what is sure of it."""

    cls: Class
    bases: list[str]
    members: dict[str, Result] = field(default_factory=dict)


class Table:
    """Rows of one world."""

    def __init__(self, world: World, rust: Path) -> None:
        self.world = world
        self.curated = Curated(rust)
        self.results = Results(world)
        self.stdlib = {it.name.split(".")[0] for it in world.modules.values() if it.origin.startswith("mypy ")}
        self.classes: dict[str, Known] = {}
        self.functions: dict[str, Result] = {}
        self.read()
        self.lineages: dict[str, list[str]] = {}
        self.settle()
        self.drop_overridden()
        self.candidates = self.find_candidates()
        self.canonical = {path: self.choose(path) for path in (*self.classes, *self.functions)}
        self.relevant = self.find_relevant()
        self.shown_classes = self.find_shown()

    def read(self) -> None:
        for module in self.world.modules.values():
            for name, nodes in module.definitions.items():
                cls = module.classes.get(name)
                if cls is not None:
                    if len(nodes) == 1:
                        self.classes[cls.path] = Known(cls, self.bases(cls), self.results.members(cls))
                elif not name.startswith("__"):
                    result = self.results.of(module, nodes, None)
                    if result is not None:
                        self.functions[f"{module.name}.{name}"] = result

    def bases(self, cls: Class) -> list[str]:
        found = []
        for base in cls.node.bases:
            node = base.value if isinstance(base, ast.Subscript) else base
            path = self.world.resolve(cls.module, node)
            if path in ("typing.Generic", "typing.Protocol", "builtins.object", "abc.ABC", "typing_extensions.Protocol", "typing_extensions.Generic"):
                continue
            found.append(path if path and self.world.cls(path) else "?")
        return found

    def lineage(self, path: str) -> list[str]:
        """A class and all its bases that are known."""
        if path in self.lineages:
            return self.lineages[path]
        self.lineages[path] = [path]
        found = [path]
        for base in self.classes[path].bases if path in self.classes else []:
            found.extend(it for it in self.lineage(base) if it != "?" and it not in found)
        self.lineages[path] = found
        return found

    def has(self, path: str, member: str) -> bool:
        return any(member in self.classes[it].members for it in self.lineage(path) if it in self.classes)

    def settle(self) -> None:
        """What gives an object that can be awaited or entered is not plain; what gives an unknown class says nothing."""
        self.functions = {path: it for path, it in ((p, self.settled(r)) for p, r in self.functions.items()) if it}
        settled = {}
        for path, known in self.classes.items():
            settled[path] = {n: it for n, it in ((n, r if n in PROTOCOL else self.settled(r)) for n, r in known.members.items()) if it}
        for path, members in settled.items():
            self.classes[path].members = members

    def settled(self, result: Result) -> Result | None:
        if result.kind == "several":
            plain = [it for it in result.gives.split(",") if it]
            certain = all(it in self.classes and not self.has(it, "__await__") and not self.has(it, "__aenter__") for it in plain)
            return Result("def") if certain else None
        if result.kind != "def" or result.gives is None or result.items:
            return result
        if result.gives not in self.classes:
            return None
        if self.has(result.gives, "__await__"):
            kind = "either" if self.has(result.gives, "__aenter__") and self.is_pure(result.gives) else "await"
            return Result(kind, self.within(result.gives, "__await__") or self.within(result.gives, "__aenter__"))
        if self.has(result.gives, "__aenter__") and self.is_pure(result.gives):
            return Result("with", self.within(result.gives, "__aenter__") or result.gives)
        return result

    def is_pure(self, path: str) -> bool:
        """Whether objects are there to be awaited or entered only."""
        names = {name for it in self.lineage(path) if it in self.classes for name in self.classes[it].members}
        return not {it for it in names if not it.startswith("_")} - {"send", "throw", "close"}

    def within(self, path: str, member: str) -> str | None:
        """What `await` or `async with` makes of an object."""
        for it in self.lineage(path):
            if it in self.classes and member in self.classes[it].members:
                return self.classes[it].members[member].gives
        return None

    def drop_overridden(self) -> None:
        """A method of which a subclass makes something else is not sure."""
        doubtful = defaultdict(set)
        for path, known in self.classes.items():
            for base in self.lineage(path)[1:]:
                theirs = self.classes[base].members if base in self.classes else {}
                for name in known.cls.members:
                    mine = known.members.get(name)
                    if name in theirs and name not in PROTOCOL and (mine is None or mine.kind != theirs[name].kind) and not name.startswith("__"):
                        doubtful[base].add(name)
        for path, names in doubtful.items():
            for name in names:
                self.classes[path].members.pop(name, None)

    def find_candidates(self) -> dict[str, set[str]]:
        """All names under which a definition can be imported."""
        found = defaultdict(set)
        for module in self.world.modules.values():
            for name in self.world.names(module):
                target = self.world.chase(module.name, name)
                if target and (target in self.classes or target in self.functions) and not name.startswith("_"):
                    found[target].add(f"{module.name}.{name}")
        for path in (*self.classes, *self.functions):
            found[path].add(path)
        return found

    def choose(self, path: str) -> str:
        """The name that a curated fact has, else the shortest public one of the same package."""
        names = sorted(self.candidates[path], key=lambda it: (private(it), it.count("."), len(it), it))
        for name in names:
            if self.curated.canonical(name) in self.curated.facts:
                return self.curated.canonical(name)
        package = path.split(".")[0]
        own = [it for it in names if it.split(".")[0] == package]
        best = own[0] if own and not (private(own[0]) and not private(names[0])) else names[0]
        return self.curated.canonical(best)

    def find_relevant(self) -> set[str]:
        """Classes that lead to something asynchronous or curated, with their bases."""
        relevant = {
            path
            for path, known in self.classes.items()
            if self.canonical[path] in self.curated.classes or any(it.kind in ASYNC or name in ("__aenter__", "__aiter__", "__await__") for name, it in known.members.items())
        }
        users = defaultdict(set)
        for path, known in self.classes.items():
            for result in known.members.values():
                if result.gives:
                    users[result.gives].add(path)
            for base in known.bases:
                users[base].add(path)
        todo = list(relevant)
        while todo:
            for user in users[todo.pop()] - relevant:
                relevant.add(user)
                todo.append(user)
        return relevant

    def find_shown(self) -> set[str]:
        """Relevant classes with a public name, and those that lead out of these."""
        found = {it for it in self.relevant if not private(self.canonical[it])}
        todo = list(found | {result.gives for path, result in self.functions.items() if self.is_public_function(path) and result.gives in self.relevant})
        found.update(todo)
        while todo:
            known = self.classes[todo.pop()]
            used = {*known.bases, *(it.gives for name, it in known.members.items() if self.is_shown(name, it))} & self.relevant
            todo.extend(used - found)
            found |= used
        return found

    def is_public_function(self, path: str) -> bool:
        """Whether a function has a row: it is public, and asynchronous, or of the standard library, or leads to something."""
        result = self.functions[path]
        leads = result.kind in ASYNC or result.gives in self.relevant or path.split(".")[0] in self.stdlib
        return leads and not private(self.canonical[path])

    def shown(self, result: Result) -> str:
        if result.gives is None or result.gives not in self.relevant:
            return result.kind
        return f"{result.kind} {'*' if result.items else ''}{self.canonical[result.gives]}"

    def blocks(self) -> dict[str, tuple[str, dict[str, str]]]:
        """Heads and rows by the dotted name of the module or class."""
        found: dict[str, tuple[str, dict[str, str]]] = {}
        for path in sorted(self.shown_classes):
            known, name = self.classes[path], self.canonical[path]
            bases = [self.canonical[it] if it in self.relevant else "?" for it in known.bases if it in self.relevant or it == "?" or it not in self.classes]
            rows = {member: self.shown(it) for member, it in known.members.items() if self.is_shown(member, it)}
            if name not in found:
                found[name] = (f"[{name}]({', '.join(dict.fromkeys(bases))}){self.head(path)}", rows)
        for path, result in sorted(self.functions.items()):
            if self.is_public_function(path):
                outer, _, name = self.canonical[path].rpartition(".")
                found.setdefault(outer, (f"[{outer}]", {}))[1].setdefault(name, self.shown(result))
        for path, names in sorted(self.candidates.items()):
            if path not in self.shown_classes and not (path in self.functions and self.is_public_function(path)):
                continue
            for other in names:
                if self.curated.canonical(other) == self.canonical[path] or other in self.curated.facts:
                    continue
                outer, _, name = other.rpartition(".")
                block = found.setdefault(outer, (f"[{outer}]", {}))
                if not block[0].endswith(")"):
                    block[1].setdefault(name, f"= {self.canonical[path]}")
        return found

    def is_shown(self, name: str, result: Result) -> bool:
        if name.startswith("_"):
            return name in PROTOCOL or name == "__call__"
        return result.kind != "attr" or result.gives in self.relevant

    def head(self, path: str) -> str:
        known = self.classes[path].members
        entered = known["__aenter__"].gives if "__aenter__" in known else None
        items = known["__aiter__"].gives if "__aiter__" in known and known["__aiter__"].kind == "for" else None
        text = f" with {self.canonical[entered]}" if entered in self.relevant and entered != path else ""
        return text + (f" for {self.canonical[items]}" if items in self.relevant and items != path else "")

    def write(self, folder: Path) -> None:
        """Writes the files, and the list of them for Rust."""
        packages = defaultdict(dict)
        for owner, block in self.blocks().items():
            packages[owner.split(".")[0]][owner] = block
        origins = defaultdict(set)
        for module in self.world.modules.values():
            origins[module.name.split(".")[0]].add(module.origin)
        for old in folder.glob("*.txt"):
            old.unlink()
        files = defaultdict(dict)
        for package, blocks in packages.items():
            files["stdlib" if package in self.stdlib else package].update(blocks)
        for file, blocks in files.items():
            sources = origins[file] if file != "stdlib" else {f"typeshed in {it}" for it in origins["builtins"]}
            lines = [LEGEND.format(origins=", ".join(sorted(sources)))]
            for owner in sorted(blocks):
                head, rows = blocks[owner]
                lines.append(head + "\n" + "".join(f"{name} {row}\n" for name, row in sorted(rows.items())))
            (folder / f"{file}.txt").write_text("".join(lines))
        names = sorted((package, "stdlib" if package in self.stdlib else package) for package in packages)
        listed = "".join(f'    ("{package}", include_str!("{file}.txt")),\n' for package, file in names)
        (folder / "mod.rs").write_text(
            "//! Rows made from packages' sources by scripts/catalogue.py, by top-level package.\n\n"
            "/// Names of top-level packages, sorted, with the rows about them.\n"
            f"pub(super) static PACKAGES: &[(&str, &str)] = &[\n{listed}];\n"
        )


def private(name: str) -> bool:
    return any(part.startswith("_") for part in name.split("."))
