from api import fetch

PAGES = 1


async def refresh(url):
    fetch(url)
