"""Blocking calls in programs in which nothing else runs, and such that do not wait."""

import socket
import subprocess
import webbrowser
from concurrent.futures import ThreadPoolExecutor


async def asks_which(names):
    print("Which of these?")
    for name in names:
        print(name)
    return input("> ")  # doubtful: AW104


async def shows(url):
    webbrowser.open(url)  # doubtful: AW104


async def connects(sock: socket.socket, loop, address):
    try:
        sock.connect(address)
    except BlockingIOError:
        await loop.sock_connect(sock, address)


class Child:
    def __init__(self):
        self.process = subprocess.Popen(["server"])

    async def ended(self, sleep):
        while self.process.poll() is None:
            await sleep(0.1)
        return self.process.wait()

    async def wait(self):
        return self.process.wait()  # finding: AW104


class Pool:
    def __init__(self):
        self.pool = ThreadPoolExecutor(max_workers=2)

    async def replace(self):
        self.pool.shutdown()  # finding: AW104

    async def close(self):
        self.pool.shutdown()  # doubtful: AW104

    async def run(self, work):
        try:
            await work()
        finally:
            self.pool.shutdown()  # doubtful: AW104
