from app import database


async def main(dsn):
    await database.connect(dsn)
    try:
        await database.query("SELECT 1")
    finally:
        await database.pool.close()
