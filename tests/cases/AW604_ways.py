"""Responses that are read or released on every way, or not."""

import aiohttp


async def one_case_forgets(session: aiohttp.ClientSession, url):
    reply = await session.get(url)  # finding: AW604
    match reply.status:
        case 200:
            return await reply.text()
        case 404:
            return None
    reply.release()


async def left_by_continue(session: aiohttp.ClientSession, urls):
    for url in urls:
        reply = await session.get(url)  # finding: AW604
        if reply.status != 200:
            continue
        print(await reply.text())


async def in_a_finally(session: aiohttp.ClientSession, url):
    reply = await session.get(url)
    try:
        match reply.status:
            case 200:
                return await reply.text()
            case _:
                return None
    finally:
        reply.release()


async def on_both_ways(session: aiohttp.ClientSession, url):
    reply = await session.get(url)
    if reply.status == 200:
        return await reply.text()
    reply.release()
    return None


async def within(session: aiohttp.ClientSession, urls):
    for url in urls:
        async with session.get(url) as reply:
            if reply.status != 200:
                continue
            return await reply.text()
