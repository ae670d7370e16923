"""Applications with pools that another file makes."""

from aiohttp import web

from app.making import make_pool


async def start_forgetful(app: web.Application):
    app["reports_pool"] = await make_pool("postgres://a")  # finding: AW608


async def start(app: web.Application):
    app["orders_pool"] = await make_pool("postgres://a")


async def stop(app: web.Application):
    await app["orders_pool"].close()


async def lifetime(app: web.Application):
    app["users_pool"] = await make_pool("postgres://a")
    yield
    await app["users_pool"].close()
