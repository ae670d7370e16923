from api import fetch

PAGES = 2


async def refresh(url):
    fetch(url)
