"""The entry: everything is opened here, and closed in the reverse order when a signal comes."""

import asyncio
import logging
import signal

from tariffs.client import opened_client
from tariffs.reports import Archive
from tariffs.service import Service
from tariffs.settings import Settings
from tariffs.store import opened_store

log = logging.getLogger(__name__)


async def main(settings: Settings) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    async with (
        opened_store(settings.database) as store,
        opened_client() as client,
        Archive(settings.bucket) as archive,
    ):
        service = Service(settings, client, store, archive)
        await service.run(stop)
    log.info("stopped")


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    asyncio.run(main(Settings.from_environment()))
