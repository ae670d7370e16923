import json


def fetch(url):
    return json.loads(url)
