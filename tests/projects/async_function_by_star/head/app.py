from api import *


async def refresh(url):
    fetch(url)
