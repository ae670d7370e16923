"""Futures of threads that are done, and threads that have been waited for."""

import asyncio
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Union

pool = ThreadPoolExecutor(max_workers=1)


async def waits():
    future = pool.submit(print)
    return future.result()  # finding: AW110


async def waits_with_a_limit(future: Future):
    return future.result(timeout=5)  # finding: AW110


async def has_waited():
    future = pool.submit(print)
    await asyncio.wrap_future(future)
    return future.result()  # doubtful: AW110


async def has_asked():
    future = pool.submit(print)
    if future.done():
        return future.result()  # doubtful: AW110


async def asks_how_it_ended(future: Future):
    return future.exception()  # doubtful: AW110


async def asks_either(ready: Union[Future, asyncio.Future]):
    if ready.exception():  # doubtful: AW110
        raise ready.exception()  # doubtful: AW110


async def runs(loop, work):
    done = asyncio.Event()
    thread = threading.Thread(target=work, args=(loop, done))
    thread.start()
    try:
        await done.wait()
    finally:
        thread.join()  # doubtful: AW110


async def stops(thread: threading.Thread):
    thread.join()  # finding: AW110


class Beat(threading.Thread):
    def __init__(self):
        super().__init__()
        self.ended = threading.Event()

    def run(self):
        asyncio.run(self.beat())

    async def beat(self):
        self.ended.wait(1)  # doubtful: AW110
