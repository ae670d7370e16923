"""asyncio's objects touched from threads, and what is made for it."""

import asyncio
import concurrent.futures
import threading
from functools import partial
from threading import Thread

queue = asyncio.Queue()


def reader(loop: asyncio.AbstractEventLoop, event: asyncio.Event, future: asyncio.Future):
    event.set()  # finding: AW102
    queue.put_nowait(1)  # finding: AW102
    future.set_result(1)  # finding: AW102
    loop.call_soon(print)  # finding: AW102
    loop.call_later(1, print)  # finding: AW102
    loop.stop()  # finding: AW102
    loop.create_task(work())  # finding: AW102
    asyncio.create_task(work())  # finding: AW102
    asyncio.ensure_future(work())  # finding: AW102


async def starts():
    loop = asyncio.get_running_loop()
    event = asyncio.Event()
    Thread(target=reader, args=(loop, event, loop.create_future())).start()


async def directly(executor: concurrent.futures.ThreadPoolExecutor):
    loop = asyncio.get_running_loop()
    event = asyncio.Event()
    executor.submit(event.set)  # finding: AW102
    await asyncio.to_thread(queue.put_nowait, 1)  # finding: AW102
    await loop.run_in_executor(None, loop.stop)  # finding: AW102
    await loop.run_in_executor(None, lambda: queue.put_nowait(1))  # finding: AW102
    threading.Thread(target=lambda: event.set()).start()  # finding: AW102


def deeper():
    deepest()


def deepest():
    queue.put_nowait(1)  # finding: AW102


async def through_calls():
    await asyncio.to_thread(partial(deeper))


class Device:
    def __init__(self):
        self.loop = asyncio.get_event_loop()
        self.ready = asyncio.Event()
        self.queue: asyncio.Queue = asyncio.Queue()
        self.thread = Thread(target=self._read, daemon=True)

    def _read(self):
        self.queue.put_nowait(b"")  # finding: AW102
        self._tell()

    def _tell(self):
        self.ready.set()  # finding: AW102

    async def wait(self):
        await self.ready.wait()


class Worker(threading.Thread):
    def __init__(self, event: asyncio.Event):
        super().__init__()
        self.event = event

    def run(self):
        self.event.set()  # finding: AW102


# Nothing below touches the loop's objects from another thread.


def safe_reader(loop: asyncio.AbstractEventLoop, event: asyncio.Event):
    loop.call_soon_threadsafe(event.set)
    loop.call_soon_threadsafe(queue.put_nowait, 1)
    loop.call_soon_threadsafe(lambda: queue.put_nowait(1))
    asyncio.run_coroutine_threadsafe(work(), loop)
    print(event.is_set(), queue.qsize(), loop.time(), loop.is_running())


async def starts_safely(loop):
    Thread(target=safe_reader, args=(loop, asyncio.Event())).start()


def own_loop():
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    loop.create_task(work())
    loop.call_later(1, loop.stop)
    loop.run_forever()


def own_run():
    asyncio.run(work())


def other_events(event: threading.Event, jobs: concurrent.futures.Future):
    event.set()
    jobs.set_result(1)


Thread(target=own_loop).start()
Thread(target=own_run).start()
Thread(target=other_events).start()


async def on_the_loop():
    loop = asyncio.get_running_loop()
    event = asyncio.Event()
    event.set()
    queue.put_nowait(1)
    loop.call_soon(event.set)
    asyncio.create_task(work())


def callback():
    queue.put_nowait(1)


async def handed_to_the_loop(process_pool: concurrent.futures.ProcessPoolExecutor):
    asyncio.get_running_loop().call_soon(callback)
    await asyncio.get_running_loop().run_in_executor(process_pool, in_a_process)


def in_a_process():
    queue.put_nowait(1)


async def work():
    await asyncio.sleep(1)
