"""Threads where coroutines or executors belong, and threads that are right."""

import asyncio
import threading
from threading import Thread

import serial


def convert(path):
    path.write_bytes(b"")


def run_it(work):
    asyncio.run(work())


def run_a_loop(work):
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    loop.run_until_complete(work())
    loop.close()


async def in_a_coroutine(path):
    threading.Thread(target=convert, args=(path,)).start()  # finding: AW103
    worker = Thread(target=convert, args=(path,))  # finding: AW103
    worker.start()
    threading.Thread(target=lambda: convert(path)).start()  # finding: AW103


async def loop_in_a_coroutine(work):
    threading.Thread(target=run_it, args=(work,)).start()  # finding: AW103
    Thread(target=asyncio.run, args=(work(),)).start()  # finding: AW103


def loop_elsewhere(work):
    threading.Thread(target=run_it, args=(work,)).start()  # finding: AW103
    threading.Thread(target=run_a_loop, args=(work,)).start()  # finding: AW103
    threading.Thread(target=lambda: asyncio.run(work())).start()  # finding: AW103
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, daemon=True).start()  # finding: AW103


# Nothing below is work for a coroutine.


async def executors(path, pool):
    await asyncio.to_thread(convert, path)
    await asyncio.get_running_loop().run_in_executor(pool, convert, path)


def in_synchronous_code(path):
    threading.Thread(target=convert, args=(path,)).start()


class Monitor:
    def __init__(self, port):
        self.port = serial.Serial(port)

    def watch(self):
        while True:
            print(self.port)

    def watch_while(self):
        while self.running:
            print(self.port)

    async def start(self):
        threading.Thread(target=self.watch, daemon=True).start()
        threading.Thread(target=self.watch_while).start()


def ask():
    return input("name? ")


async def console():
    threading.Thread(target=ask, daemon=True).start()


class Worker(threading.Thread):
    def run(self):
        print(self.name)


async def without_target():
    threading.Thread().start()
