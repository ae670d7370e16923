"""Tasks that somebody else keeps may run on."""

import asyncio

BACKGROUND = set()


async def waits_a_while(timeout):
    pending = [task for task in BACKGROUND if not task.done()]
    await asyncio.wait(pending, timeout=timeout)


async def waits_for_its_own(jobs, timeout):
    tasks = [asyncio.create_task(job.run()) for job in jobs]
    await asyncio.wait(tasks, timeout=timeout)  # finding: AW211


async def next_message(socket, sender):
    received = asyncio.create_task(socket.receive())
    pending = {received, sender} if not sender.done() else {received}
    await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
    if sender.done():
        received.cancel()
    return await received


class Counters:
    def __init__(self):
        self.pending = set()

    async def raise_all(self, counters):
        raising = asyncio.create_task(counters.raise_all())
        self.pending.add(raising)
        raising.add_done_callback(self.pending.discard)
        finished, _ = await asyncio.wait((raising,), timeout=5)
        if not finished:
            print("goes on in the background")


async def waits_for_a_thread(loading):
    await asyncio.wait((asyncio.wrap_future(loading),), timeout=5)


async def waits_for_what_nobody_keeps(counters):
    raising = asyncio.create_task(counters.raise_all())
    await asyncio.wait((raising,), timeout=5)  # finding: AW211
