"""Coroutines of trio and anyio that nobody awaits."""

import anyio
import trio


async def dropped(sock, handler):
    trio.sleep(1)  # finding: AW202
    trio.open_tcp_listeners(80)  # finding: AW202
    trio.serve_tcp(handler, 80)  # finding: AW202
    trio.lowlevel.checkpoint_if_cancelled()  # finding: AW202
    trio.lowlevel.wait_readable(sock)  # finding: AW202
    trio.Path("x").read_text()  # finding: AW202
    anyio.sleep(1)  # finding: AW202
    async with trio.open_nursery() as nursery:
        nursery.start(handler)  # finding: AW202


async def awaited(sock, handler):
    await trio.open_tcp_listeners(80)
    await trio.lowlevel.wait_readable(sock)
    trio.Path("x").joinpath("y")
    async with trio.open_nursery() as nursery:
        nursery.start_soon(handler)
        await nursery.start(handler)
