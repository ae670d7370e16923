"""Hands orders to the warehouse, one after the other."""

from __future__ import annotations

import asyncio
import logging

from .repository import Order, OrderRepository
from .warehouse import Warehouse

log = logging.getLogger(__name__)


class Worker:
    """Takes orders from a bounded queue; a failing order stops no other."""

    def __init__(self, orders: OrderRepository, warehouse: Warehouse) -> None:
        self._orders = orders
        self._warehouse = warehouse
        self._queue: asyncio.Queue[Order] = asyncio.Queue(maxsize=500)
        self._runner: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._runner = asyncio.ensure_future(self._run())

    async def stop(self) -> None:
        if self._runner is not None:
            self._runner.cancel()
            await asyncio.gather(self._runner, return_exceptions=True)

    async def submit(self, order: Order) -> None:
        await self._queue.put(order)

    async def _run(self) -> None:
        while True:
            order = await self._queue.get()
            try:
                await self._handle(order)
            except (asyncio.CancelledError, TimeoutError):
                log.info("gave up on order %d", order.id)
            except Exception:
                log.exception("order %d failed", order.id)
                await self._orders.set_state(order.id, "failed")
            finally:
                self._queue.task_done()

    async def _handle(self, order: Order) -> None:
        async with asyncio.timeout(30):
            await self._warehouse.pick(order.id, order.skus)
        await self._orders.set_state(order.id, "picked")
        asyncio.create_task(self._notify(order))
        self._reserve_replacements(order)

    async def _notify(self, order: Order) -> None:
        await self._warehouse.announce(order.id)

    async def _reserve_replacements(self, order: Order) -> None:
        """Keeps one more of each article back until the parcel has arrived."""
        await self._warehouse.reserve(order.id, order.skus)
