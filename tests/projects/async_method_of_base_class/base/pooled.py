from client import Client


class Pooled(Client):
    size = 3
