"""Pools of threads without a number, and with one."""

import concurrent.futures
import concurrent.futures as cf
from concurrent import futures
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures import ThreadPoolExecutor as Pool

ONE = ThreadPoolExecutor()  # finding: AW105
TWO = ThreadPoolExecutor(None)  # finding: AW105
THREE = ThreadPoolExecutor(max_workers=None)  # finding: AW105
FOUR = ThreadPoolExecutor(thread_name_prefix="x")  # finding: AW105
FIVE = concurrent.futures.ThreadPoolExecutor()  # finding: AW105
SIX = cf.ThreadPoolExecutor()  # finding: AW105
SEVEN = futures.ThreadPoolExecutor()  # finding: AW105
EIGHT = Pool()  # finding: AW105


class Service:
    def __init__(self):
        self.pool = ThreadPoolExecutor()  # finding: AW105

    async def run(self, loop, work):
        with ThreadPoolExecutor() as pool:  # finding: AW105
            await loop.run_in_executor(pool, work)


# Nothing below lacks a number.

bounded = ThreadPoolExecutor(4)
also_bounded = ThreadPoolExecutor(max_workers=8)
processes = ProcessPoolExecutor()


async def given(workers, *args, **kwargs):
    first = ThreadPoolExecutor(workers)
    second = ThreadPoolExecutor(max_workers=workers)
    third = ThreadPoolExecutor(*args)
    fourth = ThreadPoolExecutor(**kwargs)
    return first, second, third, fourth


class ThreadPool:
    pass


own = ThreadPool()
