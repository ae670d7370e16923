"""Coroutines that are taken for their results: given, returned, put into answers."""

import asyncio
import functools
import json
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Awaitable, Callable, Protocol, TypeVar

from asgiref.sync import sync_to_async
from fastapi import FastAPI
from fastapi.responses import JSONResponse
from flask import jsonify

app = FastAPI()
logger = logging.getLogger(__name__)
T = TypeVar("T")


async def fetch(key=None):
    return {"key": key}


async def name_of(user):
    return user.name


@dataclass
class Answer:
    text: str
    later: Any = None


class Store:
    def save(self, text: str, extra: dict | None = None):
        return text, extra

    def keep(self, waiting: Awaitable[str]):
        return waiting

    def any(self, thing):
        return thing

    def generic(self, thing: T) -> T:
        return thing


class Lazy:
    def __await__(self):
        return asyncio.sleep(0).__await__()


def takes_lazy(lazy: Lazy):
    return lazy


def renders(entity, config):
    if config:
        return entity.title()
    return None


def stores(entity, config):
    config["entity"] = entity


def waits(entity):
    return asyncio.run(entity)


def hands_on(entity):
    return renders(entity, None)


async def given_to_annotated(store: Store):
    store.save(fetch())  # finding: AW202
    store.save("a", extra=fetch())  # finding: AW202
    Answer(text=fetch())  # finding: AW202
    value = fetch()  # finding: AW202
    store.save("a", value)
    Path(fetch()).exists()  # finding: AW202
    return json.dumps(fetch())  # finding: AW202


async def given_to_unannotated():
    entity = fetch()  # finding: AW202
    renders(entity, {})
    renders(fetch(), {})  # finding: AW202
    hands_on(fetch())  # finding: AW202


async def text():
    currency = fetch()  # finding: AW202
    print("{} added {}".format("a", currency))
    return "{}".format(fetch())  # finding: AW202


async def only_tested_and_answered(key):
    charge = fetch(key)  # finding: AW202
    if not charge:
        return jsonify({"message": "no"}), 404
    return jsonify({charge}), 200


@app.get("/prompt")
async def prompt():
    text = fetch()  # finding: AW202
    return JSONResponse({"status": "ok", "text": text})


@app.get("/direct")
async def direct():
    return fetch()  # finding: AW202


async def in_a_returned_mapping():
    return {"status": "ok", "data": fetch()}  # finding: AW202


def in_a_returned_tuple(message):
    if not message:
        return False, "empty"
    found = fetch(message)  # finding: AW202
    return True, found


async def returned_like_values(name):
    if name == "a":
        return [1, 2]
    return fetch(name)  # finding: AW202


async def passes_on(name):
    return fetch(name)  # finding: AW202


async def collects(names):
    found = []
    for name in names:
        found.extend(fetch(name))  # finding: AW202
    return found


class Socket:
    async def connect(self):
        self.connection = fetch()  # finding: AW202
        self.pending = fetch()

    async def send(self, data):
        await self.connection.send_bytes(data)
        return await self.pending


class Cleaner:
    def __init__(self, cleanup: Callable[[], Awaitable[None]] | None = None):
        self.cleanup = cleanup
        self.sync: Callable[[], None] = print

    async def close(self):
        if self.cleanup is not None:
            self.cleanup()  # finding: AW202
            await self.cleanup()
        self.sync()


async def by_getattr(socket: Socket):
    send = getattr(socket, "connect", None)
    send()  # finding: AW202
    getattr(socket, "send")(b"x")  # finding: AW202


async def by_asgiref(check):
    if not sync_to_async(check)(1):  # finding: AW202
        return await sync_to_async(check)(2)
    return None


class Limit:
    def __init__(self, count):
        self.count = count

    def __call__(self, method):
        @functools.wraps(method)
        async def wrapper(*args, **kwargs):
            return await method(*args, **kwargs)

        return wrapper


class Limited:
    @Limit(3)
    async def uninstall(self):
        pass

    async def run(self):
        self.uninstall()  # finding: AW202
        await self.uninstall()


async def annotated() -> dict:
    return fetch()  # finding: AW202


async def annotated_with_nothing() -> None:
    return fetch()  # finding: AW202


# Below somebody may await the coroutine.


async def kept(store: Store):
    store.keep(fetch())
    store.any(fetch())
    await store.generic(fetch())
    await takes_lazy(fetch())
    Answer("a", later=fetch())
    stores(fetch(), {})
    waits(fetch())


def wrapper(key):
    return fetch(key)


def wrapper_of_awaitable(key) -> Awaitable[dict]:
    return fetch(key)


def to_close() -> None:
    return fetch()


def all_of_them(keys):
    return [fetch(key) for key in keys], "names"


def two():
    return fetch(1), fetch(2)


def by_name():
    return {"a": fetch(1), "b": fetch(2)}


async def returns_one_to_be_awaited():
    return fetch()


async def awaits_both():
    return await (await returns_one_to_be_awaited())


async def returns_any() -> Any:
    return fetch()


async def logged_and_awaited():
    pending = fetch()
    logger.debug("waiting for %s", pending)
    return await pending


async def spread():
    pending = {"a": fetch(1), "b": fetch(2)}
    results = await asyncio.gather(*pending.values())
    return dict(zip(pending, results))


class Protocolled(Protocol):
    def run(self): ...


def takes_protocol(thing: Protocolled):
    return thing


async def given_to_a_protocol():
    takes_protocol(fetch())


async def rebound(entity=None):
    entity = fetch() if entity is None else entity
    if asyncio.iscoroutine(entity):
        entity = await entity
    renders(entity, {})
