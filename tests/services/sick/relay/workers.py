"""Orders go through a queue to workers."""

import asyncio
import logging
import sys

log = logging.getLogger(__name__)


class Workers:
    def __init__(self):
        self.queue = asyncio.Queue()
        self.store = None
        self.shops = None
        self.feeds = None

    def start(self) -> None:
        asyncio.ensure_future(self.work())
        asyncio.create_task(self.watch())
        self.reporter = asyncio.create_task(self.report())

    async def begin(self) -> None:
        self.pinger = asyncio.create_task(self.ping())
        await self.shops.hello("warehouse.example")
        self.host = "warehouse.example"

    async def ping(self) -> None:
        host = self.host
        while True:
            await self.shops.hello(host)
            await asyncio.sleep(5)

    async def feed(self) -> None:
        number = 0
        while True:
            number += 1
            await self.queue.put(number)
            await asyncio.sleep(0.1)

    async def work(self) -> None:
        while True:
            number = await self.queue.get()
            order = await self.shops.order(number)
            await self.store.add(order)

    async def watch(self) -> None:
        while True:
            try:
                await self.shops.hello("warehouse.example")
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                log.info("not now")
            except Exception:
                pass

    async def report(self) -> None:
        try:
            while True:
                log.info("%s waiting", self.queue.qsize())
                await asyncio.sleep(60)
        except:
            log.info("no more reports")

    async def guard(self) -> None:
        if await self.store.count() < 0:
            sys.exit(1)

    async def serve(self) -> None:
        await asyncio.gather(self.work(), self.watch(), self.guard())

    async def restart(self) -> None:
        reporter = asyncio.create_task(self.report())
        await asyncio.sleep(10)
        reporter.cancel()

    async def stop(self) -> None:
        self.reporter.cancel()
        log.info("stopped")
