"""Locks of threads over an await, waits for threads, and what only looks like them."""

import asyncio
import multiprocessing
import queue
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Lock as ThreadLock

LOCK = threading.Lock()
jobs = queue.Queue()


async def over_an_await(load):
    with LOCK:  # finding: AW110
        await load()
    with threading.RLock():  # finding: AW110
        await load()
    with threading.Semaphore(3):  # finding: AW110
        return await load()


async def over_other_suspensions(session, rows):
    with LOCK:  # finding: AW110
        async with session.get("x") as response:
            print(response)
    with LOCK:  # finding: AW110
        async for row in rows:
            print(row)
    with LOCK:  # finding: AW110
        found = [row async for row in rows]
    with LOCK:  # finding: AW110
        if found:
            for _ in found:
                await session.close()


async def stream(rows):
    with LOCK:  # finding: AW110
        for row in rows:
            yield row


class Cache:
    def __init__(self):
        self._lock = ThreadLock()
        self._other = multiprocessing.Lock()
        self.ready = threading.Condition(self._lock)

    async def refresh(self, source):
        with self._lock:  # finding: AW110
            self.value = await source.load()

    async def among_others(self, source):
        with open_nothing(), self._lock:  # finding: AW110
            self.value = await source.load()

    async def across_processes(self, source):
        with self._other:  # finding: AW110
            self.value = await source.load()

    async def condition(self):
        with self.ready:  # finding: AW110
            await asyncio.sleep(1)


async def waits(future: Future, event: threading.Event, barrier: threading.Barrier):
    worker = threading.Thread(target=print)
    worker.start()
    worker.join()  # finding: AW110
    worker.join(timeout=5)  # finding: AW110
    event.wait()  # finding: AW110
    barrier.wait()  # finding: AW110
    jobs.get()  # finding: AW110
    jobs.join()  # finding: AW110
    LOCK.acquire()  # finding: AW110
    LOCK.acquire(timeout=3)  # finding: AW110
    future.result()  # finding: AW110
    future.exception(timeout=1)  # finding: AW110
    pool = ThreadPoolExecutor(max_workers=2)
    pool.submit(print).result()  # finding: AW110
    asyncio.run_coroutine_threadsafe(asyncio.sleep(1), asyncio.get_running_loop()).result()  # finding: AW110


# Nothing below holds a thread's lock over an await, or waits for a thread.


async def short_section():
    with LOCK:
        counter = 1
    await asyncio.sleep(counter)


async def awaits_in_a_nested_function(register):
    with LOCK:

        async def later():
            await asyncio.sleep(1)

        register(later)


async def asyncio_locks():
    lock = asyncio.Lock()
    async with lock:
        await asyncio.sleep(1)
    await lock.acquire()
    lock.release()
    event = asyncio.Event()
    await event.wait()


def synchronous():
    with LOCK:
        jobs.get()


def in_a_thread(loop):
    with LOCK:
        asyncio.run_coroutine_threadsafe(asyncio.sleep(1), loop).result()


async def that_do_not_wait(event: threading.Event, future: Future):
    event.set()
    event.is_set()
    jobs.put_nowait(1)
    jobs.get_nowait()
    jobs.get(block=False)
    jobs.get(False)
    jobs.qsize()
    LOCK.acquire(blocking=False)
    LOCK.acquire(False)
    LOCK.release()
    LOCK.locked()
    future.done()
    future.cancel()
    future.add_done_callback(print)


async def handed_over():
    await asyncio.to_thread(jobs.get)
    await asyncio.to_thread(LOCK.acquire)
    await asyncio.get_running_loop().run_in_executor(None, in_a_thread)


async def of_the_loop(tasks):
    done, _ = await asyncio.wait(tasks)
    for task in done:
        task.result()
    return asyncio.current_task().result


def open_nothing():
    return LOCK


async def takes_its_own(locks, key):
    lock = threading.Lock()
    lock.acquire()
    locks[key] = lock
