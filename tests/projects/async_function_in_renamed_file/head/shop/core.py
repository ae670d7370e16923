import json


async def fetch(url):  # caused: AW202
    return json.loads(url)
