from models import load


def show(request):
    return load(request)
