"""What Python asks of objects for `await`, `async for` and `async with`, and what may give it after all."""

import datetime
import inspect
import sys
import types
from collections.abc import AsyncIterable, Awaitable
from typing import Any, Generator


class Door:
    def __aenter__(self) -> int:
        return 1

    async def __aexit__(self, *exc):
        pass


class Gate:
    async def __aenter__(self):
        return self

    def __aexit__(self, exc_type, exc, traceback) -> None:
        pass


class Turnstile:
    __aenter__ = 42

    async def __aexit__(self, *exc):
        pass


class Hatch:
    async def __aenter__(self, key):  # finding: AW201
        return self

    async def __aexit__(self, *exc):
        pass


class Passage:
    async def __aenter__(self):
        return self

    async def __aexit__(self, *exc):
        pass


class Delegated:
    def __init__(self, inner):
        self.inner = inner

    def __aenter__(self):
        return self.inner.__aenter__()

    def __aexit__(self, *exc):
        return self.inner.__aexit__(*exc)


class Anything:
    def __aenter__(self) -> Any:
        raise NotImplementedError

    def __aexit__(self, *exc) -> Any:
        raise NotImplementedError


class Assigned:
    async def _enter(self):
        return self

    async def _exit(self, *exc):
        pass

    __aenter__ = _enter
    __aexit__ = _exit


class Some:
    if datetime.date.today().day > 1:

        async def __aenter__(self):
            return self

    async def __aexit__(self, *exc):
        pass


class Newer:
    if sys.version_info >= (3, 11):

        async def __aenter__(self):
            return self

    async def __aexit__(self, *exc):
        pass


async def enters(inner):
    async with Door():  # finding: AW201
        pass
    async with Gate():  # finding: AW201
        pass
    async with Turnstile():  # finding: AW201
        pass
    async with Hatch():  # finding: AW201
        pass
    async with Some():  # doubtful: AW201
        pass
    async with Passage(), Delegated(inner), Anything(), Assigned(), Newer():
        pass


class Walls:
    pass


async def enters_either(way: Passage | Walls):
    async with way:  # finding: AW201
        pass


async def has_looked(way: Passage | Walls, plain):
    if plain:
        return
    async with way:
        pass


async def asks_first(way: Passage | Walls):
    if hasattr(way, "__aenter__"):
        async with way:
            pass


async def is_prepared(way: Walls):
    try:
        async with way:
            pass
    except (AttributeError, TypeError):
        pass


# What a class that derives from it has, an instance may have.


class Message:
    def parts(self):
        return None


class Streamed(Message):
    def __aiter__(self):
        return self

    async def __anext__(self):
        raise StopAsyncIteration

    async def __aenter__(self):
        return self

    async def __aexit__(self, *exc):
        pass

    def __await__(self):
        yield

    async def parts(self):
        return None


def received() -> Message: ...


async def receives(message: Message):
    async for part in message:
        print(part)
    async with message:
        pass
    with Streamed():  # finding: AW201
        pass
    await message
    await received()
    await message.parts()
    async for part in Message():  # finding: AW201
        print(part)
    async with Message():  # finding: AW201
        pass
    await Message()  # finding: AW201


# What is iterated over.


class Pages:
    def __aiter__(self):
        return iter([])


class Page:
    pass


class Book:
    def __aiter__(self) -> Page:  # finding: AW201
        return Page()


class Started:
    def __aiter__(self, start):  # finding: AW201
        return self

    async def __anext__(self):
        return 1


class Sized:
    def __aiter__(self):
        return self

    async def __anext__(self, size):  # finding: AW201
        return size


class Abrupt:
    def __aiter__(self):
        return self

    def __anext__(self) -> int:
        return 1


class Shelf:
    def __aiter__(self):
        return self.pages()

    async def pages(self):
        yield 1


class Steps:
    def __aiter__(self):
        return self

    def __anext__(self):
        return step()


async def step():
    return 1


async def iterates():
    async for page in Book():  # finding: AW201
        print(page)
    async for page in Started():  # finding: AW201
        print(page)
    async for page in Sized():  # finding: AW201
        print(page)
    async for page in Abrupt():  # finding: AW201
        print(page)
    async for page in Pages():
        print(page)
    async for page in Shelf():
        print(page)
    async for page in Steps():
        print(page)


async def asks_whether_iterable(pages: Page):
    if isinstance(pages, AsyncIterable):
        async for page in pages:
            print(page)


# What is awaited.


class Ticket:
    def __await__(self):
        return step().__await__()


class Number:
    def __await__(self) -> int:
        return 5


class Argued:
    def __await__(self, loop):  # finding: AW201
        yield


class Numbered:
    __await__ = 42


class Borrowed:
    __await__ = Ticket.__await__


class Either:
    if datetime.date.today().day == 6:

        def __await__(self) -> Generator[Any, None, None]:
            yield

    else:

        def __await__(self) -> int:
            return 5


async def awaits_objects():
    await Number()  # finding: AW201
    await Argued()  # finding: AW201
    await Numbered()  # finding: AW201
    await Either()  # doubtful: AW201
    await Ticket()
    await Borrowed()


async def awaits_either(ticket: Ticket | Page):
    await ticket  # finding: AW201


async def awaits_text(ticket: Awaitable[int] | str):
    await ticket  # finding: AW201


async def awaits_declared(ticket: Awaitable[int] | None):
    await ticket


async def asks_whether_awaitable(ticket: Page, other: Ticket | Page):
    if inspect.isawaitable(ticket):
        await ticket
    if isinstance(other, Ticket):
        return await other
    return await other


def stub() -> Any: ...


class Service:
    def start(self):
        return self.begin()

    async def begin(self):
        return 1

    def end(self):
        print("ended")


async def awaits_what_is_handed_on(service: Service):
    await stub()
    await service.start()
    await service.end()  # finding: AW201


# What generators delegate to.


@types.coroutine
async def marked():
    await step()


class Declared(Awaitable[int]):
    def __await__(self):
        yield


def delegates():
    yield from Ticket()  # finding: AW201
    yield from Declared()  # finding: AW201
    yield from marked()  # finding: AW201
    yield from Ticket().__await__()
    yield from Walker()


class Walker(Ticket):
    def __iter__(self):
        return self.__await__()
