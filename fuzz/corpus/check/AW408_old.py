# target: 3.8
import asyncio


def read():
    return 1


async def main():
    loop = asyncio.get_running_loop()
    await loop.run_in_executor(None, read)


def by_hand():
    loop = asyncio.new_event_loop()
    try:
        loop.run_until_complete(main())
    finally:
        loop.close()
