import json


async def fetch(url):
    return json.loads(url)
