"""Reads the machine's figures."""

import asyncio
import logging
import os
import time

import psutil

from .sender import Sender

log = logging.getLogger(__name__)


class Collector:
    """One reading every ten seconds."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        while True:
            await self._sender.send(self.read())
            await asyncio.sleep(10)

    def read(self) -> dict[str, float]:
        return {"load": os.getloadavg()[0], "memory": psutil.virtual_memory().percent}

    async def busy(self) -> float:
        return psutil.cpu_percent(interval=1)

    async def wait_for_disk(self, path: str) -> None:
        while not os.path.exists(path):
            time.sleep(1)
