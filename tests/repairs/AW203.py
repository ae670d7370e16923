# repair: in one line
import asyncio

async def main(): ...

asyncio.get_event_loop().run_until_complete(main())
# becomes
import asyncio

async def main(): ...

asyncio.run(main())
# repair: with its clean-up
import asyncio

async def main(): ...

def start():
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        return loop.run_until_complete(main())
    finally:
        loop.close()
# becomes
import asyncio

async def main(): ...

def start():
    return asyncio.run(main())
# keep: the loop is needed afterwards
import asyncio

async def main(): ...

loop = asyncio.get_event_loop()
loop.run_until_complete(main())
print(loop.time())
# keep: there are two
import asyncio

async def main(): ...

asyncio.get_event_loop().run_until_complete(main())
asyncio.get_event_loop().run_until_complete(main())
# repair: in a function that is called
import asyncio


async def main(name): ...


def run(name):
    loop = asyncio.get_event_loop()
    loop.run_until_complete(main(name))
    loop.close()
# becomes
import asyncio


async def main(name): ...


def run(name):
    asyncio.run(main(name))
# keep: more is done with the loop
import asyncio


async def main(): ...


def run():
    loop = asyncio.new_event_loop()
    loop.set_debug(True)
    loop.run_until_complete(main())
    loop.close()
# keep: what runs is no coroutine of its own making
import asyncio


def run(future):
    asyncio.get_event_loop().run_until_complete(future)
