"""Loops that a function only borrows."""

import asyncio


async def work():
    await asyncio.sleep(1)


class Client:
    def ask(self):
        return asyncio.get_event_loop().run_until_complete(work())  # doubtful: AW203


def wrapped(function):
    def run():
        loop = asyncio.get_event_loop()
        return loop.run_until_complete(function())  # doubtful: AW203

    return run


def prepared():
    loop = asyncio.new_event_loop()
    server = loop.run_until_complete(work())  # doubtful: AW203
    return loop, server


def main():
    loop = asyncio.get_event_loop()
    loop.run_until_complete(work())  # finding: AW203
