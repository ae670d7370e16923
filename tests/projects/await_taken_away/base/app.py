from api import fetch


async def refresh(url):
    await fetch(url)
