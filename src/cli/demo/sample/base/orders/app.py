"""The HTTP service."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator

import aiohttp
import asyncpg
from aiohttp import web

from .prices import PriceClient
from .repository import OrderRepository
from .warehouse import Warehouse
from .worker import Worker

TIMEOUT = aiohttp.ClientTimeout(total=5)

ORDERS = web.AppKey("orders", OrderRepository)
PRICES = web.AppKey("prices", PriceClient)
WORKER = web.AppKey("worker", Worker)


async def resources(app: web.Application) -> AsyncIterator[None]:
    async with (
        aiohttp.ClientSession(timeout=TIMEOUT) as session,
        asyncpg.create_pool(os.environ["DATABASE_URL"], min_size=2, max_size=10) as pool,
    ):
        app[PRICES] = PriceClient(session, os.environ["CATALOGUE_URL"])
        app[ORDERS] = OrderRepository(pool)
        app[WORKER] = Worker(app[ORDERS], Warehouse(os.environ["WAREHOUSE_HOST"], 7070))
        app[WORKER].start()
        yield
        await app[WORKER].stop()


async def create_order(request: web.Request) -> web.Response:
    body = await request.json()
    prices = await request.app[PRICES].prices(body["skus"])
    order = await request.app[ORDERS].add(body["customer"], body["skus"], sum(prices.values()))
    await request.app[WORKER].submit(order)
    return web.json_response({"id": order.id, "total": str(order.total)}, status=201)


async def show_order(request: web.Request) -> web.Response:
    order = await request.app[ORDERS].get(int(request.match_info["id"]))
    if order is None:
        raise web.HTTPNotFound()
    return web.json_response({"id": order.id, "state": order.state})


def main() -> None:
    app = web.Application()
    app.cleanup_ctx.append(resources)
    app.add_routes([web.post("/orders", create_order), web.get("/orders/{id}", show_order)])
    web.run_app(app)


if __name__ == "__main__":
    main()
