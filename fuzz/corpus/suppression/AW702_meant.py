"""Errors that may be dropped: what is said to a peer that may be gone, and what the code calls suppressed."""

import asyncio
import contextlib


async def polls(producer):
    while producer.running:
        with contextlib.suppress(Exception):  # finding: AW702
            await producer.poll(0.1)


async def several_steps(store, row):
    with contextlib.suppress(Exception):  # finding: AW702
        await store.begin()
        await store.insert(row)


async def step_of_a_loop(store, rows):
    for row in rows:
        with contextlib.suppress(Exception):  # doubtful: AW702
            await store.insert(row)


async def acknowledges(websocket, run):
    try:
        await websocket.send_text(run)
    except Exception:  # doubtful: AW702
        pass


async def shows_that_it_works(self, chat):
    try:
        await self.bot.send_chat_action(chat, "typing")
    except Exception:  # doubtful: AW702
        pass


async def wakes(subscribers: list[asyncio.Queue[int]]):
    for queue in subscribers:
        try:
            await queue.put(0)
        except Exception:  # doubtful: AW702
            pass


async def sends_what_counts(client, order):
    try:
        await client.send(order)
    except Exception:  # finding: AW702
        pass


async def says_why_above(cache, key, value):
    # A cache that is full is no reason to fail: the value is asked for again.
    try:
        await cache.set(key, value)
    except Exception:  # doubtful: AW702
        pass


async def says_why_above_several(cache, key, value):
    # The cache is a convenience, and its loss is seen elsewhere.
    with contextlib.suppress(Exception):  # doubtful: AW702
        await cache.set(key, value)
        await cache.touch(key)


async def destroys(provider, machine):
    try:
        await provider.destroy(machine)
    except Exception:
        pass


class Plugins:
    async def call_finalizers(self, plugin):
        try:
            await plugin.end(self)
        except Exception:
            pass


def submitted(pool, work):
    future = pool.submit(work)
    future.add_done_callback(lambda done: done.exception())
    return future, pool


async def gives_the_page_a_moment(page):
    try:
        await page.wait_for_load_state("idle")
    except Exception:
        pass


async def step_of_an_unknown_object(page):
    try:
        await page.highlight()
    except Exception:  # doubtful: AW702
        pass


async def step_that_counts(store):
    try:
        await store.asave()
    except Exception:  # finding: AW702
        pass


async def one_after_the_other(store, pages):
    try:
        for page in pages:
            await page.highlight()
    except Exception:  # finding: AW702
        pass


async def passed_over(pages):
    for page in pages:
        try:
            await page.highlight()
        except Exception:  # finding: AW702
            continue


async def work(): ...


async def plain_function():
    try:
        await work()
    except Except