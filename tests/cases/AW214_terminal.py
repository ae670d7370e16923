"""A person at the terminal takes as long as they take."""

import asyncio
import sys


async def asks():
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    return await reader.readline()


async def asks_a_peer(host):
    reader, writer = await asyncio.wait_for(asyncio.open_connection(host, 80), 5)
    try:
        return await reader.readline()  # finding: AW214
    finally:
        writer.close()
