import asyncio
import threading


async def main():
    await asyncio.sleep(1)


def serve():
    loop = asyncio.new_event_loop()  # finding: AW409
    asyncio.set_event_loop(loop)
    loop.run_forever()


def in_thread():
    loop = asyncio.new_event_loop()  # finding: AW409
    loop.run_until_complete(main())


threading.Thread(target=in_thread).start()


def closes():
    loop = asyncio.new_event_loop()
    try:
        loop.run_forever()
    finally:
        loop.close()


def gives():
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    return loop


def hands_over(runner):
    loop = asyncio.new_event_loop()
    runner.take(loop)
    loop.run_forever()


class Keeps:
    def start(self):
        self.loop = asyncio.new_event_loop()
        self.loop.run_forever()

    def stop(self):
        self.loop.close()


def by_runner():
    asyncio.run(main())
