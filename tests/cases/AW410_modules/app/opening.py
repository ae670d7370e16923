"""Opens files, sockets and connections for other files."""

import asyncio
import socket


def open_log(path):
    return open(path, "a")


def bind(port):
    listener = socket.socket()
    listener.bind(("", port))
    return listener


async def dial(host):
    return await asyncio.open_connection(host, 25)


async def serve(handler):
    return await asyncio.start_server(handler, port=8080)


def default_log(path, log=None):
    if log is not None:
        return log
    return open(path, "a")
