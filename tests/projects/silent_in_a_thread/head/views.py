import time


def show(request):
    time.sleep(1)
    return request
