"""The entry."""

import asyncio
import logging
import subprocess

from relay.feeds import Feeds
from relay.shops import Shops
from relay.store import Store
from relay.workers import Workers

log = logging.getLogger(__name__)


async def setup():
    workers = Workers()
    feeding = asyncio.create_task(workers.feed())
    workers.store = Store()
    await workers.store.open("postgresql://relay@db/relay")
    workers.shops = Shops()
    workers.feeds = Feeds()
    workers.start()
    return workers, feeding


async def announce(shops: Shops) -> None:
    subprocess.run(["systemd-notify", "--ready"])
    shops.hello("warehouse.example")


def main() -> None:
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    workers, _ = loop.run_until_complete(setup())
    loop.run_until_complete(announce(workers.shops))
    try:
        loop.run_forever()
    except KeyboardInterrupt:
        for task in asyncio.all_tasks(loop):
            task.cancel()
        log.info("stopped")


if __name__ == "__main__":
    main()
