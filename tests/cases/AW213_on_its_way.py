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
