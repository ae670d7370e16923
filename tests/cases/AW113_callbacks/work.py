import time


def load():
    time.sleep(1)


def quick():
    return 1
