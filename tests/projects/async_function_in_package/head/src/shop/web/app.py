from ..core.api import fetch


async def refresh(url):
    fetch(url)
