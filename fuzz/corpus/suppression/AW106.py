"""Computing in threads, and work that threads are right for."""

import asyncio
import hashlib
import time
import zlib
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

import bcrypt
import requests

threads = ThreadPoolExecutor(max_workers=4)
processes = ProcessPoolExecutor(max_workers=4)
LIMIT = 10_000_000


def count():
    total = 0
    for i in range(LIMIT):
        total += i * i
    return total


def fibonacci(n):
    if n < 2:
        return n
    return fibonacci(n - 1) + fibonacci(n - 2)


def through():
    return count() + 1


def squares():
    return sum(i * i for i in range(5_000_000))


async def in_threads():
    loop = asyncio.get_running_loop()
    await asyncio.to_thread(count)  # finding: AW106
    await asyncio.to_thread(fibonacci, 30)  # finding: AW106
    await asyncio.to_thread(through)  # finding: AW106
    await loop.run_in_executor(None, squares)  # finding: AW106
    await loop.run_in_executor(threads, count)  # finding: AW106
    await loop.run_in_executor(None, lambda: fibonacci(30))  # finding: AW106
    threads.submit(count)  # finding: AW106
    threads.map(fibonacci, [30, 31])  # finding: AW106


# Nothing below computes in Python's threads.


def small():
    return sum(i for i in range(1000))


def waits():
    for i in range(1_000_000):
        requests.get("https://example.org", timeout=5)
        time.sleep(i)


def compresses(data):
    return zlib.compress(data)


async def right(data, pool, path):
    loop = asyncio.get_running_loop()
    await loop.run_in_executor(processes, count)
    processes.submit(count)
    await loop.run_in_executor(pool, count)
    await asyncio.to_thread(small)
    await asyncio.to_thread(waits)
    await asyncio.to_thread(compresses, data)
    await asyncio.to_thread(hashlib.scrypt, data, salt=b"", n=2, r=8, p=1)
    await asyncio.to_thread(bcrypt.hashpw, data, b"")
    await asyncio.to_thread(path.read_bytes)
