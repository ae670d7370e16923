import asyncio
import logging

logger = logging.getLogger(__name__)


class Poller:
    def __init__(self, client):
        self.client = client
        self.running = True

    async def start(self):
        self._task = asyncio.create_task(self._poll())

    async def _poll(self):
        while self.running:  # finding: AW701
            await self.client.refresh()
            await asyncio.sleep(30)

    async def stop(self):
        self.running = False
        self._task.cancel()
        try:
            await self._task
        except asyncio.CancelledError:
            pass


tasks = set()


def start(queue, handler):
    task = asyncio.ensure_future(consume(queue, handler))
    tasks.add(task)


async def consume(queue, handler):
    try:
        while True:  # finding: AW701
            item = await queue.get()
            await handler(item)
            queue.task_done()
    except asyncio.CancelledError:
        logger.info("stopped")
        raise


# Look-alikes.


class Careful:
    def start(self):
        self._task = asyncio.create_task(self._run())
        self._other = asyncio.create_task(self._narrow())
        self._idle = asyncio.create_task(self._wait())
        self._outside = asyncio.create_task(self._around())
        self._steps = asyncio.create_task(self._helper())

    async def _run(self):
        while True:
            try:
                await self.client.refresh()
            except Exception:
                logger.exception("not refreshed")
            await asyncio.sleep(30)

    async def _narrow(self):
        while True:
            try:
                await self.client.refresh()
            except ConnectionError:
                logger.warning("no connection")
            await asyncio.sleep(30)

    async def _wait(self):
        while True:
            await self.event.wait()
            self.event.clear()
            self.count += 1

    async def _around(self):
        try:
            while True:
                await self.client.refresh()
        except Exception:
            logger.exception("polling ended")

    async def _helper(self):
        while True:
            await self.one()
            await asyncio.sleep(1)

    async def one(self):
        try:
            await self.client.refresh()
        except Exception:
            logger.exception("not refreshed")


class Watched:
    def start(self):
        self._task = asyncio.create_task(self._run())
        self._task.add_done_callback(self._ended)

    def _ended(self, task):
        if not task.cancelled() and task.exception():
            self.start()

    async def _run(self):
        while True:
            await self.client.refresh()


async def main(client):
    task = asyncio.create_task(forward(client))
    await client.serve()
    await task


async def forward(client):
    while True:
        await client.forward()


async def awaited(client):
    while True:
        await client.forward()


async def once(client):
    await client.forward()


def begin(client):
    return asyncio.create_task(once(client))


class Shard:
    async def connect(self):
        heartbeat = asyncio.create_task(self.heartbeat())
        tasks = (heartbeat, asyncio.create_task(self.flush()))
        return tasks

    async def heartbeat(self):
        while True:
            await self.socket.ping()

    async def read(self):
        self.reader = asyncio.create_task(self.reads())

    async def reads(self):
        while True:
            try:
                await self.socket.take()
            except OSError as error:
                await self.report(error)
                break

    async def flush(self):
        await self.socket.flush()
