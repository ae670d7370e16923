"""Reads replies that another file asks for."""

from app.client import Api


async def status_alone(api: Api, url):
    reply = await api.send(url)  # finding: AW604
    return reply.status


async def reads_it(api: Api, url):
    reply = await api.send(url)
    return await reply.text()


async def within(api: Api, url):
    async with api.sending(url) as reply:
        return reply.status


async def whole_text(api: Api, url):
    return await api.text(url)


async def released(api: Api, url):
    reply = await api.send(url)
    try:
        return reply.status
    finally:
        reply.release()
