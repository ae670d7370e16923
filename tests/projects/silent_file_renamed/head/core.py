import time


async def fetch(url):
    time.sleep(1)
