import asyncio

_tasks = set()


def spawn(coroutine):
    return asyncio.create_task(coroutine)


def spawn_named(coroutine, name):
    task = asyncio.create_task(coroutine)
    task.set_name(name)
    return task


def spawn_and_keep(coroutine):
    task = asyncio.create_task(coroutine)
    _tasks.add(task)
    task.add_done_callback(_tasks.discard)
    return task


class Scheduler:
    def __init__(self):
        self.loop = asyncio.new_event_loop()
        self.last = None

    def schedule(self, coroutine):
        return self.loop.create_task(coroutine)

    def schedule_last(self, coroutine):
        self.last = self.loop.create_task(coroutine)
        return self.last
