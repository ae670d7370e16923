from shop import load_page


async def refresh(url):
    load_page(url)
