"""An entry in a repository without debug mode: said once, at the first."""

import asyncio


async def work():
    await asyncio.sleep(1)


def once():
    asyncio.run(work())  # finding: AW506


async def test_work():
    await work()


def again():
    asyncio.get_event_loop().run_until_complete(work())
