"""Sleeps that stop the loop, and sleeps that only look like it."""

import asyncio
import threading
import time
import time as t
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from time import sleep
from time import sleep as nap
from typing import TYPE_CHECKING
from unittest import mock

import anyio
import psutil

if TYPE_CHECKING:
    from time import sleep as typed_sleep

snooze = time.sleep
EXECUTOR = ThreadPoolExecutor(max_workers=2)


async def every_spelling():
    time.sleep(1)  # finding: AW501
    t.sleep(1)  # finding: AW501
    sleep(1)  # finding: AW501
    nap(0.5)  # finding: AW501
    snooze(1)  # finding: AW501
    (time.sleep)(1)  # finding: AW501
    time.sleep(  # finding: AW501
        1,
    )


async def in_every_place(items, flag):
    if flag:
        time.sleep(1)  # finding: AW501
    for _ in items:
        time.sleep(1)  # finding: AW501
    while flag:
        time.sleep(1)  # finding: AW501
    try:
        time.sleep(1)  # finding: AW501
    except ValueError:
        time.sleep(1)  # finding: AW501
    finally:
        time.sleep(1)  # finding: AW501
    async with anyio.create_task_group():
        time.sleep(1)  # finding: AW501
    with flag:
        time.sleep(1)  # finding: AW501
    value = [time.sleep(i) for i in items]  # finding: AW501
    await asyncio.sleep(time.sleep(1) or 1)  # finding: AW501
    match flag:
        case 1:
            time.sleep(1)  # finding: AW501
    return value and time.sleep(1)  # finding: AW501


async def imported_inside():
    from time import sleep as inner

    inner(1)  # finding: AW501


class Poller:
    async def run(self):
        time.sleep(1)  # finding: AW501

    async def stream(self):
        while True:
            time.sleep(1)  # finding: AW501
            yield 1

    @staticmethod
    async def static():
        time.sleep(1)  # finding: AW501

    def plain(self):
        time.sleep(1)


def makes_a_coroutine():
    time.sleep(1)

    async def inner():
        time.sleep(1)  # finding: AW501

    return inner


def tick():
    time.sleep(1)  # finding: AW501


async def schedules():
    loop = asyncio.get_running_loop()
    loop.call_later(1, tick)
    loop.call_soon(lambda: time.sleep(1))  # finding: AW501


class Echo(asyncio.Protocol):
    def data_received(self, data):
        time.sleep(1)  # finding: AW501


async def lambdas():
    wait = lambda seconds: time.sleep(seconds)  # finding: AW501
    wait(1)
    (lambda: time.sleep(1))()  # finding: AW501
    later = lambda: time.sleep(1)
    return later


async def lambdas_for_threads():
    wait = lambda: time.sleep(1)
    await asyncio.to_thread(wait)


async def measures(process: psutil.Process):
    psutil.cpu_percent(interval=0.5)  # finding: AW501
    psutil.cpu_percent(1)  # finding: AW501
    psutil.cpu_percent()
    psutil.cpu_percent(interval=None)
    return process.cpu_percent()


# Nothing below blocks the loop.


async def awaits_the_right_one():
    await asyncio.sleep(1)
    await anyio.sleep(1)


async def hands_it_to_a_thread():
    loop = asyncio.get_running_loop()
    await asyncio.to_thread(time.sleep, 1)
    await loop.run_in_executor(None, time.sleep, 1)
    await loop.run_in_executor(EXECUTOR, partial(time.sleep, 1))
    await loop.run_in_executor(None, lambda: time.sleep(1))
    await asyncio.to_thread(lambda: time.sleep(1))
    await anyio.to_thread.run_sync(time.sleep, 1)
    EXECUTOR.submit(time.sleep, 1)
    EXECUTOR.submit(lambda: time.sleep(1))
    threading.Thread(target=time.sleep, args=(1,)).start()
    threading.Thread(target=lambda: time.sleep(1)).start()


async def defines_work_for_a_thread():
    def work():
        time.sleep(1)

    await asyncio.to_thread(work)


def synchronous():
    time.sleep(1)
    sleep(1)


async def shadowed_by_a_parameter(sleep, time):
    sleep(1)
    time.sleep(1)


async def shadowed_by_a_local():
    nap = asyncio.sleep
    await nap(1)


async def shadowed_by_a_nested_def():
    def sleep(seconds):
        return seconds

    sleep(1)


class time_like:
    def sleep(self, seconds):
        return seconds


async def a_method_of_the_same_name(driver):
    driver.sleep(1)
    time_like().sleep(1)
    self = time_like()
    self.sleep(1)


async def other_functions_of_the_module():
    time.time()
    time.monotonic()
    time.perf_counter()
    time.sleep
    return time.strftime("%H")


async def mocked():
    with mock.patch("time.sleep"):
        await asyncio.sleep(0)


async def only_a_reference(run):
    await run(time.sleep)
    callback = time.sleep
    return callback


time.sleep(0)

if __name__ == "__main__":
    time.sleep(0.1)
    asyncio.run(every_spelling())
