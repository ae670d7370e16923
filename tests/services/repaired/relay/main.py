"""The entry."""

import asyncio
import logging
import signal

import aiohttp
import asyncpg

from relay.feeds import opened_feeds
from relay.shops import Shops
from relay.store import Store
from relay.workers import Workers

log = logging.getLogger(__name__)


async def announce(shops: Shops) -> None:
    process = await asyncio.create_subprocess_exec("systemd-notify", "--ready")
    try:
        async with asyncio.timeout(10):
            await process.wait()
    except TimeoutError:
        log.warning("systemd does not listen")
        process.kill()
        await process.wait()
    await shops.hello("warehouse.example")


async def main() -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    async with (
        asyncpg.create_pool("postgresql://relay@db/relay", max_size=10) as pool,
        aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=20), timeout=aiohttp.ClientTimeout(total=30)
        ) as session,
        opened_feeds() as feeds,
    ):
        shops = Shops(session)
        workers = Workers(Store(pool), shops, feeds)
        await announce(shops)
        workers.start()
        try:
            await stop.wait()
        finally:
            async with asyncio.timeout(30):
                await workers.stop()
    log.info("stopped")


if __name__ == "__main__":
    asyncio.run(main())
