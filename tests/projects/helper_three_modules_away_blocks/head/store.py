import requests

CACHE = {}


def read(key):
    return requests.get(key).text  # caused: AW113
