from shop.page import fetch


async def refresh(url):
    fetch(url)
