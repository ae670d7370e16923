"""Handlers that connect by a function of another file."""

from aiohttp import web

from app.database import connect, taken


async def connects(request: web.Request):
    connection = await connect()  # finding: AW607
    try:
        return web.json_response(await connection.fetchval("SELECT 1"))
    finally:
        await connection.close()


async def takes(request: web.Request):
    async with taken() as connection:
        return web.json_response(await connection.fetchval("SELECT 1"))
