from shop import fetch


async def refresh(url):
    fetch(url)
