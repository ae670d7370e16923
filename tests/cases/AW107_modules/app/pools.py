"""Pools that other files shut down, or nobody."""

from concurrent.futures import ThreadPoolExecutor

POOL = ThreadPoolExecutor(max_workers=4)


def make_pool():
    return ThreadPoolExecutor(max_workers=4)


class Converter:
    def __init__(self):
        self.pool = ThreadPoolExecutor(max_workers=4)

    def close(self):
        self.pool.shutdown()
