"""Standard output: the addresses that a client of GitLab that others wrote knows, with {} for what is filled in."""

import json
import re
import sys

from gitlab.base import RESTManager
from gitlab.v4 import objects


def main() -> None:
    paths = set()
    for name in dir(objects):
        manager = getattr(objects, name)
        if isinstance(manager, type) and issubclass(manager, RESTManager) and manager._path:
            path = re.sub(r"\{\w+\}", "{}", manager._path)
            paths.update([path, f"{path}/{{}}"])
    json.dump(sorted(paths), sys.stdout)


if __name__ == "__main__":
    main()
