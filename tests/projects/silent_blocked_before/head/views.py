import urllib.request


def show(request):
    return urllib.request.urlopen(request).read()
