async def fetch(url):
    return url


SIZE = 3
