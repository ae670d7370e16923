from __future__ import annotations

from typing import TYPE_CHECKING

from .base import Base

if TYPE_CHECKING:
    from .storage import Store


class Client(Base):
    store: Store

    def __init__(self, store: "Store"):
        self.store = store
        self.token = None

    async def fetch(self, key):
        self.close()  # finding: AW202
        self.label()
        await self.close()
        return await self.store.load(key)

    async def refresh(self):
        self.store.load("token")  # finding: AW202
        self.store.size()
        super().ping()  # finding: AW202
        return self

    async def __aenter__(self):
        return self

    async def __aexit__(self, *exc):
        await self.close()


async def connect(store) -> Client:
    return Client(store)


def make(store) -> Client:
    return Client(store)
