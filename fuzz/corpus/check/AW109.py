"""Coroutines that await nothing, and functions that are asynchronous for a reason."""

import asyncio
import time
from abc import ABC, abstractmethod
from contextlib import asynccontextmanager
from typing import Protocol

from fastapi import FastAPI
from unknown import Plugin

app = FastAPI()


async def total(items):  # finding: AW109
    return sum(items)


async def loops(items):  # finding: AW109
    for item in items:
        print(item)
    with items.lock as held:
        return held


async def forgets():  # finding: AW109
    asyncio.sleep(1)


async def outer():  # finding: AW109
    async def inner(): 
        await asyncio.sleep(1)

    return inner


async def nested():
    async def inner():  # finding: AW109
        return 1

    return await inner()


async def comprehension(items):  # finding: AW109
    return [item for item in items]


class Plain:
    async def method(self):  # finding: AW109
        return self.value

    async def _private(self, other):  # finding: AW109
        other.value = self.value


# Everything below is asynchronous for a reason.


async def awaits():
    await asyncio.sleep(1)


async def blocks():
    # What to await is said there.
    time.sleep(1)


async def with_context(session):
    async with session:
        pass


async def with_loop(rows):
    async for row in rows:
        print(row)


async def with_comprehension(rows):
    return [row async for row in rows]


async def generator():
    yield 1


async def starts_a_task(work):
    return asyncio.create_task(work())


async def stub():
    pass


async def another_stub():
    """Says what it will do."""
    ...


async def refuses():
    raise NotImplementedError


async def empty_answer():
    return None


@app.get("/")
async def endpoint():
    return {"a": 1}


@asynccontextmanager
async def context():
    yield


async def callback(event):
    print(event)


async def stored(event):
    print(event)


async def by_keyword(event):
    print(event)


def register(bus):
    bus.subscribe("x", callback)
    bus.handler = stored
    bus.add(on_event=by_keyword)


class Base(ABC):
    @abstractmethod
    async def abstract(self):
        return 1

    async def hook(self):
        return True

    async def implemented(self):
        await asyncio.sleep(1)


class Derived(Base):
    async def hook(self):
        return False

    async def implemented(self):
        return self.x


class Extension(Plugin):
    async def on_load(self):
        self.loaded = True


class Interface(Protocol):
    async def call(self):
        return 1


class Context:
    async def __aenter__(self):
        return self

    async def __aexit__(self, *exc):
        self.closed = True

    async def __call__(self, scope, receive, send):
        self.called = True


class Given:
    async def handler(self, event):
        self.event = event

    def register(self, bus):
        bus.subscribe("x", self.handler)


async def test_something():
    assert total([1])


async def setup(program, settings):
    return program


async def makes_a_generator(urls):  # finding: AW109
    return (await fetch(url) for url in urls)


async def awaits_where_it_begins(source):
    return (item for item in await source.items())


async def collects(source):
    return [item async for item in source]


async def test_of_nothing_asynchronous():  # finding: AW109
    assert sum([1, 2]) == 3


async def test_with_a_fixture(client):
    assert client


async def test_of_what_may_need_the_loop():
    assert Session().is_open
