import asyncio
from contextlib import asynccontextmanager


@asynccontextmanager
async def entered():
    yield 1


async def main():
    async with entered() as it:
        print(it)


def by_hand():
    loop = asyncio.new_event_loop()
    try:
        loop.run_until_complete(main())
    finally:
        loop.close()
