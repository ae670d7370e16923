import asyncio
import contextlib
import logging

import aiohttp
import asyncpg

logger = logging.getLogger(__name__)


async def skipped(session: aiohttp.ClientSession, urls):
    for url in urls:
        try:
            await session.post(url)
        except Exception:  # finding: AW702
            continue


async def stored(pool: asyncpg.Pool, row):
    try:
        await pool.execute("insert into rows values ($1)", row)
    except Exception:  # finding: AW702
        pass


async def bare(bot, chat):
    try:
        await bot.send_message(chat, "hello")
    except:  # finding: AW702
        ...


async def worker(queue, handle):
    while True:
        item = await queue.get()
        try:
            await handle(item)
        except BaseException:  # finding: AW702
            pass


async def returns(service):
    try:
        await service.publish()
    except (ValueError, Exception) as error:  # finding: AW702
        return


async def entered(client):
    try:
        async with client.stream() as stream:
            stream.use()
    except Exception:  # finding: AW702
        pass


async def suppressed(service):
    with contextlib.suppress(Exception):  # doubtful: AW702
        await service.publish()


class Worker:
    def start(self):
        self.task = asyncio.create_task(self.run())
        self.task.add_done_callback(self.forget)  # finding: AW702

    def forget(self, task):
        task.cancelled() or task.exception()

    async def run(self):
        await asyncio.sleep(1)


def quiet(loop: asyncio.AbstractEventLoop):
    loop.set_exception_handler(lambda loop, context: None)  # finding: AW702


def quieter(loop: asyncio.AbstractEventLoop):
    loop.set_exception_handler(ignore)  # finding: AW702


def ignore(loop, context):
    """Nothing."""
    pass


# Look-alikes.


async def logged(service):
    try:
        await service.publish()
    except Exception:
        logger.exception("not published")


async def expected(service):
    try:
        await service.publish()
    except (ConnectionError, KeyError):
        pass


async def timed_out(event):
    try:
        await asyncio.wait_for(event.wait(), 5)
    except asyncio.TimeoutError:
        pass


async def closed(connection):
    try:
        await connection.close()
    except Exception:
        pass


async def closes_in_time(connection):
    try:
        await asyncio.wait_for(connection.aclose(), 5)
    except Exception:
        pass


class Client:
    async def __aexit__(self, *_):
        try:
            await self.bye()
        except Exception:
            pass

    async def disconnect(self):
        try:
            await self.send(b"bye")
        except Exception:
            pass


async def cleans_up(job):
    try:
        await job.run()
    finally:
        try:
            await job.report()
        except Exception:
            pass


async def cancelled(task):
    task.cancel()
    try:
        await task
    except Exception:
        pass


async def alternatives(mirrors, path):
    for mirror in mirrors:
        try:
            return await mirror.fetch(path)
        except Exception:
            continue
    raise LookupError(path)


async def falls_back(cache, source, key):
    try:
        return await cache.get(key)
    except Exception:
        pass
    return await source.get(key)


async def told(service):
    try:
        await service.publish()
    except Exception:
        return False
    return True


async def counted(service, stats):
    try:
        await service.publish()
    except Exception:
        stats.failed += 1


def synchronous(service):
    try:
        service.publish()
    except Exception:
        pass


async def nothing_awaited(text):
    try:
        text.check()
    except Exception:
        pass


async def watched(work):
    task = asyncio.create_task(work())
    task.add_done_callback(lambda done: done.exception())
    await task


def looks(work):
    task = asyncio.create_task(work())
    task.add_done_callback(looked)
    return task


def looked(task):
    if not task.cancelled() and (error := task.exception()):
        logger.error("failed", exc_info=error)


def raised(work):
    running = asyncio.ensure_future(work())
    running.add_done_callback(lambda done: done.result())


def handled(loop: asyncio.AbstractEventLoop):
    loop.set_exception_handler(lambda loop, context: logger.error("%s", context))


async def one_by_one(members):
    muted = []
    for member in members:
        await mute(member, muted)
    return muted


async def mute(member, muted):
    for reason in ("first", "second"):
        try:
            await member.edit(reason)
            break
        except Exception:
            pass
