"""A command that shows what happens until somebody presses Ctrl-C."""

import asyncio
import contextlib
import sys


async def main(argv):
    print("watching", argv[1])
    try:
        await asyncio.Event().wait()
    finally:
        print("done")


def command():
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(main(sys.argv))  # doubtful: AW404


if __name__ == "__main__":
    command()
