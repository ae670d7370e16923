"""What is written to disk and to the archive."""

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import asynccontextmanager

import aiofiles
import boto3


def weigh(lines: list[dict]) -> int:
    total = 0
    for turn in range(1_000_000):
        total += turn * len(lines) % 7
    return total


def checksum() -> int:
    total = 0
    for number in range(5_000_000):
        total = (total * 31 + number) % 65521
    return total


def upload(name: str) -> None:
    client = boto3.client("s3")
    client.upload_file(f"/var/lib/relay/{name}", "relay", name)


class Feeds:
    def __init__(self, processes: ProcessPoolExecutor, threads: ThreadPoolExecutor):
        self.processes = processes
        self.threads = threads
        self.sent = 0

    async def write(self, name: str, lines: list[dict]) -> int:
        loop = asyncio.get_running_loop()
        weight = await loop.run_in_executor(self.processes, weigh, lines)
        async with aiofiles.open(f"/var/lib/relay/{name}", "w") as file:
            await file.write(str(weight))
        return weight

    async def append(self, name: str, line: str) -> None:
        async with aiofiles.open(f"/var/lib/relay/{name}", "a") as file:
            await file.write(line)

    async def archive(self, name: str) -> None:
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self.threads, upload, name)

    async def send(self, names: list[str]) -> None:
        for name in names:
            await self.archive(name)
        self.sent += 1

    async def checksum(self) -> int:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self.processes, checksum)

    async def flush(self) -> None:
        await self.append("log", "flushed\n")


@asynccontextmanager
async def opened_feeds() -> AsyncIterator[Feeds]:
    with ProcessPoolExecutor(max_workers=2) as processes, ThreadPoolExecutor(4) as threads:
        yield Feeds(processes, threads)
