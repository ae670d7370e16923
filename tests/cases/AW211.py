"""asyncio.wait misused, and used well."""

import asyncio
from asyncio import FIRST_COMPLETED, wait


async def work(x=1):
    return x


async def coroutines(names):
    await asyncio.wait([work()])  # finding: AW211
    await wait({work(), work()})  # finding: AW211
    await asyncio.wait([work(name) for name in names])  # finding: AW211
    await asyncio.wait([asyncio.sleep(1), asyncio.create_task(work())], timeout=1)  # finding: AW211
    waiting = [work(name) for name in names]
    done, pending = await asyncio.wait(waiting)  # finding: AW211
    return done, pending


async def forgotten(names):
    tasks = [asyncio.create_task(work(name)) for name in names]
    done, _ = await asyncio.wait(tasks, timeout=5)  # finding: AW211
    done, rest = await asyncio.wait([asyncio.create_task(work())], return_when=FIRST_COMPLETED)  # finding: AW211
    await asyncio.wait([asyncio.create_task(work())], timeout=1)  # finding: AW211
    first = (await asyncio.wait([asyncio.create_task(work())], return_when=asyncio.FIRST_EXCEPTION))[0]  # finding: AW211
    return done, first


async def one_without_a_name(backup, event):
    task = asyncio.create_task(backup.run())
    await asyncio.wait(  # finding: AW211
        (task, asyncio.create_task(event.wait())), return_when=asyncio.FIRST_COMPLETED
    )
    return task


async def polled(task: asyncio.Task):
    while not task.done():  # finding: AW211
        await asyncio.sleep(0.1)
    other = asyncio.create_task(work())
    while not other.done():  # finding: AW211
        await asyncio.sleep(0)


# Below the pending ones are looked after.


async def all_of_them(names):
    tasks = [asyncio.create_task(work(name)) for name in names]
    await asyncio.wait(tasks)
    done, _ = await asyncio.wait(tasks, timeout=None)
    await asyncio.wait(tasks, return_when=asyncio.ALL_COMPLETED)
    return done


async def cancelled(names):
    tasks = [asyncio.create_task(work(name)) for name in names]
    done, pending = await asyncio.wait(tasks, timeout=5)
    for task in pending:
        task.cancel()
    await asyncio.gather(*pending, return_exceptions=True)
    return done


async def cancelled_by_the_list(names):
    tasks = [asyncio.create_task(work(name)) for name in names]
    done, _ = await asyncio.wait(tasks, timeout=5)
    for task in tasks:
        task.cancel()
    return done


async def again_and_again(tasks):
    while tasks:
        done, tasks = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            print(task.result())


async def given(tasks):
    done, _ = await asyncio.wait(tasks, timeout=1)
    return done


class Owner:
    async def stop(self):
        await asyncio.wait([self.task], timeout=5)
        await asyncio.wait(self.tasks, timeout=5)


async def with_progress(task: asyncio.Task, bar):
    while not task.done():
        bar.update()
        await asyncio.sleep(0.1)
    while not bar.done():
        await asyncio.sleep(1)
    while not bar.finished:
        await asyncio.sleep(1)


async def shadowed(wait):
    await wait([work()])


async def other_wait(event: asyncio.Event):
    await event.wait()


async def looked_at_by_name(other):
    task = asyncio.create_task(work())
    tasks = [task, other]
    done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    if task in done:
        return task.result()
    return None


async def kept_elsewhere(holder):
    holder.task = task = asyncio.create_task(work())
    done, _ = await asyncio.wait({task}, timeout=5)
    return done


async def until_either():
    signal = asyncio.create_task(asyncio.sleep(1))
    finish = asyncio.create_task(asyncio.sleep(2))
    done, _ = await asyncio.wait([signal, finish], return_when=asyncio.FIRST_COMPLETED)
    for task in done:
        task.result()


async def goes_on():
    signal = asyncio.create_task(asyncio.sleep(1))
    finish = asyncio.create_task(asyncio.sleep(2))
    await asyncio.wait([signal, finish], return_when=asyncio.FIRST_COMPLETED)  # finding: AW211
    await asyncio.sleep(100)


if __name__ == "__main__":
    asyncio.run(until_either())
    asyncio.run(goes_on())
