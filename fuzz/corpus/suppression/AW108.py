"""State that threads change while coroutines use it, and state that is safe."""

import asyncio
import os
import queue
import threading
from concurrent.futures import ThreadPoolExecutor

count = 0
seen = {}
pool = ThreadPoolExecutor(max_workers=2)


class Meter:
    def __init__(self):
        self.values = []
        self.state = {}
        self.total = 0
        self.lock = threading.Lock()
        self.jobs = queue.Queue()
        self.private = 0
        self.guarded = []

    def read(self):
        self.values.append(1)  # finding: AW108
        self.state["x"] = 1  # finding: AW108
        self.total += 1  # finding: AW108
        self.private += 1
        self.jobs.put(1)
        with self.lock:
            self.guarded.append(1)
        self.deeper()

    def deeper(self):
        del self.state["x"]  # finding: AW108

    def start(self):
        threading.Thread(target=self.read).start()

    async def show(self):
        print(self.values, self.state, self.total, self.jobs.qsize(), self.guarded)


def work(key):
    global count
    count += 1  # finding: AW108
    seen[key] = True  # finding: AW108


async def submits(key):
    pool.submit(work, key)
    print(count, seen)


async def closure(loop: asyncio.AbstractEventLoop):
    found = []

    def collect():
        found.append(1)  # finding: AW108

    loop.run_in_executor(None, collect)
    await asyncio.sleep(1)
    return found


class Reader(threading.Thread):
    def __init__(self):
        super().__init__()
        self.lines = []

    def run(self):
        self.lines.append("x")  # finding: AW108

    async def take(self):
        return self.lines.pop()


# Nothing below is changed on two sides at once.


async def waits_for_it():
    found = []

    def collect():
        found.append(1)

    await asyncio.to_thread(collect)
    return found


async def returns_it():
    def collect():
        own = []
        own.append(1)
        return own

    return await asyncio.to_thread(collect)


class OnlyThere:
    def __init__(self):
        self.values = []

    def read(self):
        self.values.append(1)

    async def start(self):
        threading.Thread(target=self.read).start()


class OnlyHere:
    def __init__(self):
        self.values = []

    def read(self):
        return 1

    async def start(self):
        self.values.append(await asyncio.to_thread(self.read))


class Safe:
    def __init__(self):
        self.done = threading.Event()
        self.jobs = queue.Queue()

    def read(self):
        self.jobs.put(1)
        self.done.set()

    async def start(self):
        threading.Thread(target=self.read).start()
        return self.jobs.get_nowait(), self.done.is_set()


def removes(path):
    os.remove(path)


async def library_functions(path):
    pool.submit(removes, path)
    os.getcwd()


class Sender:
    def __init__(self):
        from collections import deque

        self.queue: deque[bytes] = deque()
        self.items = []

    async def sta