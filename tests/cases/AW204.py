"""Loops started where one runs already."""

import asyncio
import threading
from asyncio import run

import anyio
import nest_asyncio
import somewhere


async def work():
    pass


async def every_spelling():
    asyncio.run(work())  # finding: AW204
    run(work())  # finding: AW204
    asyncio.runners.run(work())  # finding: AW204
    asyncio.get_event_loop().run_until_complete(work())  # finding: AW204
    loop = asyncio.get_running_loop()
    loop.run_until_complete(work())  # finding: AW204
    loop.run_forever()  # finding: AW204
    other = asyncio.new_event_loop()
    other.run_until_complete(work())  # finding: AW204
    with asyncio.Runner() as runner:
        runner.run(work())  # finding: AW204
    anyio.run(work)  # finding: AW204
    nest_asyncio.apply()  # finding: AW204


def helper():
    return asyncio.run(work())


def helper_of_the_helper():
    return helper()


class Service:
    def __init__(self):
        self.loop = asyncio.get_event_loop()

    def load(self):
        return self.loop.run_until_complete(work())

    async def handle(self):
        self.loop.run_until_complete(work())  # finding: AW204
        return self.load()  # finding: AW204


async def through_helpers():
    helper()  # finding: AW204
    helper_of_the_helper()  # finding: AW204


def tick():
    asyncio.run(work())  # finding: AW204


async def schedules():
    asyncio.get_running_loop().call_soon(tick)


class Player:
    def __init__(self, mass):
        self.mass = mass

    @property
    async def item(self):
        return self.mass.event_loop.run_until_complete(work())  # finding: AW204


# Below no loop runs yet in that thread.


def entry():
    asyncio.run(work())
    asyncio.get_event_loop().run_until_complete(work())
    with asyncio.Runner() as runner:
        runner.run(work())


async def in_a_thread():
    await asyncio.to_thread(asyncio.run, work())
    await asyncio.to_thread(helper)
    await asyncio.to_thread(lambda: asyncio.run(work()))
    threading.Thread(target=helper).start()
    loop = asyncio.get_running_loop()
    await loop.run_in_executor(None, lambda: asyncio.run(work()))

    def inner():
        asyncio.run(work())

    await loop.run_in_executor(None, inner)


def asks_first():
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(work())
    return work()


async def calls_what_asks_first():
    await asks_first()


async def other_things_called_run(app, subprocess, run):
    app.run()
    run(work())
    subprocess.run(["a"])


async def only_asked():
    loop = asyncio.get_running_loop()
    loop.is_running()
    loop.run_in_executor(None, print)


def test_handler():
    asyncio.run(every_spelling())


if __name__ == "__main__":
    asyncio.run(work())


class EitherWay:
    def __init__(self, run_async, loop):
        self.run_async = run_async
        self.loop = loop

    def call(self, coroutine):
        if self.run_async:
            return coroutine
        return self.loop.run_until_complete(coroutine)

    async def start(self):
        if self.run_async:
            return await self.call(work())
        return self.call(work())

    async def start_anyway(self):
        return self.call(work())  # finding: AW204


class Meter:
    """A class with coroutines that offers plain methods as well."""

    async def read(self):
        return await somewhere.read(self)

    @property
    def now(self):
        return asyncio.run(self.read())  # finding: AW204

    def text(self, other):
        return str(asyncio.get_event_loop().run_until_complete(other.read()))  # finding: AW204

    def main(self):
        asyncio.run(self.read())

    def either(self):
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            return asyncio.run(self.read())
        return None


class Command:
    def handle(self):
        return asyncio.run(self.client.read())
