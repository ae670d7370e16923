from store import read


def load(key):
    return read(key)
