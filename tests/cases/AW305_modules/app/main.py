"""Leaves generators of another file in the middle."""

from contextlib import aclosing

from app import sources
from app.sources import numbers, rows


async def first(pool):
    async for row in rows(pool):  # finding: AW305
        return row


async def first_by_the_module(pool):
    async for row in sources.rows(pool):  # finding: AW305
        break


async def first_number():
    async for number in numbers():
        return number


async def closed(pool):
    async with aclosing(rows(pool)) as found:
        async for row in found:
            return row


async def all_rows(pool):
    async for row in rows(pool):
        print(row)
