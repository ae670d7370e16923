"""What bots remember."""

import asyncio
import json
import pickle
from pathlib import Path

import aiosqlite
import pymongo


class Memory:
    """A file for each chat."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._cache: dict[int, dict] = {}

    async def get(self, chat: int) -> dict:
        if chat not in self._cache:
            await asyncio.sleep(0)
            self._cache[chat] = json.loads((self._folder / str(chat)).read_text())
        return self._cache[chat]

    async def put(self, chat: int, memory: dict) -> None:
        self._cache[chat] = memory
        (self._folder / str(chat)).write_bytes(pickle.dumps(memory))


class Shared:
    """One database for all bots of a team."""

    def __init__(self) -> None:
        self._chats = pymongo.MongoClient("mongodb://bots").bots.chats

    async def get(self, chat: int) -> dict:
        return self._chats.find_one({"_id": chat})


async def migrate(path: Path, memories: dict[int, dict]) -> None:
    database = await aiosqlite.connect(path)
    for chat, memory in memories.items():
        await database.execute("INSERT INTO chats VALUES (?, ?)", (chat, json.dumps(memory)))
    await database.close()
