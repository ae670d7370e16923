#!/usr/bin/env python3
"""Makes THIRD-PARTY.txt: the packages that are built into the program on Linux, and their licences.

    scripts/third-party.py

Needs to run when Cargo.lock changes; a test notices. The texts are those in the packages themselves. Where a package may be
had under one of several licences, the first of PREFERRED counts: the fewer texts, the sooner somebody reads them.
"""

import json
import pathlib
import re
import subprocess
import sys
import textwrap

ROOT = pathlib.Path(__file__).resolve().parent.parent
PREFERRED = ["Apache-2.0", "MIT", "ISC", "BSD-2-Clause", "BSD-3-Clause", "Zlib", "Unicode-3.0", "CDLA-Permissive-2.0"]
LICENSE_FILE = re.compile(r"(licen[cs]e|copying|unlicense|copyright)", re.IGNORECASE)
NOTICE_FILE = re.compile(r"notice", re.IGNORECASE)
WIDTH = 100
# What images are built for.
TARGET = "x86_64-unknown-linux-gnu"
HEAD = """\
What asyncwarden is built from, and under which licences. asyncwarden itself is under the Apache License 2.0.

Made by scripts/third-party.py. The number behind a package is that of the text below it comes under; where a package may be
had under one of several licences, the first that is named here counts.
"""
# Comes with the compiler, not as a package.
STANDARD_LIBRARY = "Rust's standard library, of the Rust project's developers"


def cargo(*arguments):
    command = ["cargo", *arguments, "--locked"]
    return subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout


def built_in():
    """The packages that the program is built from: no tests' and no build scripts' ones."""
    tree = cargo("tree", "--edges", "normal", "--target", TARGET, "--prefix", "none", "--format", "{p}")
    names = {tuple(line.split()[:2]) for line in tree.splitlines()}
    found = json.loads(cargo("metadata", "--format-version", "1", "--filter-platform", TARGET))
    of_others = [package for package in found["packages"] if package["source"]]
    chosen = [package for package in of_others if (package["name"], f"v{package['version']}") in names]
    return sorted(chosen, key=lambda package: (package["name"], package["version"]))


def chosen(expression):
    """The licences that are chosen from an SPDX expression, most preferred first."""
    words = re.findall(r"[()]|[^\s()]+", expression.replace("/", " OR "))

    def one():
        word = words.pop(0)
        if word == "(":
            inside = any_of()
            words.pop(0)
            return inside
        if words[:1] == ["WITH"]:
            words[:2] = []
        return frozenset([word])

    def all_of():
        found = one()
        while words[:1] == ["AND"]:
            words.pop(0)
            found |= one()
        return found

    def any_of():
        found = [all_of()]
        while words[:1] == ["OR"]:
            words.pop(0)
            found.append(all_of())
        return min(found, key=lambda licenses: (len(licenses), max(map(rank, licenses))))

    return sorted(any_of(), key=rank)


def rank(license):
    return PREFERRED.index(license) if license in PREFERRED else len(PREFERRED)


def is_apache(text):
    words = " ".join(text.split())
    return "Apache License Version 2.0, January 2004" in words and "permission notice" not in words


def texts(package, licenses):
    """The texts of a package that have to go with it, beside the Apache License, which is there once for all."""
    folder = pathlib.Path(package["manifest_path"]).parent
    files = [file for file in sorted(folder.iterdir()) if file.is_file() and not file.name.endswith(".rs")]
    texts = [file.read_text(errors="replace") for file in files if NOTICE_FILE.match(file.name)]
    if licenses != ["Apache-2.0"]:
        own = [file.read_text(errors="replace") for file in files if LICENSE_FILE.match(file.name)]
        own = [text for text in own if not is_apache(text)]
        if not own:
            sys.exit(f"{package['name']} comes under {licenses} and has no text of it")
        texts += own
    return texts


def tidied(text):
    """As it is, without a page's margins; whitespace is no part of a licence."""
    lines = [line.rstrip() for line in text.strip("\n\f").replace("\r\n", "\n").split("\n")]
    return re.sub(r"\n{3,}", "\n\n", textwrap.dedent("\n".join(lines))).strip()


def main():
    apache = tidied((ROOT / "LICENSE").read_text())
    numbers, bodies = {" ".join(apache.split()): 1}, [apache]
    packages = []
    for package in built_in():
        expression = package["license"] or sys.exit(f"{package['name']} names no licence")
        licenses = chosen(expression)
        used = [1] if "Apache-2.0" in licenses else []
        for text in map(tidied, texts(package, licenses)):
            key = " ".join(text.split())
            if key not in numbers:
                bodies.append(text)
                numbers[key] = len(bodies)
            used.append(numbers[key])
        marks = ", ".join(map(str, sorted(set(used))))
        packages.append(f"{package['name']} {package['version']}: {' and '.join(licenses)} [{marks}]")
    packages.append(f"{STANDARD_LIBRARY}: Apache-2.0 [1]")
    parts = [HEAD, "\n".join(packages) + "\n"]
    for number, body in enumerate(bodies, 1):
        parts.append(f"{'-' * WIDTH}\n[{number}]\n\n{body}\n")
    (ROOT / "THIRD-PARTY.txt").write_text("\n".join(parts))


if __name__ == "__main__":
    main()
