"""What is written to disk and to the archive."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import aiofiles
import boto3


def weigh(lines: list[dict]) -> int:
    total = 0
    for turn in range(1_000_000):
        total += turn * len(lines) % 7
    return total


class Feeds:
    def __init__(self):
        self.pool = ThreadPoolExecutor()
        self.sent = 0
        self.done = asyncio.Event()

    async def write(self, name: str, lines: list[dict]) -> int:
        loop = asyncio.get_running_loop()
        weight = await loop.run_in_executor(self.pool, weigh, lines)
        with open(f"/var/lib/relay/{name}", "w") as file:
            file.write(str(weight))
        return weight

    async def append(self, name: str, line: str) -> None:
        file = await aiofiles.open(f"/var/lib/relay/{name}", "a")
        await file.write(line)

    async def archive(self, name: str) -> None:
        client = boto3.client("s3")
        client.upload_file(f"/var/lib/relay/{name}", "relay", name)

    async def send(self, names: list[str]) -> None:
        def run() -> None:
            for name in names:
                asyncio.run(self.archive(name))
            self.sent += 1
            self.done.set()

        thread = threading.Thread(target=run)
        thread.start()
        await self.done.wait()
        self.sent += 1

    async def checksum(self) -> int:
        total = 0
        for number in range(5_000_000):
            total = (total * 31 + number) % 65521
        return total

    async def flush(self) -> None:
        asyncio.run(self.append("log", "flushed\n"))
