"""A loop that has not run has nothing to shut down."""

import asyncio


async def rows():
    return await asyncio.to_thread(len, "rows")


def run(abort):
    loop = asyncio.new_event_loop()
    if abort.is_set():
        loop.close()
        return
    loop.run_until_complete(asyncio.sleep(1))
