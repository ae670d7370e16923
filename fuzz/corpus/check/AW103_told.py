"""Threads that tell the loop when they are done, and those of synchronous programs."""

import asyncio
import threading


async def work():
    await asyncio.sleep(1)


async def tells(wait_for_debugger):
    loop = asyncio.get_running_loop()
    ready = asyncio.Event()

    def wait():
        wait_for_debugger()
        loop.call_soon_threadsafe(ready.set)

    threading.Thread(target=wait).start()
    await ready.wait()


def bridges():
    def run():
        asyncio.run(work())

    thread = threading.Thread(target=run)  # doubtful: AW103
    thread.start()
    thread.join()


async def beside():
    def run():
        asyncio.run(work())

    threading.Thread(target=run).start()  # finding: AW103
