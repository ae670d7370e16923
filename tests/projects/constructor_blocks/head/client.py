import requests


class Client:
    def __init__(self, url):
        self.page = requests.get(url)  # caused: AW113
