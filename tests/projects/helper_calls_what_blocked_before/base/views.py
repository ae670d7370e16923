def show(request):
    return request
