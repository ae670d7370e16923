"""Queues that are known to have something."""

import queue
from concurrent.futures import Future, ThreadPoolExecutor


class Results:
    def __init__(self):
        self.ready: queue.Queue[int] = queue.Queue()
        self.pool = ThreadPoolExecutor(max_workers=1)

    async def next(self):
        if not self.ready.empty():
            return self.ready.get()  # doubtful: AW110
        return None

    async def all(self):
        while self.ready.qsize():
            yield self.ready.get()  # doubtful: AW110

    async def wait(self):
        return self.ready.get()  # finding: AW110


class Worker:
    def __init__(self):
        self.pool = ThreadPoolExecutor(max_workers=1)
        self.work: Future = self.pool.submit(print)

    async def end(self):
        self.work.result()  # finding: AW110


class Watcher:
    def __init__(self, work: Future):
        self.job = work

    async def end(self):
        self.job.result()  # doubtful: AW110
