"""Makes clients, and fetches with one, for other files."""

import httpx


def make_client():
    return httpx.AsyncClient(timeout=5)


def shared_client(clients={}):
    if "one" not in clients:
        clients["one"] = httpx.AsyncClient(timeout=5)
    return clients["one"]
