"""Hands updates to plugins."""

import asyncio
import inspect
import logging
import time
from collections.abc import Awaitable, Callable

from .client import Client

log = logging.getLogger(__name__)

Handler = Callable[[dict], Awaitable[None]]


class Dispatcher:
    """Everything that a bot does with what it is told."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._handlers: list[Handler] = []
        self._handled = 0

    def on(self, handler: Handler) -> Handler:
        self._handlers.append(handler)
        return handler

    async def run(self) -> None:
        while True:
            for update in await self._client.updates():
                asyncio.create_task(self.handle(update))

    async def handle(self, update: dict) -> None:
        results = await asyncio.gather(*(handler(update) for handler in self._handlers))
        log.debug("%d handlers", len(results))
        self._throttle()

    def _throttle(self) -> None:
        time.sleep(0.05)

    async def broadcast(self, chats: list[int], text: str) -> None:
        for chat in chats:
            self._client.call("send", chat=chat, text=text)

    async def shutdown(self) -> None:
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await self._client.close()

    async def test(self, handler: Handler, update: dict) -> None:
        if inspect.iscoroutinefunction(handler):
            asyncio.run(handler(update))
