"""The branch of those who have no loop running."""

import asyncio


class Transport:
    async def close(self, other, client):
        try:
            running = asyncio.get_running_loop()
        except RuntimeError:
            running = None
        future = asyncio.run_coroutine_threadsafe(client.close(), other)
        if running is not None:
            await asyncio.wrap_future(future)
        else:
            future.result(5)  # doubtful: AW110

    async def close_at_once(self, other, client):
        future = asyncio.run_coroutine_threadsafe(client.close(), other)
        future.result(5)  # finding: AW110


class Client:
    def __init__(self, portal, pool):
        self.portal_task = portal.start_task_soon(print)
        self.pool = pool

    async def receive(self, stream):
        message = await stream.receive()
        if message is None:
            self.portal_task.result()
        return message
