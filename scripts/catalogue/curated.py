"""What the catalogue's Rust files already say: names of facts, and other names of things."""

import re
from pathlib import Path


class Curated:
    """Names with curated facts, the classes among them, and curated aliases."""

    def __init__(self, folder: Path) -> None:
        self.facts: set[str] = set()
        self.classes: set[str] = set()
        self.aliases: dict[str, str] = {}
        for file in sorted(folder.glob("*.rs")):
            text = file.read_text()
            if file.name == "mod.rs":
                continue
            facts, _, rest = text.partition("ALIASES")
            self.read_facts(facts)
            self.aliases.update(re.findall(r'\(\s*"([\w.]+)",\s*"([\w.]+)",?\s*\)', rest))

    def read_facts(self, text: str) -> None:
        text = re.sub(r"//[^\n]*", "", text)
        classes = set(re.findall(r"const (\w+): Fact =\s*class\(\)", text))
        for match in re.finditer(r'"([\w.]+)" \{', text):
            depth, at = 1, match.end()
            while depth:
                depth += {"{": 1, "}": -1}.get(text[at], 0)
                at += 1
            for statement in text[match.end() : at - 1].split(";"):
                names, colon, fact = statement.partition(":")
                if not colon or '"' in names:
                    continue
                for name in names.split():
                    self.facts.add(f"{match[1]}.{name}")
                    if fact.strip().startswith("class()") or fact.strip().split(".")[0] in classes:
                        self.classes.add(f"{match[1]}.{name}")

    def canonical(self, name: str) -> str:
        """Follows aliases of whole names and of prefixes."""
        for _ in range(4):
            parts = name.split(".")
            for count in range(len(parts), 0, -1):
                prefix = ".".join(parts[:count])
                if prefix in self.aliases:
                    name = ".".join([self.aliases[prefix], *parts[count:]])
                    break
            else:
                break
        return name
