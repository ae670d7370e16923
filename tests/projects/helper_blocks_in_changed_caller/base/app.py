from store import read


def handle(key):
    return read(key)
