"""Resources of lifespans, dependencies, exit stacks and fixtures that live in local names."""

import contextlib

import aiohttp
import asyncpg
import httpx
import pytest_asyncio
from aiohttp import web
from fastapi import FastAPI


# Never closed, or not when what happens at the `yield` fails.


async def forgotten_context(app: web.Application):
    session = aiohttp.ClientSession()  # finding: AW301
    await session.get("http://a")
    yield


async def forgotten_dependency():
    client = httpx.AsyncClient()  # finding: AW301
    await client.get("http://a")
    yield 1


@pytest_asyncio.fixture
async def forgotten_fixture():
    connection = await asyncpg.connect("postgres:///a")  # finding: AW301
    await connection.execute("CREATE TABLE a ()")
    yield


async def stack_is_never_closed():
    stack = contextlib.AsyncExitStack()  # finding: AW301
    session = await stack.enter_async_context(aiohttp.ClientSession())
    await session.get("http://a")


# Closed, or the business of whoever gets it.


async def session_context(app: web.Application):
    async with aiohttp.ClientSession() as session:
        app["session"] = session
        yield


@contextlib.asynccontextmanager
async def lifespan(app: FastAPI):
    client = httpx.AsyncClient()
    app.state.client = client
    try:
        yield
    finally:
        await client.aclose()


async def dependency():
    connection = await asyncpg.connect("postgres:///b")
    try:
        yield connection
    finally:
        await connection.close()


@pytest_asyncio.fixture
async def fixture():
    async with httpx.AsyncClient() as client:
        yield client


async def stack_is_entered():
    async with contextlib.AsyncExitStack() as stack:
        session = await stack.enter_async_context(aiohttp.ClientSession())
        connection = await asyncpg.connect("postgres:///c")
        stack.push_async_callback(connection.close)
        await connection.execute("a")
        await session.get("http://a")


async def stack_is_handed_on():
    async with contextlib.AsyncExitStack() as stack:
        session = await stack.enter_async_context(aiohttp.ClientSession())
        await session.get("http://a")
        return stack.pop_all()


async def stack_is_closed():
    stack = contextlib.AsyncExitStack()
    try:
        session = await stack.enter_async_context(aiohttp.ClientSession())
        await session.get("http://a")
    finally:
        await stack.aclose()
