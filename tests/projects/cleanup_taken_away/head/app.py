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
        except Exception:  # caused: AW220
            self.stream.abort()
            raise

    async def send(self, message, handler):
        self.handlers.append(handler)
        await self.stream.write(message)  # caused: AW220

    async def probe(self):
        client = somewhere.Client()
        return await client.version()  # caused: AW220, AW410

    async def open(self):
        self.reader, self.writer = await somewhere.open_pipe()

    async def close(self):
        self.writer.close()  # caused: AW410

    async def fetch(self, url):
        connection = await somewhere.connect(url)  # caused: AW301
        return await connection.get("/")

    async def keep(self, url, stack):
        link = await stack.enter_async_context(somewhere.link(url))
        return await link.get("/")

    async def watch(self):
        task = asyncio.create_task(self.stream.ping())
        self.ping = task
        task.add_done_callback(self._done)

    def _done(self, task):  # caused: AW702
        self.ping = None
