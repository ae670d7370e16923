import asyncio
import signal


async def handle(reader, writer):
    writer.close()


async def main():
    server = await asyncio.start_server(handle, port=80)
    async with server:
        await server.serve_forever()


async def inner():
    await asyncio.Event().wait()


async def outer():
    await inner()


async def ends():
    await asyncio.sleep(1)


async def handles_badly(stop: asyncio.Event):
    signal.signal(signal.SIGINT, lambda *_: stop.set())  # finding: AW404
    await stop.wait()


def on_signal(number, frame):
    loop.call_soon_threadsafe(loop.stop)


def handles_well():
    signal.signal(signal.SIGINT, on_signal)
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)


class Library:
    """Its users decide."""

    def run(self):
        asyncio.run(main())


def start_in_a_thread():
    loop = asyncio.new_event_loop()
    loop.run_forever()
    loop.close()


if __name__ == "__main__":
    asyncio.run(ends())
    asyncio.run(main())  # finding: AW404
    asyncio.run(outer())  # finding: AW404
    loop = asyncio.get_event_loop()
    loop.run_forever()  # finding: AW404
