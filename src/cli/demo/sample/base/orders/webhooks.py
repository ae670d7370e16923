"""Tells shops what became of their orders."""

from __future__ import annotations

import logging

import aiohttp

from .repository import Order

log = logging.getLogger(__name__)


class ShopWebhooks:
    """Posts to the shops' addresses; a shop that doesn't answer is logged and left."""

    def __init__(self, session: aiohttp.ClientSession, addresses: dict[str, str]) -> None:
        self._session = session
        self._addresses = addresses

    async def announce(self, order: Order) -> bool:
        address = self._addresses.get(order.customer)
        if address is None:
            return False
        try:
            async with self._session.post(address, json={"order": order.id}) as response:
                return response.status < 300
        except aiohttp.ClientError:
            log.warning("shop of %s can't be reached", order.customer)
            return False
