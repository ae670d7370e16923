import aiomysql
import asyncpg
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool


async def start(url, options):
    one = await asyncpg.create_pool(url)  # finding: AW707
    two = await asyncpg.create_pool(url, min_size=1, max_size=8)
    three = await aiomysql.create_pool(host=url, maxsize=0)  # finding: AW707
    four = await asyncpg.create_pool(url, max_size=5000)  # finding: AW707
    five = await asyncpg.create_pool(url, **options)
    six = create_async_engine("postgresql+asyncpg://db")  # finding: AW707
    seven = create_async_engine("sqlite+aiosqlite:///file")
    eight = create_async_engine("postgresql+asyncpg://db", poolclass=NullPool)
    return one, two, three, four, five, six, seven, eight
