from __future__ import annotations

import contextlib
from abc import ABC, abstractmethod
from dataclasses import dataclass
from enum import Enum
from typing import Generic, Optional, Protocol, TypeVar, Union

T = TypeVar("T", bound="Client")


class Mode(Enum):
    FAST = "fast"

    def close(self):
        return self


class Backend(ABC):
    @abstractmethod
    async def load(self):
        ...

    @abstractmethod
    def name(self):
        ...


class Closer(Protocol):
    async def close(self) -> None: ...


class Client:
    mode = Mode.FAST

    async def close(self):
        self.mode.close()

    def clone(self):
        return self

    @classmethod
    def make(cls):
        return cls()

    def __getitem__(self, key) -> Client:
        return self

    def __iter__(self):
        yield Client()

    async def __call__(self):
        pass

    @property
    def peer(self) -> Optional[Client]:
        return None

    @peer.setter
    def peer(self, value):
        pass


class Special(Client):
    async def extra(self):
        pass


Either = Union[Client, Special]
Maybe = Client | None


@dataclass
class Pool:
    clients: list[Client]
    by_name: dict[str, "Client"]
    first: Client | None = None


class Box(Generic[T]):
    def __init__(self, item: T):
        self.item = item


@contextlib.asynccontextmanager
async def session():
    client = Client()
    try:
        yield client
    finally:
        await client.close()


def clients():
    yield Client()


def pick(fast):
    if fast:
        return Client()
    return Special()
