"""Reports: reckoned in processes, written to disk, sent to the archive by a library that blocks."""

import asyncio
import statistics
import threading
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Self

import aiofiles
import boto3

SCRATCH = Path("/var/lib/tariffs")


def spread(prices: list[int]) -> dict[str, float]:
    """How prices are spread, by resampling them; takes seconds of a processor."""
    means = []
    for start in range(200_000):
        sample = [prices[(start * step) % len(prices)] for step in range(1, 30)]
        means.append(sum(sample) / len(sample))
    return {"mean": statistics.fmean(means), "deviation": statistics.pstdev(means)}


class Archive:
    """Sends reports to a bucket. To be used in `async with`."""

    def __init__(self, bucket: str) -> None:
        self._bucket = bucket
        self._threads = ThreadPoolExecutor(max_workers=4, thread_name_prefix="archive")
        self._processes = ProcessPoolExecutor(max_workers=2)
        self._lock = threading.Lock()
        self._sent = 0

    async def __aenter__(self) -> Self:
        self._client = await asyncio.to_thread(boto3.client, "s3")
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            await asyncio.to_thread(self._threads.shutdown)
        finally:
            async with asyncio.timeout(60):
                await asyncio.to_thread(self._processes.shutdown)

    async def report(self, name: str, prices: list[int]) -> Path:
        loop = asyncio.get_running_loop()
        figures = await loop.run_in_executor(self._processes, spread, prices)
        path = SCRATCH / f"{name}.txt"
        async with aiofiles.open(path, "w") as file:
            for key, value in figures.items():
                await file.write(f"{key}: {value:.2f}\n")
        await loop.run_in_executor(self._threads, self._send, path)
        return path

    def _send(self, path: Path) -> None:
        self._client.upload_file(str(path), self._bucket, path.name)
        with self._lock:
            self._sent += 1

    def sent(self) -> int:
        with self._lock:
            return self._sent
