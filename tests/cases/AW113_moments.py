"""Helpers that hold the loop up for a moment only."""

import threading
import time


class Step:
    def __init__(self, name):
        time.sleep(0.001)
        self.name = name


class Slow:
    def __init__(self, name):
        time.sleep(0.5)
        self.name = name


class ReadWriteLock:
    def __init__(self):
        self.condition = threading.Condition()
        self.writing = False

    def enter(self):
        with self.condition:
            while self.writing:
                self.condition.wait()


LOCK = ReadWriteLock()


class Mailbox:
    def __init__(self):
        self.condition = threading.Condition()

    def take(self):
        with self.condition:
            self.condition.wait()


async def make(name, mailbox: Mailbox):
    Slow(name)  # finding: AW113
    LOCK.enter()  # doubtful: AW113
    mailbox.take()  # finding: AW113
    return Step(name)  # doubtful: AW113
