import api


async def refresh(url):
    api.fetch(url)
