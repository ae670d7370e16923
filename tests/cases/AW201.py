"""Code of coroutines that Python refuses, and code that only looks so."""

import asyncio
import contextlib
import functools
import queue
import threading
import time
from typing import AsyncIterator, Awaitable, Iterable, Iterator

import anyio


async def work():
    return 1


async def agen():
    yield 1


def plain():
    return 1


def gen():
    yield 1


def says_nothing():
    print("x")


# Outside of coroutines.


def outside():
    await work()  # finding: AW201
    x = 1 + await work()  # finding: AW201
    async for i in agen():  # finding: AW201
        print(i)
    async with asyncio.Lock():  # finding: AW201
        pass
    [i async for i in agen()]  # finding: AW201
    {i: 1 async for i in agen()}  # finding: AW201
    [await i for i in x]  # finding: AW201
    return (i for i in await work())  # finding: AW201


async def in_a_lambda():
    return lambda: await work()  # finding: AW201


async def in_a_nested_def():
    def inner():
        await work()  # finding: AW201

    return inner


class Body:
    value = await work()  # finding: AW201


async def yields_from():
    yield from gen()  # finding: AW201


async def returns_a_value():
    yield 1
    return 2  # finding: AW201


def generator_as_coroutine():
    yield from asyncio.sleep(1)  # finding: AW201


@asyncio.coroutine  # finding: AW201
def old_style():
    yield from asyncio.sleep(1)


# What can't be awaited.


async def awaits(task: asyncio.Task, items: asyncio.Queue, writer: asyncio.StreamWriter, event: asyncio.Event):
    await time.sleep(1)  # finding: AW201
    await task.cancel()  # finding: AW201
    await items.put_nowait(1)  # finding: AW201
    await writer.close()  # finding: AW201
    await event.set()  # finding: AW201
    await plain()  # finding: AW201
    await says_nothing()  # finding: AW201
    await gen()  # finding: AW201
    await agen()  # finding: AW201
    await work  # finding: AW201
    await asyncio.timeout(1)  # finding: AW201
    await [work(), work()]  # finding: AW201
    await (work(), work())  # finding: AW201
    await None  # finding: AW201
    await print("x")  # finding: AW201
    await asyncio.run_coroutine_threadsafe(work(), None)  # finding: AW201


class Client:
    async def __init__(self):  # finding: AW201
        self.lock = asyncio.Lock()
        self.threads = threading.Lock()
        self.items = queue.Queue()

    async def __del__(self):  # finding: AW201
        pass

    async def __enter__(self):  # finding: AW201
        return self

    async def __len__(self):  # finding: AW201
        return 1

    async def __aiter__(self):  # finding: AW201
        return self

    def count(self):
        self.n = 1
        return self.n

    def reset(self):
        self.n = 0

    async def run(self):
        await self.reset()  # finding: AW201
        with self.lock:  # finding: AW201
            pass
        async with self.threads:  # finding: AW201
            pass


# with, for and their asynchronous forms.


@contextlib.asynccontextmanager
async def opened():
    yield 1


@contextlib.contextmanager
def entered():
    yield 1


class ForWith:
    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass


class ForAsyncWith:
    async def __aenter__(self):
        return self

    async def __aexit__(self, *_):
        pass


class HalfAWay:
    async def __aenter__(self):
        return self


class ForFor:
    def __iter__(self):
        return iter([])


class ForAsyncFor:
    def __aiter__(self):
        return self

    async def __anext__(self):
        raise StopAsyncIteration


async def wrong_way_round():
    async with entered():  # finding: AW201
        pass
    async with ForWith():  # finding: AW201
        pass
    async with HalfAWay():  # finding: AW201
        pass
    async with open("x"):  # finding: AW201
        pass
    async with contextlib.suppress(ValueError):  # finding: AW201
        pass
    async with anyio.fail_after(1):  # finding: AW201
        pass
    async with 42:  # finding: AW201
        pass
    with opened():  # finding: AW201
        pass
    with ForAsyncWith():  # finding: AW201
        pass
    with asyncio.timeout(1):  # finding: AW201
        pass
    with asyncio.Lock():  # finding: AW201
        pass
    with work():  # finding: AW201
        pass
    async for i in [1]:  # finding: AW201
        print(i)
    async for i in range(3):  # finding: AW201
        print(i)
    async for i in gen():  # finding: AW201
        print(i)
    async for i in work():  # finding: AW201
        print(i)
    async for i in ForFor():  # finding: AW201
        print(i)
    for i in agen():
        print(i)
    for i in ForAsyncFor():
        print(i)
    [i for i in agen()]
    [i async for i in [1]]  # finding: AW201
    async for next_one in asyncio.as_completed([work()]):  # finding: AW201
        await next_one


def in_plain_code():
    with opened():  # finding: AW201
        pass


# What is right.


def makes_generators():
    a = (i async for i in agen())
    b = (await i for i in [work()])
    return a, b


async def right(task: asyncio.Task, other, lock):
    await work()
    await task
    await other()
    await other.thing()
    await asyncio.shield(work())
    await asyncio.gather(work(), work())
    await asyncio.get_running_loop().run_in_executor(None, plain)
    await asyncio.to_thread(plain)
    await asyncio.get_running_loop().create_future()
    await asyncio.wrap_future(other)
    await makes_a_coroutine()
    await may_be_one(other)
    await (await returns_coroutine())
    async with opened(), ForAsyncWith():
        pass
    async with lock, other():
        pass
    async with asyncio.Lock(), asyncio.timeout(1):
        pass
    with entered(), ForWith(), open("x"), anyio.fail_after(1):
        pass
    async for i in agen():
        print(i)
    async for i in other:
        print(i)
    async for i in (j async for j in agen()):
        print(i)
    async for i in (await j for j in [work()]):
        print(i)
    for i in gen():
        print(i)
    for i in other:
        print(i)
    return [i async for i in agen() if await work()]


def makes_a_coroutine():
    return work()


def may_be_one(flag):
    if flag:
        return work()
    return None


async def returns_coroutine():
    return work()


class Base:
    def hook(self):
        pass

    def stop(self):
        return None

    def pages(self) -> AsyncIterator[int]:
        raise NotImplementedError

    async def items(self) -> AsyncIterator[int]:
        raise NotImplementedError

    async def run(self):
        await self.hook()
        await self.stop()
        async for i in self.pages():
            print(i)
        async for i in self.items():
            print(i)


class Awaitable:
    def __await__(self):
        return work().__await__()

    async def __call__(self):
        return 1

    async def __aenter__(self):
        return self

    async def __aexit__(self, *_):
        pass

    async def __getattr__(self, name):
        return name

    async def __aiter__(self):
        yield 1


def made():
    return Awaitable()


async def awaits_objects():
    await Awaitable()
    await made()
    await Awaitable()()
    async for i in Awaitable():
        print(i)


class Unknown(anyio.AsyncFile):
    def __enter__(self):
        return self


async def unknown_base():
    async with Unknown():
        pass


def decorated(function):
    return asyncio.coroutine


@decorated
def becomes_something():
    return 1


async def awaits_decorated():
    await becomes_something()


async def shadowed(time, plain):
    await time.sleep(1)
    await plain()


async def dead():
    return
    await plain()


def __init__():
    pass


async def __len__():
    return 1


async def to_be_awaited():
    async with work():  # finding: AW201
        pass
    async with asyncio.open_connection("host", 1):  # finding: AW201
        pass
    async with await returns_coroutine():
        pass


# What Python calls, and with what.


class Session:
    async def __aenter__(self, timeout):  # finding: AW201
        return self

    async def __aexit__(self, exc_type):  # finding: AW201
        pass


class Pages:
    def __aiter__(self, start):  # finding: AW201
        return self

    async def __anext__(self, *, size):  # finding: AW201
        return 1

    def __await__(self, loop):  # finding: AW201
        yield


class TooMany:
    async def __aenter__(self):
        return self

    async def __aexit__(self, exc_type, exc, traceback, *, note):  # finding: AW201
        pass


class Called:
    async def __aenter__(self, timeout=5):
        return self

    async def __aexit__(self, *exc_info):
        pass

    def __aiter__(self):
        return self

    async def __anext__(self, size=10, *rest, **others):
        return size


class Named:
    async def __aexit__(self, exc_type=None, exc=None, traceback=None):
        pass

    @functools.wraps(work)
    async def __aenter__(self, timeout):
        return self


async def __aexit__(nothing_of_a_class):
    await work()


async def enters_a_class():
    async with Called:  # finding: AW201
        pass
    async with Called():
        pass
    made = Called()
    async with made:
        pass


class Numbers(Iterator[int]):
    def __iter__(self):
        return self

    def __next__(self):
        return 1


class Later(Awaitable[int]):
    def __await__(self):
        yield


def numbers():
    return Numbers()


def later():
    return Later()


async def awaits_what_is_given():
    await numbers()  # finding: AW201
    await later()


async def over_what_is_annotated(rows: Iterable[int], table: dict[str, int], stream: AsyncIterator[int], either: Iterable[int] | AsyncIterator[int]):
    async for row in rows:  # finding: AW201
        print(row)
    found = [key async for key in table]  # finding: AW201
    async for part in stream:
        print(part)
    async for part in either:
        print(part)
    return found


class Plain:
    def close(self):
        pass


class Base:
    pass


class Derived(Base):
    def __await__(self):
        yield


class Elsewhere(SomebodysBase):
    pass


class MadeOtherwise:
    def __new__(cls):
        return work()


async def awaits_instances(base: Base, other: "Plain"):
    await Plain()  # finding: AW201
    made = Plain()
    await made  # finding: AW201
    await other  # finding: AW201
    await base
    await Base()
    await Derived()
    await Elsewhere()
    await MadeOtherwise()


async def enters_what_is_no_context(unknown):
    async with Plain():  # finding: AW201
        pass
    async with Elsewhere():
        pass
    async for item in Plain():  # finding: AW201
        print(item)
    async for item in Elsewhere():
        print(item)


class Stream(AsyncIterator[int]):
    async def __anext__(self):
        return 1


async def over_what_is_inherited():
    async for item in Stream():
        print(item)


class GivesItself:
    def __aiter__(self):  # finding: AW201
        return self

    def __next__(self):
        return 1


class GivesAnother:
    def __aiter__(self):  # finding: AW201
        return Plain()


class GivesAnIterator:
    def __aiter__(self):
        return self

    async def __anext__(self):
        return 1


class ForDerived:
    def __aiter__(self):
        return self


class DerivedFromIt(ForDerived):
    async def __anext__(self):
        return 1


class ByBase(AsyncIterator[int]):
    def __aiter__(self):
        return self


class Generates:
    async def __aiter__(self):
        yield 1


class Delegates:
    def __aiter__(self):
        return agen()
