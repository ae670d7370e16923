"""Orders go through a queue to workers."""

import asyncio
import logging

from relay.feeds import Feeds
from relay.shops import Shops
from relay.store import Store

log = logging.getLogger(__name__)


class Workers:
    def __init__(self, store: Store, shops: Shops, feeds: Feeds):
        self.queue = asyncio.Queue(maxsize=100)
        self.store = store
        self.shops = shops
        self.feeds = feeds
        self.host = ""
        self.tasks = []

    def start(self) -> None:
        self.tasks = [
            asyncio.create_task(self.feed(), name="feed"),
            asyncio.create_task(self.work(), name="work"),
            asyncio.create_task(self.watch(), name="watch"),
            asyncio.create_task(self.report(), name="report"),
            asyncio.create_task(self.guard(), name="guard"),
        ]

    async def stop(self) -> None:
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        log.info("stopped")

    async def begin(self) -> None:
        await self.shops.hello("warehouse.example")
        self.host = "warehouse.example"
        self.tasks.append(asyncio.create_task(self.ping(), name="ping"))

    async def ping(self) -> None:
        host = self.host
        while True:
            try:
                await self.shops.hello(host)
            except Exception:
                log.exception("%s does not answer", host)
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
            try:
                order = await self.shops.order(number)
                await self.store.add(order)
            except Exception:
                log.exception("order %s was not relayed", number)

    async def watch(self) -> None:
        while True:
            try:
                await self.shops.hello("warehouse.example")
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                log.info("no more watching")
                raise
            except Exception:
                log.exception("the warehouse does not answer")
                await asyncio.sleep(60)

    async def report(self) -> None:
        try:
            while True:
                log.info("%s waiting", self.queue.qsize())
                await asyncio.sleep(60)
        except asyncio.CancelledError:
            log.info("no more reports")
            raise

    async def guard(self) -> None:
        if await self.store.count() < 0:
            log.critical("the orders are damaged")

    async def restart(self) -> None:
        reporter = asyncio.create_task(self.report(), name="report")
        await asyncio.sleep(10)
        reporter.cancel()
        await asyncio.gather(reporter, return_exceptions=True)
