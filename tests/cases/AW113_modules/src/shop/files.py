import contextlib
import time


def read(path):
    with open(path) as file:
        return file.read()


def lines(path):
    with open(path) as file:
        yield from file


def names():
    return ["a"]


@contextlib.contextmanager
def locked(name):
    time.sleep(1)
    yield name
