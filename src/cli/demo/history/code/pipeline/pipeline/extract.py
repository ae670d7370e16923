"""Reads the day's transactions from the banks."""

import asyncio
import csv
import io
import logging
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import boto3

log = logging.getLogger(__name__)


class Bank:
    """A bank's interface."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30))

    async def days(self) -> list[str]:
        async with self._session.get(f"{self._url}/days") as response:
            return await response.json()

    async def transactions(self, day: str) -> AsyncIterator[dict]:
        response = await self._session.get(f"{self._url}/days/{day}")
        async for line in response.content:
            yield dict(zip(("id", "amount"), line.decode().split(";"), strict=True))

    async def balance(self, account: str) -> str:
        response = await self._session.get(f"{self._url}/accounts/{account}")
        return (await response.json())["balance"]


async def archive(day: str, rows: list[dict]) -> None:
    text = io.StringIO()
    writer = csv.DictWriter(text, ["id", "amount"])
    writer.writerows(rows)
    boto3.client("s3").put_object(Bucket="ledger", Key=day, Body=text.getvalue())


async def day_of(bank: Bank, day: str) -> list[dict]:
    rows = []
    async for row in bank.transactions(day):
        rows.append(row)
    return rows


async def totals(bank: Bank, account: str, day: str) -> tuple[str, int]:
    balance = await bank.balance(account)
    rows = await day_of(bank, day)
    return balance, len(rows)


async def from_folder(folder: Path) -> list[str]:
    return [path.read_text() for path in folder.glob("*.csv")]
