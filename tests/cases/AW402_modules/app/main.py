"""Makes instances while it is imported, and when the loop runs."""

import asyncio

from app.workers import Poller, Watcher, heartbeat

POLLER = Poller(5)
BEAT = asyncio.create_task(heartbeat())  # finding: AW402


async def main():
    watcher = Watcher(5)
    await asyncio.gather(watcher.task, POLLER.task)


if __name__ == "__main__":
    asyncio.run(main())
