import asyncio
from contextlib import asynccontextmanager


async def rows(cursor):
    async for row in cursor:
        yield row


async def main():
    async for row in rows(None):
        print(row)


def by_hand():
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        loop.run_until_complete(main())
    finally:
        loop.close()  # finding: AW407


def by_runner():
    asyncio.run(main())
