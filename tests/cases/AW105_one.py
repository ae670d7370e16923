"""Pools that are made for a single call start a single thread."""

import asyncio
from concurrent.futures import ThreadPoolExecutor


def from_synchronous_code(coroutine):
    with ThreadPoolExecutor() as pool:
        return pool.submit(asyncio.run, coroutine).result()


def in_steps(coroutine):
    with ThreadPoolExecutor() as pool:
        future = pool.submit(asyncio.run, coroutine)
        return future.result(5)


def for_each(work, items):
    with ThreadPoolExecutor() as pool:  # finding: AW105
        return [pool.submit(work, item) for item in items]


def in_a_loop(work, items):
    with ThreadPoolExecutor() as pool:  # finding: AW105
        for item in items:
            pool.submit(work, item)


def mapped(work, items):
    with ThreadPoolExecutor() as pool:  # finding: AW105
        return list(pool.map(work, items))
