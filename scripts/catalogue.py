#!/usr/bin/env python3
"""Makes src/analysis/catalogue/generated: what packages' own sources say of their coroutines, contexts and classes.

    scripts/catalogue.py FOLDER [PACKAGE…]

downloads the newest wheels of scripts/catalogue/packages.txt (or of the packages named) into FOLDER with pip, unless they are
there, and reads them with `ast`: nothing of them is imported or run. Typeshed comes from the mypy package. Needs Python 3.13.

A row is written only where the sources leave no doubt: overloads agree, decorators are known to keep what they decorate, no
subclass makes something else of a method. Names are the shortest public ones; facts curated in Rust win over these.
"""

import re
import subprocess
import sys
import zipfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "catalogue"))

from model import World  # noqa: E402
from table import Table  # noqa: E402

HERE = Path(__file__).parent
RUST = HERE.parent / "src/analysis/catalogue"
OUTPUT = RUST / "generated"
PIP = (
    "download --quiet --no-deps --only-binary=:all: --python-version 3.13 --implementation cp --abi cp313 --abi abi3 --abi none "
    "--platform manylinux2014_x86_64 --platform manylinux_2_28_x86_64 --platform linux_x86_64 --platform any"
)
# Tests, examples and copies of other packages say nothing of what a user imports.
SKIPPED = re.compile(r"(^|[/_.])(tests?|testing|conftest|examples?|vendor|_vendor|vendored|_vendored|_internal_tests)([/_.]|$)")


def download(folder: Path, packages: list[str]) -> list[Path]:
    """The packages' wheels in the folder; those that cannot be had are named and left out."""
    found = []
    for package in packages:
        stem = re.sub(r"[-_.]+", "_", package).lower()
        have = [it for it in folder.glob("*.whl") if re.sub(r"[-_.]+", "_", it.name.split("-")[0]).lower() == stem]
        if not have:
            command = [sys.executable, "-m", "pip", *PIP.split(), "--dest", str(folder), package]
            if subprocess.run(command, check=False).returncode != 0:
                print(f"{package}: no wheel", file=sys.stderr)
                continue
            have = [it for it in folder.glob("*.whl") if re.sub(r"[-_.]+", "_", it.name.split("-")[0]).lower() == stem]
        found.extend(have[-1:])
    return found


def sources(wheel: Path):
    """Module paths and texts of a wheel: of typeshed's standard library for mypy's own."""
    distribution, version = wheel.name.split("-")[:2]
    with zipfile.ZipFile(wheel) as archive:
        names = sorted(archive.namelist())
        for name in names:
            if not name.endswith((".py", ".pyi")) or ".data/" in name:
                continue
            path = name
            if distribution == "mypy":
                if not name.startswith("mypy/typeshed/stdlib/"):
                    continue
                path = name.removeprefix("mypy/typeshed/stdlib/")
            elif SKIPPED.search(name) or skipped_part(name):
                continue
            stub = path.endswith(".pyi")
            path = re.sub(r"^([\w]+)-stubs/", r"\1/", path)
            yield path, stub, archive.read(name).decode("utf-8", "replace"), f"{distribution} {version}"


def skipped_part(name: str) -> bool:
    """Parts that are large and that nobody's asynchronous code imports."""
    parts = ("homeassistant/components/", "playwright/driver/", "telethon/tl/", "pyrogram/raw/", "litellm/proxy/", "litellm/llms/")
    return name.startswith(parts)


def main() -> None:
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    packages = sys.argv[2:] or (HERE / "catalogue/packages.txt").read_text().split()
    world = World()
    for wheel in download(folder, packages):
        for path, stub, text, origin in sources(wheel):
            world.add(path, stub, text, origin)
    table = Table(world, RUST)
    OUTPUT.mkdir(exist_ok=True)
    table.write(OUTPUT)


if __name__ == "__main__":
    main()
