"""Closes a loop by hand, in order, in which a generator of another file may be half-way."""

import asyncio

from app.sources import rows


async def main():
    async for row in rows():
        if row:
            break


def in_order():
    loop = asyncio.new_event_loop()
    try:
        loop.run_until_complete(main())
    finally:
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()
