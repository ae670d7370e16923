async def fetch(url, retries=3):
    return url * retries
