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
    async de