"""Shops are asked for orders over HTTP."""

import asyncio
import logging
import random

import aiohttp

log = logging.getLogger(__name__)

TRIES = 6


class Shops:
    def __init__(self, session: aiohttp.ClientSession):
        self.session = session
        self.slots = asyncio.Semaphore(10)
        self.orders = {}
        self.filling = asyncio.Lock()
        self.ready = asyncio.Event()

    async def hello(self, host: str) -> None:
        async with self.session.get(f"https://{host}/hello") as response:
            log.info("%s says %s", host, await response.text())

    async def order(self, number: int) -> dict:
        url = f"https://shop.example/orders/{number}"
        async with self.slots, self.session.get(url) as response:
            return await response.json()

    async def body(self, number: int) -> str:
        async with self.session.get(f"https://shop.example/orders/{number}/body") as response:
            log.info("%s", response.status)
            return await response.text()

    async def about(self, shop: int) -> tuple[int, int]:
        async with asyncio.TaskGroup() as group:
            profile = group.create_task(self.status(f"{shop}/profile"), name="profile")
            prices = group.create_task(self.status(f"{shop}/prices"), name="prices")
        return profile.result(), prices.result()

    async def status(self, path: str) -> int:
        async with self.session.get(f"https://shop.example/{path}") as response:
            return response.status

    async def all(self, numbers: list[int]) -> list[dict]:
        found = await asyncio.gather(
            *[self.order(number) for number in numbers], return_exceptions=True
        )
        for failure in found:
            if isinstance(failure, BaseException):
                log.error("an order could not be had", exc_info=failure)
        return [order for order in found if not isinstance(order, BaseException)]

    async def refresh(self, numbers: list[int]) -> None:
        results = await asyncio.gather(
            *[self.keep(number) for number in numbers], return_exceptions=True
        )
        for result in results:
            if isinstance(result, BaseException):
                log.error("an order was not refreshed", exc_info=result)

    async def keep(self, number: int) -> dict:
        async with self.filling:
            if number not in self.orders:
                self.orders[number] = await self.order(number)
            return self.orders[number]

    async def forward(self, numbers: list[int], queue: asyncio.Queue) -> None:
        orders = [self.order(number) for number in numbers]
        for finished in asyncio.as_completed(orders, timeout=60):
            order = await finished
            await self.post(order)
            await queue.put(order)

    async def post(self, order: dict) -> None:
        for attempt in range(TRIES):
            try:
                async with self.session.post("https://warehouse.example", json=order) as response:
                    response.raise_for_status()
                    return
            except aiohttp.ClientConnectionError:
                if attempt == TRIES - 1:
                    raise
                await asyncio.sleep(min(30, 2**attempt) * random.uniform(0.5, 1))

    async def first(self, numbers: list[int]) -> dict:
        tasks = {
            asyncio.create_task(self.order(number), name=f"order {number}") for number in numbers
        }
        done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in pending:
            task.cancel()
        await asyncio.gather(*pending, return_exceptions=True)
        return done.pop().result()

    async def stock(self, sku: str) -> int:
        await asyncio.sleep(0.1)
        async with self.session.get(f"https://warehouse.example/stock/{sku}") as response:
            return (await response.json())["count"]

    async def until_ready(self) -> None:
        await self.ready.wait()

    async def raw(self, host: str) -> bytes:
        async with asyncio.timeout(10):
            reader, writer = await asyncio.open_connection(host, 7000)
            try:
                writer.write(b"orders\n")
                await writer.drain()
                return await reader.readline()
            finally:
                writer.close()
                await writer.wait_closed()
