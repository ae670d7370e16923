from api import fetch, load


async def refresh(url):
    fetch(url)
    load(url)
