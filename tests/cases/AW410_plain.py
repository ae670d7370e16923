"""Files, sockets and connections of plain libraries that coroutines open."""

import contextlib
import socket
import sqlite3
import tempfile


async def reads_and_forgets(path):
    return open(path).read()  # doubtful: AW410


async def writes_and_forgets(path, rows):
    out = open(path, "w")  # finding: AW410
    for row in rows:
        out.write(row)


async def asks_and_forgets(address):
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)  # finding: AW410
    sock.sendto(b"x", address)


async def connects_and_forgets(address):
    sock = socket.create_connection(address)  # finding: AW410
    sock.sendall(b"x")
    return sock.recv(10)


async def queries_and_forgets(path):
    database = sqlite3.connect(path)  # finding: AW410
    return database.execute("SELECT 1").fetchone()


class Recorder:
    async def start(self, path):
        self.out = open(path, "a")  # finding: AW410

    async def record(self, line):
        self.out.write(line)


# Closed, handed on, or none of a coroutine's business.


async def with_statements(path, address):
    with open(path) as file:
        file.read()
    with socket.create_connection(address) as sock:
        sock.sendall(b"x")
    with contextlib.closing(sqlite3.connect(path)) as database:
        database.execute("SELECT 1")


async def in_the_end(path):
    file = open(path)
    try:
        return file.read()
    finally:
        file.close()


async def when_all_goes_well(path):
    file = open(path)
    text = file.read()
    file.close()
    return text


async def gives_back(path):
    return open(path)


async def gives_back_by_name(address):
    sock = socket.socket()
    sock.setblocking(False)
    return sock


async def hands_on(loop, protocol):
    sock = socket.socket()
    await loop.create_connection(protocol, sock=sock)


async def detaches(path):
    sock = socket.socket()
    return sock.detach()


async def on_a_stack(path):
    with contextlib.ExitStack() as stack:
        file = stack.enter_context(open(path))
        return file.read()


async def temporary():
    with tempfile.TemporaryFile() as file:
        file.write(b"x")


def not_on_the_loop(path):
    return open(path).read()


async def main(path):
    log = open(path, "a")
    log.write("started")


class Closed:
    async def start(self, path):
        self.out = open(path, "a")

    async def stop(self):
        self.out.close()
