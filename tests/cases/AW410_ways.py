"""Writers, servers and sockets that are closed on every way, or not."""

import asyncio
import socket


async def one_case_forgets(host, kind):
    reader, writer = await asyncio.open_connection(host, 80)  # finding: AW410
    match kind:
        case "get":
            writer.write(b"GET")
            writer.close()
        case "head":
            writer.write(b"HEAD")


async def returns_early(host):
    reader, writer = await asyncio.open_connection(host, 80)  # finding: AW410
    line = await reader.readline()
    if not line:
        return None
    writer.close()
    await writer.wait_closed()
    return line


async def only_the_handler_closes(host):
    reader, writer = await asyncio.open_connection(host, 80)  # finding: AW410
    try:
        await reader.readline()
    except OSError:
        writer.close()


async def in_a_finally(host):
    reader, writer = await asyncio.open_connection(host, 80)
    try:
        for _ in range(3):
            line = await reader.readline()
            if not line:
                break
            if line == b"\n":
                continue
            return line
        else:
            return b""
    finally:
        writer.close()
        await writer.wait_closed()


async def in_each_case(host, kind):
    reader, writer = await asyncio.open_connection(host, 80)
    try:
        match kind:
            case "get":
                return await reader.read(10)
            case _:
                raise ValueError(kind)
    finally:
        writer.close()


async def a_socket_within(host):
    with socket.create_connection((host, 80)) as link:
        link.setblocking(False)
        if not host:
            return None
        link.send(b"GET")


async def a_server_that_is_closed(handler, forever):
    server = await asyncio.start_server(handler, port=80)
    try:
        if forever:
            await asyncio.Event().wait()
    finally:
        server.close()
        await server.wait_closed()
