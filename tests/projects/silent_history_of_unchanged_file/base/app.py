from api import fetch


async def refresh(url):
    fetch(url)
