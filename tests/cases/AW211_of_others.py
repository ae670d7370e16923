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
