SIZE = 3


async def fetch(url):
    return url
