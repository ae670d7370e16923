from config import Config


async def handle(config: Config):
    return config.value
