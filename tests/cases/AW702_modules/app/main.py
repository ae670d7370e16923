"""Starts tasks with callbacks of another file."""

import asyncio

from app.callbacks import forget, tell


async def work(): ...


TASKS = set()


async def silent():
    task = asyncio.create_task(work())
    TASKS.add(task)
    task.add_done_callback(forget)  # finding: AW702


async def told():
    task = asyncio.create_task(work())
    TASKS.add(task)
    task.add_done_callback(tell)
