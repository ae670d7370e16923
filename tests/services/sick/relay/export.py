"""Writes the orders of a shop to standard output."""

import asyncio
import sys
from collections.abc import AsyncIterator


async def lines(reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    try:
        while True:
            async with asyncio.timeout(10):
                line = await reader.readline()
            yield line
    finally:
        sys.stdout.flush()


async def export(shop: str) -> None:
    async with asyncio.timeout(10):
        reader, writer = await asyncio.open_connection(shop, 7000)
    try:
        await follow(reader)
    finally:
        writer.close()
        await writer.wait_closed()


async def follow(reader: asyncio.StreamReader) -> None:
    async for line in lines(reader):
        if line == b"end\n":
            break
        sys.stdout.buffer.write(line)


def main(shop: str) -> None:
    loop = asyncio.new_event_loop()
    loop.run_until_complete(export(shop))
    loop.close()
