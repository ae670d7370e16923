import requests


def connect():
    return requests.Session()  # caused: AW502
