import asyncio

import somewhere


class Connection:
    def __init__(self, stream, handlers):
        self.stream = stream
        self.handlers = handlers
        self.writer = None

    async def read(self):
        try:
            return await self.stream.read_frame()
        except BaseException:
            self.stream.abort()
            raise

    async def send(self, message, handler):
        self.handlers.append(handler)
        try:
            await self.stream.write(message)
        except asyncio.CancelledError:
            self.handlers.remove(handler)
            raise

    async def probe(self):
        client = somewhere.Client()
        try:
            return await client.version()
        finally:
            await client.close()

    async def open(self):
        self.reader, self.writer = await somewhere.open_pipe()

    async def close(self):
        self.writer.close()
        await self.writer.wait_closed()

    async def fetch(self, url):
        async with somewhere.connect(url) as connection:
            return await connection.get("/")

    async def keep(self, url, stack):
        async with somewhere.link(url) as link:
            return await link.get("/")

    async def watch(self):
        task = asyncio.create_task(self.stream.ping())
        self.ping = task
        task.add_done_callback(self._done)

    def _done(self, task):
        if not task.cancelled() and task.exception():
            self.stream.fail(task.exception())
        self.ping = None
