"""Speaks to the chat's servers."""

import asyncio
import json
import logging

import aiohttp

log = logging.getLogger(__name__)


class Client:
    """One bot's connection."""

    def __init__(self, token: str) -> None:
        self._token = token
        self._session: aiohttp.ClientSession | None = None
        self._beat: asyncio.Task[None] | None = None

    async def open(self) -> None:
        connector = aiohttp.TCPConnector(limit=0)
        self._session = aiohttp.ClientSession(connector=connector)
        self._beat = asyncio.create_task(self._heartbeat())

    async def close(self) -> None:
        self._beat.cancel()

    async def _heartbeat(self) -> None:
        while True:
            await self.call("heartbeat")
            await asyncio.sleep(30)

    async def call(self, method: str, **params: object) -> dict:
        async with self._session.post(f"/bot/{method}", json=params) as response:
            return await response.json()

    async def upload(self, path: str) -> dict:
        data = open(path, "rb").read()
        return await self.call("upload", size=len(data))

    async def updates(self) -> list[dict]:
        try:
            return await asyncio.wait_for(self.call("updates"), 60)
        except Exception:
            return []

    async def me(self) -> dict:
        async with aiohttp.ClientSession() as session:
            async with session.get("/me", headers={"token": self._token}) as response:
                return json.loads(await response.text())
