"""Tasks that nobody keeps, and tasks that somebody does."""

import asyncio
from asyncio import create_task, ensure_future

background = set()


async def work():
    pass


async def dropped(args):
    asyncio.create_task(work())  # finding: AW206
    asyncio.ensure_future(work())  # finding: AW206
    create_task(work())  # finding: AW206
    ensure_future(work())  # finding: AW206
    asyncio.create_task(*args)  # finding: AW206
    asyncio.get_running_loop().create_task(work())  # finding: AW206
    loop = asyncio.get_running_loop()
    loop.create_task(work())  # finding: AW206
    asyncio.create_task(work()).add_done_callback(print)  # finding: AW206
    [asyncio.create_task(work())]  # finding: AW206
    [asyncio.create_task(work()) for _ in range(2)]  # finding: AW206
    (asyncio.create_task(work()), 1)  # finding: AW206


async def bound_to_a_name_that_dies():
    _ = asyncio.create_task(work())  # finding: AW206
    task = asyncio.create_task(work())  # finding: AW206
    other: asyncio.Task = asyncio.create_task(work())  # finding: AW206
    third = asyncio.create_task(work())  # finding: AW206
    third.add_done_callback(print)


async def bound_before_it_is_started():
    coro = work()
    asyncio.ensure_future(coro)  # finding: AW206


async def tasks_already(given: asyncio.Task):
    asyncio.ensure_future(given).add_done_callback(print)
    task = asyncio.create_task(work())
    asyncio.ensure_future(task).add_done_callback(print)
    await task


async def tested(args):
    x = 1 if asyncio.create_task(work()) else 2  # finding: AW206
    if asyncio.create_task(work()):  # finding: AW206
        return x


class Client:
    def __init__(self):
        self.tasks = set()
        self.task = None

    def on_message(self):
        asyncio.create_task(self.handle())  # finding: AW206

    def later(self):
        loop = asyncio.get_event_loop()
        loop.call_later(1, lambda: asyncio.create_task(self.handle()))  # finding: AW206

    async def handle(self):
        pass

    def kept(self):
        self.task = asyncio.create_task(self.handle())
        self.tasks.add(asyncio.create_task(self.handle()))
        task = asyncio.create_task(self.handle())
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)


def from_a_thread(loop):
    asyncio.run_coroutine_threadsafe(work(), loop)  # finding: AW206


# Below somebody keeps the task.


async def awaited():
    await asyncio.create_task(work())
    task = asyncio.create_task(work())
    await task
    tasks = [asyncio.create_task(work()) for _ in range(2)]
    await asyncio.gather(*tasks)
    await asyncio.wait([asyncio.create_task(work())])
    other = asyncio.create_task(work())
    await asyncio.sleep(1)
    other.cancel()


async def in_a_group():
    async with asyncio.TaskGroup() as group:
        group.create_task(work())
        task = group.create_task(work())
    other = asyncio.TaskGroup()
    async with other:
        other.create_task(work())
    return task


async def in_a_given_group(group: asyncio.TaskGroup, tg):
    group.create_task(work())
    tg.create_task(work())


async def stored(ctx, registry):
    ctx.task = asyncio.create_task(work())
    registry["a"] = asyncio.create_task(work())
    registry.append(asyncio.create_task(work()))
    background.add(asyncio.create_task(work()))
    task = asyncio.create_task(work())
    background.add(task)
    task.add_done_callback(background.discard)
    registry += [asyncio.create_task(work())]
    ctx.run(asyncio.create_task(work()))
    table = {"a": asyncio.create_task(work())}
    registry.update(table)


def returned():
    return asyncio.create_task(work())


def returned_in_a_list():
    return [asyncio.create_task(work())]


def yielded():
    yield asyncio.create_task(work())


def through_a_lambda():
    return lambda: asyncio.create_task(work())


async def global_one():
    global current
    current = asyncio.create_task(work())


async def in_a_list_that_nobody_reads(names):
    tasks = [asyncio.create_task(work()), 1]  # finding: AW206
    more = []
    for name in names:
        more.append(asyncio.create_task(work()))  # finding: AW206


async def in_a_list_while_it_waits(names, stopped):
    tasks = [asyncio.create_task(work())]
    for name in names:
        tasks.append(asyncio.create_task(work()))
    await stopped.wait()


async def in_a_list_of_somebody_else(tasks):
    tasks.append(asyncio.create_task(work()))
    kept = []
    kept.append(asyncio.create_task(work()))
    return kept


async def nonlocal_one():
    task = None

    async def start():
        nonlocal task
        task = asyncio.create_task(work())

    await start()
    return task


async def used_in_a_closure():
    task = asyncio.create_task(work())

    def stop():
        task.cancel()

    return stop


async def shadowed(create_task, loop):
    create_task(work())


class Pool:
    def create_task(self, coroutine):
        return coroutine

    def run(self):
        self.create_task(work())


class hass_like:
    def async_create_task(self, coroutine):
        return coroutine


async def framework(hass, bot):
    hass.async_create_task(work())
    bot.loop.create_task(work())  # finding: AW206
    bot.create_task(work())
    Pool().create_task(work())


async def may_be_one_already(task, holder):
    asyncio.ensure_future(task)
    asyncio.ensure_future(holder.task).add_done_callback(print)


async def read_later():
    task = asyncio.create_task(work())
    while not task.done():
        await asyncio.sleep(1)


async def not_a_call():
    asyncio.create_task
    factory = asyncio.create_task
    return factory


def runs_the_loop_here(loop: asyncio.AbstractEventLoop):
    # The name lives for as long as the loop runs.
    kept = loop.create_task(work())
    kept.add_done_callback(print)
    loop.run_forever()
    gone = loop.create_task(work())  # finding: AW206
    gone.add_done_callback(print)


class Track:
    def __init__(self):
        self.frames = asyncio.Queue()
        self.bounded = asyncio.Queue(maxsize=10)


def from_a_thread(track, loop, frame):
    asyncio.run_coroutine_threadsafe(track.frames.put(frame), loop)
    asyncio.run_coroutine_threadsafe(track.bounded.put(frame), loop)  # finding: AW206


class Bot:
    def dispatch(self, event, mixin):
        coroutine = mixin.run_event(event)
        asyncio.ensure_future(coroutine)  # finding: AW206

    def dispatch_and_keep(self, event, mixin):
        future = mixin.run_event(event)
        asyncio.ensure_future(future)
        self.running = future
