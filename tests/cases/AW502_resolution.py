"""What a name is known to be: through attributes, annotations, results, flow."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import typing as t
from typing import Annotated, Optional, Union

import httpx
import requests
import requests as r
from requests import Session as S

try:
    from requests import get as fetch
except ImportError:
    fetch = None

if t.TYPE_CHECKING:
    from requests import Session as OnlyAType

Alias = requests.Session
shared: requests.Session | None = None


class Base:
    declared: requests.Session

    def __init__(self, given: "requests.Session", unknown):
        self.given = given
        self.made = httpx.Client()
        self.perhaps: Optional["requests.Session"] = None
        self.unknown = unknown

    def make(self) -> requests.Session:
        return build()

    def inferred(self):
        return requests.Session()

    @property
    def current(self):
        return requests.Session()

    @classmethod
    def create(cls):
        return cls(requests.Session(), None)


class Child(Base):
    async def run(self):
        self.declared.get("u")  # finding: AW502
        self.given.get("u")  # finding: AW502
        self.made.get("u")  # finding: AW502
        self.perhaps.get("u")  # finding: AW502
        self.make().get("u")  # finding: AW502
        self.inferred().get("u")  # finding: AW502
        super().make().get("u")  # finding: AW502
        self.current.get("u")  # finding: AW502
        Child.create().made.get("u")  # finding: AW502
        self.unknown.get("u")
        self.missing.get("u")


async def annotated(
    a: requests.Session,
    b: Optional[requests.Session],
    c: "requests.Session",
    d: Annotated[requests.Session, 1],
    e: requests.Session | None,
    f: OnlyAType,
    g: Union[requests.Session, None] = None,
    *h: r.Session,
    i: Alias,
    **j: S,
):
    a.get("u")  # finding: AW502
    b.get("u")  # finding: AW502
    c.get("u")  # finding: AW502
    d.get("u")  # finding: AW502
    e.get("u")  # finding: AW502
    f.get("u")  # finding: AW502
    g.get("u")  # finding: AW502
    for one in h:
        one.get("u")  # finding: AW502
    i.get("u")  # finding: AW502
    j["x"].get("u")  # finding: AW502


async def flow(flag, thing, items: list[requests.Session], by_name: dict[str, requests.Session]):
    fetch("u")  # finding: AW502
    get = asyncio.sleep
    await get(1)
    get = requests.get
    get("u")  # finding: AW502
    if flag:
        both = requests.get
    else:
        both = requests.get
    both("u")  # finding: AW502
    if flag:
        either = requests.get
    else:
        either = print
    either("u")
    functools.partial(requests.get, "u")()  # missed: AW502
    if isinstance(thing, requests.Session):
        thing.get("u")  # finding: AW502
    thing.get("u")
    for item in items:
        item.get("u")  # finding: AW502
    [item.get("u") for item in items]  # finding: AW502
    for _, value in by_name.items():
        value.get("u")  # finding: AW502
    by_name["x"].get("u")  # finding: AW502
    with requests.Session() as entered:
        entered.get("u")  # finding: AW502
    if walrus := requests.Session():
        walrus.get("u")  # finding: AW502
    first, second = requests.Session(), object()
    first.get("u")  # finding: AW502
    second.get("u")
    (lambda: requests.get("u"))()  # finding: AW502
    f"{requests.get('u')}"  # finding: AW502
    gone = requests.Session()
    del gone
    gone = object()
    gone.get("u")


def open_shared():
    global shared
    shared = requests.Session()


async def uses_shared():
    shared.get("u")  # finding: AW502


@contextlib.contextmanager
def session():
    yield requests.Session()


async def enters():
    with session() as made:
        made.get("u")  # finding: AW502


async def local_function():
    def build_one():
        return requests.Session()

    build_one().get("u")  # finding: AW502


async def shadowed(requests):
    requests.get("u")


async def shadowed_later(flag):
    if flag:
        r = object()
        r.get("u")


async def rebound_in_a_loop(others):
    current = requests.Session()
    for other in others:
        current.get("u")
        current = other


async def never():
    return
    requests.get("u")


async def handed_over():
    await asyncio.to_thread(requests.get, "u")
    await asyncio.to_thread(lambda: requests.get("u"))
    loop = asyncio.get_running_loop()
    await loop.run_in_executor(None, functools.partial(requests.get, "u"))
    loop.call_soon(lambda: requests.get("u"))  # finding: AW502

    def inner():
        return requests.get("u")

    await loop.run_in_executor(None, inner)


class Wire(asyncio.Protocol):
    def data_received(self, data):
        requests.post("u", data)  # finding: AW502

    def helper(self):
        requests.post("u")
