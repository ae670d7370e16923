from app.broker import Broker, Forgotten, Held


async def main(url):
    broker, forgotten, held = Broker(), Forgotten(), Held()
    await broker.connect(url)
    await forgotten.connect(url)
    await held.open_link(url)
    await broker.link.close()
    await held.lent().close()
