"""Helpers that block, and what is said elsewhere."""

import asyncio
import os
import signal
import sqlite3
import time


class Store:
    @property
    def cursor(self):
        connection = sqlite3.connect("store.db")
        connection.execute("PRAGMA journal_mode = WAL")
        return connection.cursor()

    async def first(self):
        # What is asked of the cursor blocks as well, and is reported for that.
        return self.cursor.execute("SELECT 1").fetchone()

    async def only_the_cursor(self):
        return self.cursor  # finding: AW113


def wait():
    time.sleep(1)


async def waits():
    wait()  # finding: AW113
    await asyncio.to_thread(wait)


def supervise(processes):
    def stop(*args):
        wait()

    signal.signal(signal.SIGTERM, stop)


def settings(path):
    os.makedirs(path, exist_ok=True)
    with open(path) as f:
        return f.read()


class Folder:
    def __init__(self, path):
        os.mkdir(path)


async def several_places(path):
    settings(path)  # finding: AW113
    settings(path)  # finding: AW113
    return Folder(path)  # finding: AW113
