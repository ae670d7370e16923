from client import connect


async def handle(url):
    session = connect()
    return session.get(url)
