"""Coroutines that never run, and those that do."""

import asyncio
import functools
import signal
import threading
from asyncio import sleep
from types import CoroutineType
from typing import Protocol, overload

import aiohttp
import asyncpg
import httpx


async def work(x=1):
    return x


async def ready():
    return True


async def agen():
    yield 1


async def dropped(session: aiohttp.ClientSession, pool: asyncpg.Pool, client: httpx.AsyncClient):
    work()  # finding: AW202
    asyncio.sleep(1)  # finding: AW202
    sleep(1)  # finding: AW202
    asyncio.wait_for(work(), 1)  # finding: AW202
    client.get("x")  # finding: AW202
    pool.execute("x")  # finding: AW202
    session.close()  # finding: AW202
    asyncio.to_thread(print)  # finding: AW202
    queue = asyncio.Queue()
    queue.put(1)  # finding: AW202
    event = asyncio.Event()
    event.wait()  # finding: AW202
    writer = (await asyncio.open_connection("x", 1))[1]
    return writer


async def tested():
    if ready():  # finding: AW202
        pass
    if not ready():  # finding: AW202
        pass
    while ready():  # finding: AW202
        break
    x = 1 if ready() else 2  # finding: AW202
    y = ready() and x  # finding: AW202
    assert ready()  # finding: AW202
    return bool(y) or [i for i in [1] if ready()]  # finding: AW202


async def compared():
    if work() == 1:  # finding: AW202
        pass
    if work() is None:  # finding: AW202
        pass
    return work() > 2  # finding: AW202


async def formatted():
    print(f"{work()}")  # finding: AW202
    str(work())  # finding: AW202
    "%s" % work()  # finding: AW202
    "a" + work()  # finding: AW202
    len(work())  # finding: AW202


async def used_as_a_value():
    work().bit_length()  # finding: AW202
    work()["a"]  # finding: AW202
    for item in work():  # finding: AW202
        print(item)
    a, b = work()  # finding: AW202
    return a, b


async def bound_and_never_used():
    task = work()  # finding: AW202
    _ = work()  # finding: AW202
    other = work()  # finding: AW202
    other = 1
    return other


class Base:
    async def load(self):
        return 1

    async def abstract(self):
        raise NotImplementedError


class Service(Base):
    def __init__(self):
        self.client = httpx.AsyncClient()
        self.helper = Helper()

    async def stop(self):
        pass

    async def run(self):
        self.stop()  # finding: AW202
        self.load()  # finding: AW202
        super().load()  # finding: AW202
        self.client.aclose()  # finding: AW202
        self.helper.help()  # finding: AW202

    def close(self):
        self.stop()  # finding: AW202

    @classmethod
    async def make(cls):
        cls.other()  # finding: AW202

    @classmethod
    async def other(cls):
        pass

    @staticmethod
    async def free():
        pass


class Helper:
    async def help(self):
        pass


async def through_annotations(service: Service, maybe: Service | None):
    service.stop()  # finding: AW202
    maybe.stop()  # finding: AW202
    Service().stop()  # finding: AW202
    Service.free()  # finding: AW202
    local = Service()
    local.stop()  # finding: AW202


def synchronous():
    work()  # finding: AW202

    async def inner():
        pass

    inner()  # finding: AW202


def logged(function):
    @functools.wraps(function)
    async def wrapper(*args):
        return await function(*args)

    return wrapper


async def given_where_a_plain_callable_is_called(items):
    loop = asyncio.get_running_loop()
    loop.call_later(1, work)  # finding: AW202
    loop.call_soon(work)  # finding: AW202
    loop.call_soon_threadsafe(work)  # finding: AW202
    loop.add_signal_handler(signal.SIGTERM, work)  # finding: AW202
    task = asyncio.create_task(work())
    task.add_done_callback(work)  # finding: AW202
    threading.Thread(target=work).start()  # finding: AW202
    await loop.run_in_executor(None, work)  # finding: AW202
    await asyncio.to_thread(work)  # finding: AW202
    list(map(work, items))  # finding: AW202
    list(filter(work, items))  # finding: AW202
    sorted(items, key=work)  # finding: AW202
    signal.signal(signal.SIGTERM, work)  # finding: AW202
    await task


asyncio.run(work)  # finding: AW202


# Below every coroutine runs, or somebody else takes care of it.


async def awaited(session: aiohttp.ClientSession, pool: asyncpg.Pool):
    await work()
    x = await work()
    (await work())
    y = work()
    await y
    async with session.get("x") as reply:
        await reply.text()
    async with pool.acquire() as connection:
        await connection.execute("x")
    async for i in agen():
        print(i)
    if await ready():
        return x
    return await work()


async def scheduled():
    task = asyncio.create_task(work())
    await asyncio.gather(work(), work())
    await asyncio.wait_for(work(), 1)
    await asyncio.gather(*[work() for _ in range(2)])
    async with asyncio.TaskGroup() as group:
        group.create_task(work())
    future = asyncio.ensure_future(work())
    await asyncio.shield(work())
    await future
    return task


def returned():
    return work()


def yielded():
    yield work()


def stored(registry, holder):
    registry.append(work())
    registry["a"] = work()
    holder.pending = work()
    pairs = [work(), work()]
    table = {"a": work()}
    both = (work(), work())
    registry.run(work())
    registry.run(later=work())
    return pairs, table, both


def handed_on(runner):
    coroutine = work()
    runner(coroutine)
    asyncio.run(work())
    asyncio.get_event_loop().run_until_complete(work())


async def conditional(flag):
    coroutine = work() if flag else ready()
    await coroutine
    second = None
    if flag:
        second = work()
    if second is not None:
        await second


async def closed_on_purpose():
    coroutine = work()
    coroutine.close()
    work().close()
    coroutine = work()
    coroutine.send(None)


async def partials():
    start = functools.partial(work, 1)
    await start()


class WithSync:
    def work(self):
        return 1

    async def run(self):
        self.work()
        self.unknown()


class Override(Base):
    def load(self):
        return 2

    async def run(self):
        self.load()


def work_like():
    return 1


async def shadowed(work, sleep):
    work()
    sleep(1)


async def shadowed_by_a_nested_def():
    def ready():
        return True

    if ready():
        return 1


class Both(Protocol):
    def call(self): ...


@overload
def either(x: int) -> int: ...
@overload
async def either(x: str) -> str: ...
def either(x):
    return x


async def calls_either():
    either(1)


async def callbacks(loop, task):
    loop.call_later(1, lambda: asyncio.ensure_future(work()))
    task.add_done_callback(lambda t: print(t))
    task.add_done_callback(work_like)


async def generators():
    gen = agen()
    agen()
    async for x in gen:
        print(x)


def command(function):
    return Command(function)


class Command:
    def __init__(self, function):
        self.function = function

    def __call__(self):
        return asyncio.run(self.function())


@command
async def main():
    pass


if __name__ == "__main__":
    main()


async def tasks_are_not_coroutines():
    task = asyncio.create_task(work())
    if task:
        task.cancel()
    queue = asyncio.Queue()
    queue.put_nowait(1)
    asyncio.Event().set()


async def returns_lambda():
    return lambda: work()


class Decorated:
    @command
    async def finish(self):
        pass

    async def awaits_it(self):
        await self.finish()

    async def forgets_it(self):
        self.finish()  # finding: AW202


async def on_some_ways(flag):
    first = work()  # finding: AW202
    if flag:
        await first
    second = work()  # finding: AW202
    if not flag:
        return None
    await second
    third = work()
    if flag:
        raise ValueError
    await third
    fourth = work()
    try:
        print("x")
    finally:
        await fourth
    fifth = work()
    if flag:
        await fifth
    else:
        fifth.close()
    sixth = work()
    for _ in range(2):
        print("x")
    return await sixth


async def in_one_branch(flag):
    if flag:
        it = work()  # finding: AW202
    else:
        it = ready()
        await it


@overload
async def both(x: int) -> int: ...
@overload
async def both(x: str) -> str: ...
async def both(x):
    return x


async def calls_both():
    both(1)  # finding: AW202
    functools.partial(work, 1)()  # finding: AW202
    started = functools.partial(work)
    started()  # finding: AW202


class InBothWays:
    def __init__(self, loop):
        self.loop = loop

    async def connect(self) -> "InBothWays":
        return self

    def start(self) -> "InBothWays":
        made = self.connect()
        return made if self.loop.is_running() else self.loop.run_until_complete(made)

    def start_at_once(self) -> "InBothWays":
        made = self.connect()  # finding: AW202
        return made


class Prepared:
    def __init__(self, text):
        self.text = text

    def __await__(self):
        return work().__await__()

    def limit(self, count):
        return self


class Running(asyncio.Future):
    def __await__(self):
        yield


class Started:
    def __init__(self, coroutine):
        self.task = asyncio.create_task(coroutine)

    def __await__(self):
        return self.task.__await__()


def prepared(text):
    return Prepared(text)


async def drops_what_is_to_be_awaited():
    Prepared("select 1")  # finding: AW202
    prepared("select 1")
    Running()
    Started(work())
    await Prepared("select 1")
    query = Prepared("select 1")
    return await query


def declared_one() -> CoroutineType[None, None, int]:
    raise NotImplementedError


def declared_either() -> CoroutineType[None, None, int] | CoroutineType[None, None, str]:
    raise NotImplementedError


def declared_perhaps() -> CoroutineType[None, None, int] | int:
    raise NotImplementedError


async def drops_what_is_declared():
    declared_one()  # finding: AW202
    declared_either()  # finding: AW202
    declared_perhaps()
    await declared_one()


class Answer:
    def __await__(self):
        return work().__await__()


class Reply:
    def __init__(self):
        self.status = 200

    def __await__(self):
        return work().__await__()


async def uses_the_object(answer: Answer, reply: Reply, unknown):
    print(answer.text)  # finding: AW202
    answer.close()  # finding: AW202
    print((await answer).text)
    answer = await answer
    print(answer.text)
    print(reply.status)
    print(unknown.text)
