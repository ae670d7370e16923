import asyncio


async def work():
    await asyncio.sleep(1)


asyncio.run(work())
