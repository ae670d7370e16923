"""Event loops run by hand, and those that have to be."""

import asyncio
import threading
from asyncio import get_event_loop


async def main(): ...


def chained():
    asyncio.get_event_loop().run_until_complete(main())  # finding: AW203


def by_name():
    loop = get_event_loop()
    loop.run_until_complete(main())  # finding: AW203


def closed():
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        loop.run_until_complete(main())  # finding: AW203
        loop.run_until_complete(main())
    finally:
        loop.close()


module_loop = asyncio.get_event_loop()  # finding: AW203

if __name__ == "__main__":
    entry = asyncio.new_event_loop()
    entry.run_until_complete(main())  # finding: AW203


# Below the loop is somebody else's, or needed by hand.


def right():
    asyncio.run(main())


def for_ever():
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    loop.run_forever()


def in_a_thread():
    loop = asyncio.new_event_loop()
    loop.run_until_complete(main())


threading.Thread(target=in_a_thread).start()


async def in_a_coroutine():
    loop = asyncio.get_event_loop()
    return loop.time()


def given(loop):
    loop.run_until_complete(main())


def asks():
    loop = asyncio.get_event_loop()
    if loop.is_running():
        return None
    return loop.run_until_complete(main())


class Owner:
    def __init__(self):
        self.loop = asyncio.new_event_loop()

    def run(self):
        self.loop.run_until_complete(main())


def shadowed(asyncio):
    asyncio.get_event_loop().run_until_complete(main())


def makes():
    return asyncio.get_event_loop()
