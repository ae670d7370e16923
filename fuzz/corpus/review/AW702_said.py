"""Errors that are dropped with a reason, or have been logged already."""

import asyncio
import logging

log = logging.getLogger(__name__)


async def prepare(client):
    try:
        await client.prepare()
    except Exception as error:
        log.warning("not prepared: %s", error)
        raise


async def update(client):
    try:
        await prepare(client)
    except Exception:  # doubtful: AW702
        return
    await client.update()


async def focus(page):
    try:
        await page.focus()
    except Exception:  # doubtful: AW702
        pass  # best-effort
    await page.write()


async def write(page):
    try:
        await page.write()
    except Exception:  # finding: AW702
        pass
    await page.close()


def forget(task):
    # Typing is only for show, whatever becomes of it.
    task.exception()


def drop(task):
    task.exception()


async def start(work):
    asyncio.create_task(work()).add_done_callback(forget)  # doubtful: AW702
    asyncio.create_task(work()).add_done_callback(drop)  # finding: AW702
    # Whoever wants to know asks the connection later on.
    asyncio.create_task(work()).add_done_callback(drop)  # doubtful: AW702
