"""Chains that are not gone to their end for sure, or are gone on purpose."""

import asyncio
import io
import os
import queue
import shutil
import tempfile
import threading
import time

import requests

TRACE_FILE = None


def content(file):
    if isinstance(file, io.IOBase):
        return file.read()
    else:
        with open(file, "rb") as opened:
            return opened.read()


def opened(name):
    return open(name, "wb") if name else io.BytesIO()


def trace(text):
    if TRACE_FILE is not None:
        with open(TRACE_FILE, "a") as file:
            file.write(text)


def store(data, path):
    with open(path, "wb") as file:
        file.write(data)


def scratch():
    return tempfile.NamedTemporaryFile(delete=False)


def remove(path):
    shutil.rmtree(path)


def latest():
    return requests.get("https://example.com/latest").json()


async def upload(data):
    return content(io.BytesIO(data))  # doubtful: AW113


async def download(name):
    return opened(name)  # doubtful: AW113


async def work():
    trace("works")  # doubtful: AW113


async def save(data, path):
    if len(data) < 1000:
        store(data, path)  # doubtful: AW113
    else:
        await asyncio.to_thread(store, data, path)


async def prepare():
    return scratch()  # doubtful: AW113


async def clean(path):
    remove(path)  # finding: AW113
    return latest()  # finding: AW113


class Worker:
    def __init__(self):
        self.thread = threading.Thread(target=time.sleep, args=(1,))

    def _end_thread(self):
        self.thread.join()

    def _settle(self):
        self.thread.join()

    async def stop(self):
        self._end_thread()  # doubtful: AW113

    async def collect(self):
        self._settle()  # finding: AW113


def part():
    return tempfile.SpooledTemporaryFile(max_size=1000)


def ended(pid):
    return os.waitpid(pid, os.WNOHANG)


async def receives(pid):
    return part(), ended(pid)


class Results:
    def __init__(self):
        self.queue = queue.Queue()

    def take(self):
        return self.queue.get()

    async def next(self):
        while self.queue.empty():
            await asyncio.sleep(0.1)
        return self.take()  # doubtful: AW113
