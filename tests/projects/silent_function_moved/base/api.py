import time


async def fetch(url):
    return url


def load(url):
    time.sleep(1)
