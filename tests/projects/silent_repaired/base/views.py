import requests


def show(request):
    return requests.get(request).text
