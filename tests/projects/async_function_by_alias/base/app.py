from api import fetch as get


async def refresh(url):
    get(url)
