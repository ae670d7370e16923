import asyncio

import uvicorn


async def main(app):
    server = uvicorn.Server(uvicorn.Config(app))
    await server.serve()
    while True:
        await asyncio.sleep(1)


if __name__ == "__main__":
    asyncio.run(main(None))
