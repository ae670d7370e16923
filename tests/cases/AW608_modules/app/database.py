import asyncpg

pool = None
other_pool = None


async def connect(dsn):
    global pool, other_pool
    pool = await asyncpg.create_pool(dsn)
    other_pool = await asyncpg.create_pool(dsn)  # finding: AW608


async def query(sql):
    return await other_pool.fetch(sql)
