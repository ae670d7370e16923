import asyncio
import contextlib
import os
import shutil
from contextlib import asynccontextmanager, contextmanager
from fastapi import FastAPI


# Generators.


@asynccontextmanager
async def leaks(pool):
    connection = await pool.take()
    yield connection  # finding: AW302
    await connection.close()


@asynccontextmanager
async def leaks_when_it_fails(pool):
    connection = await pool.take()
    try:
        yield connection  # finding: AW302
    except ValueError:
        raise RuntimeError("no")
    await connection.close()


@asynccontextmanager
async def leaks_a_task():
    task = asyncio.create_task(asyncio.sleep(9), name="t")
    yield task  # finding: AW302
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


@asynccontextmanager
async def leaks_a_folder(path):
    os.mkdir(path)
    found = yield path  # finding: AW302
    if found:
        print(found)
    shutil.rmtree(path)


@asynccontextmanager
async def leaks_on_one_way(pool, shared):
    if shared:
        yield pool.shared
        return
    connection = await pool.take()
    yield connection  # finding: AW302
    await connection.release()


@asynccontextmanager
async def careful(pool):
    connection = await pool.take()
    try:
        yield connection
    finally:
        await connection.close()


@asynccontextmanager
async def nothing_behind(pool):
    yield await pool.take()


@asynccontextmanager
async def only_says_so(pool):
    print("in")
    yield pool
    print("out")


@asynccontextmanager
async def only_after_success(session):
    yield session
    await session.commit()


@asynccontextmanager
async def entered(pool):
    async with pool.acquire() as connection:
        yield connection


@asynccontextmanager
async def in_both_ways(pool):
    connection = await pool.take()
    try:
        yield connection
    except BaseException:
        await connection.close()
        raise
    await connection.close()


@asynccontextmanager
async def swallowed(pool):
    connection = await pool.take()
    try:
        yield connection
    except Exception as error:
        print(error)
    await connection.close()


@asynccontextmanager
async def on_success(pool):
    connection = await pool.take()
    try:
        yield connection
    except ValueError:
        connection.abort()
        raise
    else:
        await connection.release()


@asynccontextmanager
async def lifespan(app: FastAPI):
    app.state.pool = await make_pool()
    yield
    await app.state.pool.close()


@asynccontextmanager
async def started(app):
    yield
    await app.state.pool.close()


@contextmanager  # finding: AW302
async def wrong_decorator(lock):
    await lock.take()
    try:
        yield
    finally:
        lock.release()


@asynccontextmanager
def plain_generator(lock):  # finding: AW302
    try:
        yield lock
    finally:
        lock.release()


@asynccontextmanager
async def no_generator(lock):  # finding: AW302
    await lock.take()


@asynccontextmanager
def hands_on(pool):
    return careful(pool)


@asynccontextmanager
async def says_no():
    raise NotImplementedError


@contextmanager
def synchronous(lock):
    lock.acquire()
    yield
    lock.release()


async def make_pool():
    await asyncio.sleep(1)
    return object()


# Classes.


class NoExit:
    async def __aenter__(self):  # finding: AW302
        await asyncio.sleep(1)
        return self


class NoEnter:
    async def __aexit__(self, *args):  # finding: AW302
        await asyncio.sleep(1)


class HalfMixin:
    async def __aenter__(self):
        await asyncio.sleep(1)
        return self


class Base:
    async def __aexit__(self, *args):
        await asyncio.sleep(1)


class Derived(Base):
    async def __aenter__(self):
        return self


class Elsewhere:
    async def __aenter__(self):
        return self

    async def close(self, *args):
        await asyncio.sleep(1)

    __aexit__ = close


class OfSomebody(Unknown):
    async def __aenter__(self):
        return self


class NotAsync:
    def __aenter__(self):  # finding: AW302
        return self

    def __aexit__(self, *args):  # finding: AW302
        print("out")


class Delegates:
    def __init__(self, inner):
        self.inner = inner

    def __aenter__(self):
        return self.inner.__aenter__()

    def __aexit__(self, *args):
        return self.inner.__aexit__(*args)


class Refuses:
    def __aenter__(self):
        raise TypeError("use with")

    def __aexit__(self, *args):
        raise TypeError("use with")


class Careless:
    async def __aenter__(self):
        return self

    async def __aexit__(self, kind, error, trace):
        await self.close()
        return True  # finding: AW302

    async def close(self):
        await asyncio.sleep(1)


class CarelessWithSome:
    async def __aenter__(self):
        return self

    async def __aexit__(self, kind, error, trace):
        if kind is ValueError:
            return True
        return False


class SuppressErrors:
    async def __aenter__(self):
        return self

    async def __aexit__(self, kind, error, trace):
        return True


class Forgets:
    async def __aenter__(self):
        await self.connect()
        return self

    async def __aexit__(self, *args):  # finding: AW302
        pass

    async def connect(self):
        self.socket = await dial()

    async def close(self):
        await self.socket.close()


class ForgetsItsLock:
    def __init__(self):
        self.lock = asyncio.Lock()

    async def __aenter__(self):
        await self.lock.acquire()
        return self

    async def __aexit__(self, *args):  # finding: AW302
        """Nothing."""


class HasNothingToClose:
    async def __aenter__(self):
        return self

    async def __aexit__(self, *args):
        pass

    async def close(self):
        await asyncio.sleep(1)


class BreaksOff:
    async def __aenter__(self):
        return self

    async def __aexit__(self, *args):
        await self.flush()  # finding: AW302
        await self.file.close()

    async def flush(self):
        await asyncio.sleep(1)


class BreaksOffForSure:
    async def __aenter__(self):
        return self

    async def __aexit__(self, *args):
        self.task.cancel()
        await self.task  # finding: AW302
        await self.session.close()


class CarefulWithItsTask:
    async def __aenter__(self):
        return self

    async def __aexit__(self, *args):
        self.task.cancel()
        try:
            await self.task
        except asyncio.CancelledError:
            pass
        await self.session.close()


class Gathers:
    async def __aenter__(self):
        return self

    async def __aexit__(self, *args):
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)
        await self.session.close()


class ClosesItsWriter:
    async def __aenter__(self):
        return self

    async def __aexit__(self, *args):
        self.writer.close()
        await self.writer.wait_closed()


class ClosesAtLast:
    async def __aenter__(self):
        return self

    async def __aexit__(self, *args):
        try:
            await self.flush()
        finally:
            await self.file.close()

    async def flush(self):
        await asyncio.sleep(1)


class GivesNothing:
    async def __aenter__(self):
        await asyncio.sleep(1)

    async def __aexit__(self, *args):
        await asyncio.sleep(1)

    async def work(self):
        await asyncio.sleep(1)


class GivesItself(GivesNothing):
    async def __aenter__(self):
        await super().__aenter__()
        return self


async def uses():
    async with GivesNothing() as nothing:  # finding: AW302
        await nothing.work()
    async with GivesNothing():
        await asyncio.sleep(1)
    async with GivesItself() as it:
        await it.work()


class Limiter:
    async def __aenter__(self):
        await self.acquire()

    async def __aexit__(self, *args):
        pass

    async def acquire(self):
        await asyncio.sleep(1)


@asynccontextmanager
async def in_a_group(work):
    async with asyncio.TaskGroup() as group:
        task = group.create_task(work(), name="work")
        yield group
        task.cancel()


class DeclaredOnly:
    def __aenter__(self) -> int:  # finding: AW302
        ...

    def __aexit__(self, *exc_info) -> None:  # finding: AW302
        ...


class DeclaredWell:
    def __aenter__(self) -> "Opening":
        ...

    def __aexit__(self, *exc_info):
        ...


class Opening:
    def __await__(self):
        yield
