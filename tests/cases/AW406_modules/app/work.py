"""Starts tasks that other files end."""

import asyncio

from app.state import JOBS, TASKS, TIMERS, Base, Patient


async def work(item): ...


def start(item):
    task = asyncio.create_task(work(item))
    TASKS.add(task)
    task.add_done_callback(TASKS.discard)


def start_job(item):
    task = asyncio.create_task(work(item))
    JOBS.add(task)
    task.add_done_callback(JOBS.discard)


def start_timer():
    loop = asyncio.get_running_loop()
    TIMERS.add(loop.call_later(5, print))


class Crawler(Base):
    def start(self, url):
        self.tasks.add(asyncio.create_task(work(url)))


class Mailer(Patient):
    def start(self, url):
        self.jobs.add(asyncio.create_task(work(url)))

    async def stop(self):
        await super().stop()
        await asyncio.gather(*self.jobs, return_exceptions=True)
