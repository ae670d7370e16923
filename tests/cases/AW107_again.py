"""A pool that gets another one in a child process."""

import os
from concurrent.futures import ThreadPoolExecutor

_pool = ThreadPoolExecutor(max_workers=2)  # finding: AW107


def _again():
    global _pool
    _pool = ThreadPoolExecutor(max_workers=2)


os.register_at_fork(after_in_child=_again)


async def run(loop, work):
    return await loop.run_in_executor(_pool, work)
