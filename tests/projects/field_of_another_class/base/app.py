from config import Config


async def handle(config: Config, url):
    return config.session.get(url)
