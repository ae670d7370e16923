"""Cancels what other files start."""

import asyncio

from app.state import JOBS, TASKS, TIMERS


async def shutdown():
    for task in TASKS:
        task.cancel()  # finding: AW406


async def shutdown_jobs():
    for task in JOBS:
        task.cancel()
    await asyncio.gather(*JOBS, return_exceptions=True)


async def shutdown_timers():
    for timer in TIMERS:
        timer.cancel()
