import asyncio


async def rows(cursor):
    async for row in cursor:
        yield row


async def main():
    async for row in rows(None):
        print(row)


def by_hand():
    loop = asyncio.new_event_loop()
    try:
        loop.run_until_complete(main())
    finally:
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()
