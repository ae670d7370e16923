"""Cancellation that is on its way already, or is how a coroutine is told to end."""

import asyncio
import contextlib


async def cleans_up_and_raises(job):
    try:
        await job.run()
    except asyncio.CancelledError:
        with contextlib.suppress(Exception, asyncio.CancelledError):
            await asyncio.shield(job.report("interrupted"))
        raise


async def cleans_up_in_steps(job):
    try:
        await job.run()
    except BaseException:
        try:
            await job.report("interrupted")
        except (asyncio.CancelledError, Exception):
            pass
        raise


async def cleans_up_and_goes_on(job):
    try:
        await job.run()
    except asyncio.CancelledError:  # finding: AW213
        with contextlib.suppress(asyncio.CancelledError):  # finding: AW213
            await job.report("interrupted")
    await job.next()


async def serves_until_it_is_stopped(server):
    await server.start()
    try:
        await asyncio.Event().wait()
    except asyncio.CancelledError:
        pass
    await server.say_goodbye()


async def waits_for_ever_in_another_way(server):
    try:
        await asyncio.Future()
    except asyncio.CancelledError:
        pass
    await server.say_goodbye()


async def waits_for_somebody(server, ready):
    try:
        await ready.wait()
    except asyncio.CancelledError:  # finding: AW213
        pass
    await server.say_goodbye()


class Aborted(Exception): ...


async def says_what_happened(call):
    try:
        return await call.run()
    except asyncio.CancelledError as error:  # doubtful: AW213
        raise Aborted from error


async def says_something_else(call):
    try:
        return await call.run()
    except asyncio.CancelledError as error:  # finding: AW213
        raise ValueError("no result") from error


class Link:
    def connect(self):
        self.task = asyncio.create_task(self.reconnect())

    async def reconnect(self):
        try:
            await asyncio.sleep(1)
            await self.open()
        except asyncio.CancelledError:  # doubtful: AW213
            pass
        self.task = None

    async def open(self): ...


class Runner:
    async def run(self):
        await self.open()
        try:
            await self.finished_event.wait()
        except asyncio.CancelledError:  # doubtful: AW213
            pass
        await self.close()

    async def flush_now_and_then(self, stopping):
        while True:
            try:
                await asyncio.sleep(1)
                await self.flush()
            except asyncio.CancelledError:  # doubtful: AW213
                if stopping:
                    return
                # The database's driver raises it as well when it loses its connection.
                print("not flushed")

    async def flush_and_wonder(self):
        while True:
            try:
                await self.flush()
            except asyncio.CancelledError:  # finding: AW213
                # TODO: find out whether this is the right thing to do here
                print("not flushed")

    def start(self):
        self.task = asyncio.create_task(self.speak())
        self.other = asyncio.create_task(self.speak_again())

    async def speak(self):
        try:
            await self.open()
            await asyncio.sleep(10)
        except asyncio.CancelledError:  # doubtful: AW213
            pass
        await self.close()

    async def speak_again(self):
        try:
            await self.open()
        except asyncio.CancelledError:  # finding: AW213
            pass
        while True:
            await asyncio.sleep(10)

    async def flush(self): ...

    async def open(self): ...

    async def close(self): ...
