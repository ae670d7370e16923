"""Collects what a generator of another file yields."""

from app.sources import rows


async def collects():
    found = []
    async for row in rows():
        found.append(row)  # finding: AW306
    return found


async def comprehends():
    return [row async for row in rows()]


async def prints():
    async for row in rows():
        print(row)
