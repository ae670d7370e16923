"""What frameworks open and close for the length of an application, a request or a test."""

import asyncio
import contextlib

import aio_pika
import asyncpg
import pytest
import pytest_asyncio
from aiohttp import web
from fastapi import Depends, FastAPI


# Opened for as long as the application runs, and never closed.


async def open_database(app: web.Application):
    app["database"] = await asyncpg.connect("postgres:///a")  # finding: AW403


async def open_broker(app: web.Application):
    app["broker"] = await aio_pika.connect("amqp://a")  # finding: AW403
    yield


@contextlib.asynccontextmanager
async def forgetful(app: FastAPI):
    app.state.archive = await asyncpg.connect("postgres:///b")  # finding: AW403
    yield


class Gateway:
    async def __aenter__(self):
        self.channel = await aio_pika.connect("amqp://b")  # finding: AW403
        return self

    async def __aexit__(self, *exc):
        print("left")


# Each of these is closed by whoever opened it.


async def database_context(app: web.Application):
    app["kept"] = await asyncpg.connect("postgres:///c")
    yield
    await app["kept"].close()


async def guarded_context(app: web.Application):
    app["guarded"] = connection = await asyncpg.connect("postgres:///c")
    try:
        yield
    finally:
        await connection.close()


async def open_cache(app: web.Application):
    app["cache"] = await asyncpg.connect("postgres:///d")


async def close_cache(app: web.Application):
    await app["cache"].close()


def application():
    app = web.Application()
    app.cleanup_ctx.extend([database_context, guarded_context, open_broker])
    app.on_startup.append(open_cache)
    app.on_startup.append(open_database)
    app.on_cleanup.append(close_cache)
    return app


@contextlib.asynccontextmanager
async def lifespan(app: FastAPI):
    app.state.database = await asyncpg.connect("postgres:///e")
    yield
    await app.state.database.close()


async def connection():
    opened = await asyncpg.connect("postgres:///f")
    try:
        yield opened
    finally:
        await opened.close()


api = FastAPI(lifespan=lifespan)


@api.get("/")
async def read(database=Depends(connection)):
    return await database.fetchval("SELECT 1")


class Stacked:
    async def __aenter__(self):
        self.stack = contextlib.AsyncExitStack()
        self.connection = await asyncpg.connect("postgres:///g")
        self.stack.push_async_callback(self.connection.close)
        return self

    async def __aexit__(self, *exc):
        await self.stack.aclose()


class Entered:
    def __init__(self):
        self.stack = contextlib.AsyncExitStack()

    async def start(self):
        self.pool = await self.stack.enter_async_context(asyncpg.create_pool("postgres:///h"))

    async def stop(self):
        await self.stack.aclose()


@pytest_asyncio.fixture
async def database():
    opened = await asyncpg.connect("postgres:///i")
    yield opened
    await opened.close()


@pytest.fixture
async def broker():
    async with await aio_pika.connect("amqp://c") as opened:
        yield opened


class TestWithSetUp:
    async def asyncSetUp(self):
        self.database = await asyncpg.connect("postgres:///j")

    async def asyncTearDown(self):
        await self.database.close()
