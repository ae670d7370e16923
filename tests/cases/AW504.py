"""Synchronous databases on the loop, and their asynchronous siblings."""

import asyncio
import sqlite3

import aiosqlite
import asyncpg
import MySQLdb
import mysql.connector
import psycopg
import psycopg2
import pymongo
import pymysql
import redis
import redis.asyncio as aredis
from motor.motor_asyncio import AsyncIOMotorClient
from pymongo import MongoClient
from redis import Redis
from sqlalchemy import create_engine
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import Session, sessionmaker

engine = create_engine("postgresql://")
SessionLocal = sessionmaker(bind=engine)
cache = Redis()
mongo = MongoClient()


async def connections(dsn):
    sqlite3.connect("x.db")  # finding: AW504
    psycopg2.connect(dsn)  # finding: AW504
    psycopg.connect(dsn)  # finding: AW504
    psycopg.Connection.connect(dsn)  # finding: AW504
    pymysql.connect(host="x")  # finding: AW504
    MySQLdb.connect(host="x")  # finding: AW504
    mysql.connector.connect(host="x")  # finding: AW504


async def statements(dsn, given: sqlite3.Connection, cursor: sqlite3.Cursor):
    db = sqlite3.connect("x.db")  # finding: AW504
    db.execute("select 1")  # finding: AW504
    db.commit()  # finding: AW504
    cur = db.cursor()
    cur.execute("select 1")  # finding: AW504
    cur.fetchall()  # finding: AW504
    given.execute("select 1")  # finding: AW504
    cursor.executemany("insert", [])  # finding: AW504
    with psycopg2.connect(dsn) as conn:  # finding: AW504
        with conn.cursor() as c:
            c.execute("select 1")  # finding: AW504
            c.fetchone()  # finding: AW504


async def caches(client: redis.Redis):
    cache.get("a")  # finding: AW504
    client.set("a", 1)  # finding: AW504
    redis.Redis().ping()  # finding: AW504
    redis.from_url("redis://").get("a")  # finding: AW504


async def documents():
    client = pymongo.MongoClient()
    client.shop.orders.find_one({})  # finding: AW504
    client["shop"]["orders"].insert_one({})  # finding: AW504
    mongo.shop.orders.update_one({}, {})  # finding: AW504


async def orm(session: Session, made: Session = None):
    session.execute("select 1")  # finding: AW504
    session.commit()  # finding: AW504
    session.scalars("select 1").all()  # finding: AW504
    with Session(engine) as opened:
        opened.get(int, 1)  # finding: AW504
        opened.commit()  # finding: AW504
    with engine.connect() as connection:  # finding: AW504
        connection.execute("select 1")  # finding: AW504
    local = SessionLocal()
    local.commit()  # finding: AW504


class Repository:
    def __init__(self, session: Session):
        self.session = session
        self.db = sqlite3.connect("x.db")

    async def load(self):
        self.session.flush()  # finding: AW504
        return self.db.execute("select 1")  # finding: AW504


# Nothing below blocks the loop.


def synchronous(dsn):
    db = sqlite3.connect("x.db")
    db.execute("select 1")
    cache.get("a")


async def asynchronous_siblings(pool: asyncpg.Pool, session: AsyncSession, client: aredis.Redis):
    await pool.execute("select 1")
    await session.execute("select 1")
    await session.commit()
    session.add(object())
    await client.get("a")
    async with aiosqlite.connect("x.db") as db:
        await db.execute("select 1")
    connection = await psycopg.AsyncConnection.connect("")
    await connection.execute("select 1")
    motor = AsyncIOMotorClient()
    await motor.shop.orders.find_one({})
    engine = create_async_engine("postgresql+asyncpg://")
    async with engine.connect() as conn:
        await conn.execute("select 1")


async def without_io(session: Session):
    session.add(object())
    session.expunge_all()
    create_engine("postgresql://")
    redis.Redis()
    pymongo.MongoClient()
    sqlite3.Row
    cursor = mongo.shop.orders.find({})
    return cursor


async def through_run_sync(session: AsyncSession):
    def work(sync_session: Session):
        sync_session.commit()

    await session.run_sync(work)
    await session.run_sync(lambda sync_session: sync_session.commit())


async def in_threads():
    await asyncio.to_thread(cache.get, "a")
    await asyncio.to_thread(lambda: cache.get("a"))


async def same_names(cursor, conn, session, redis):
    cursor.execute("x")
    conn.commit()
    session.commit()
    redis.get("a")
    settings = {}
    settings.get("a")
