"""Prices from the catalogue service."""

from __future__ import annotations

import asyncio
import logging
import time
from decimal import Decimal

import aiohttp

log = logging.getLogger(__name__)

ATTEMPTS = 3
PAUSE = 0.2
RATE_TIMEOUT = aiohttp.ClientTimeout(total=2)


class PriceUnknown(Exception):
    """The catalogue has no price for an article."""


class PriceClient:
    """Asks the catalogue service over one session that lives as long as the process."""

    def __init__(self, session: aiohttp.ClientSession, base_url: str) -> None:
        self._session = session
        self._base_url = base_url

    async def price(self, sku: str) -> Decimal:
        """The current price of one article."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return await self._fetch(sku)
            except aiohttp.ClientError as error:
                log.warning("price of %s, attempt %d: %s", sku, attempt, error)
                time.sleep(PAUSE * attempt)
        raise PriceUnknown(sku)

    async def prices(self, skus: list[str]) -> dict[str, Decimal]:
        """The prices that could be had; articles without one are left out."""
        results = await asyncio.gather(*(self.price(sku) for sku in skus))
        return dict(zip(skus, results, strict=True))

    async def in_currency(self, sku: str, currency: str) -> Decimal:
        """The price in another currency, at today's rate."""
        async with aiohttp.ClientSession(timeout=RATE_TIMEOUT) as session:
            async with session.get(f"{self._base_url}/rates/{currency}") as response:
                rate = Decimal((await response.json())["rate"])
        return (await self.price(sku) * rate).quantize(Decimal("0.01"))

    async def _fetch(self, sku: str) -> Decimal:
        async with self._session.get(f"{self._base_url}/prices/{sku}") as response:
            response.raise_for_status()
            body = await response.json()
        return Decimal(body["amount"])
