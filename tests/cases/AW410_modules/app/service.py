"""Keeps what other files open."""

from app.opening import bind, dial, serve


class Forgets:
    async def start(self, handler):
        self.endpoint = await serve(handler)  # finding: AW410
        self.incoming, self.outgoing = await dial("localhost")  # finding: AW410

    async def stop(self):
        print("stopped")


class Remembers:
    async def start(self, handler):
        self.endpoint = await serve(handler)
        self.incoming, self.outgoing = await dial("localhost")
        self.listener = bind(80)

    async def stop(self):
        self.endpoint.close()
        await self.endpoint.wait_closed()
        self.outgoing.close()
        await self.outgoing.wait_closed()
        self.listener.close()
