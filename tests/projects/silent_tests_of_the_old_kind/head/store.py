import time


def read(key):
    time.sleep(1)
    return key
