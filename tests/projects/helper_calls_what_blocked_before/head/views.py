from store import read


def show(request):
    return read(request)  # caused: AW113
