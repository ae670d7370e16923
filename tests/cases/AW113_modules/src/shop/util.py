import time
from time import monotonic


def backoff(n):
    if n > 2:
        return backoff(n - 1)
    time.sleep(n)


def timed():
    return monotonic()
