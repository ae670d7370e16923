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


async def waits_for_somebody(server, stopped):
    try:
        await stopped.wait()
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
