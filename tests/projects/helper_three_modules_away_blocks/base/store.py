CACHE = {}


def read(key):
    return CACHE[key]
