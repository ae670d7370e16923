"""Variables that are declared once, and assigned again."""

from io import TextIOWrapper


def opened():
    return globals()["somewhere"]


async def declared_and_assigned():
    file: TextIOWrapper = opened()
    file.read()  # finding: AW503
    file = opened()
    file.read()  # finding: AW503


async def is_something_else():
    file: TextIOWrapper = opened()
    file = Memory()
    file.read()


async def never_declared():
    file = opened()
    file.read()


class Memory:
    def read(self):
        return b""
