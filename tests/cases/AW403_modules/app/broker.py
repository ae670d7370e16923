import aio_pika


class Broker:
    async def connect(self, url):
        self.link = await aio_pika.connect(url)


class Forgotten:
    async def connect(self, url):
        self.forgotten_link = await aio_pika.connect(url)  # finding: AW403


class Held:
    async def open_link(self, url):
        self._held = await aio_pika.connect(url)
        return self._held

    def lent(self):
        return self._held
