import asyncio
import signal


async def main():
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    try:
        loop.add_signal_handler(signal.SIGTERM, stop.set)
    except NotImplementedError:
        signal.signal(signal.SIGTERM, lambda *_: stop.set())
    while True:
        await asyncio.sleep(1)


if __name__ == "__main__":
    asyncio.run(main())
