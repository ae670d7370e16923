"""Shops are asked for orders over HTTP."""

import asyncio
import logging
import time

import aiohttp
import requests

log = logging.getLogger(__name__)

connector = aiohttp.TCPConnector(limit=0)


class Shops:
    def __init__(self):
        self.orders = {}
        self.ready = False

    async def open(self):
        self.session = aiohttp.ClientSession()

    async def hello(self, host: str) -> None:
        async with self.session.get(f"https://{host}/hello") as response:
            log.info("%s says %s", host, await response.text())

    async def order(self, number: int) -> dict:
        async with aiohttp.ClientSession() as session:
            async with session.get(f"https://shop.example/orders/{number}") as response:
                return await response.json()

    async def body(self, number: int) -> str:
        async with self.session.get(f"https://shop.example/orders/{number}/body") as response:
            log.info("%s", response.status)
        return await response.text()

    async def about(self, shop: int) -> tuple[int, int]:
        profile = await self.session.get(f"https://shop.example/{shop}/profile")
        prices = await self.session.get(f"https://shop.example/{shop}/prices")
        return profile.status, prices.status

    async def all(self, numbers: list[int]) -> list[dict]:
        return await asyncio.gather(*[self.order(number) for number in numbers])

    async def refresh(self, numbers: list[int]) -> None:
        await asyncio.gather(*[self.keep(number) for number in numbers], return_exceptions=True)

    async def keep(self, number: int) -> dict:
        if number not in self.orders:
            self.orders[number] = await self.order(number)
        return self.orders[number]

    async def forward(self, numbers: list[int], queue: asyncio.Queue) -> None:
        orders = await asyncio.gather(*[self.order(number) for number in numbers])
        for order in orders:
            await self.post(order)
            await queue.put(order)

    async def post(self, order: dict) -> None:
        while True:
            try:
                async with self.session.post("https://warehouse.example", json=order) as response:
                    response.raise_for_status()
                    return
            except aiohttp.ClientError:
                await asyncio.sleep(1)

    async def first(self, numbers: list[int]) -> dict:
        tasks = {asyncio.create_task(self.order(number)) for number in numbers}
        done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        return done.pop().result()

    async def stock(self, sku: str) -> int:
        time.sleep(0.1)
        return requests.get(f"https://warehouse.example/stock/{sku}").json()["count"]

    async def until_ready(self) -> None:
        while not self.ready:
            await asyncio.sleep(0.1)

    async def raw(self, host: str) -> bytes:
        reader, writer = await asyncio.open_connection(host, 7000)
        writer.write(b"orders\n")
        await writer.drain()
        return await reader.readline()
