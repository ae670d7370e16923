//! SQL databases: drivers, SQLAlchemy, and object mappers.

use super::Groups;
use crate::python::library::*;

const fn db(instead: &'static str) -> Fact<'static> {
    blocking(Blocks::Database).instead(instead)
}
const SQLITE: Fact<'static> = db("`aiosqlite`");
const PG2: Fact<'static> = db("`asyncpg` or `psycopg.AsyncConnection`");
const PG3: Fact<'static> = db("`psycopg.AsyncConnection`");
const MYSQL: Fact<'static> = db("`aiomysql`");
const ODBC: Fact<'static> = db("`aioodbc`");
const ORACLE: Fact<'static> = db("`oracledb.connect_async`");
const ALCHEMY: Fact<'static> = db("`sqlalchemy.ext.asyncio`");
const PEEWEE: Fact<'static> = db("an asynchronous driver");
const ROW: Fact<'static> = coroutine();
const PG: Fact<'static> = coroutine();

pub(super) const FACTS: Groups = facts! {
    "sqlite3" { connect: SQLITE.gives("sqlite3.Connection").resource("connection", &["close"]); Connection Cursor Row: class(); }
    "sqlite3.Connection" {
        execute executemany executescript: SQLITE.gives("sqlite3.Cursor");
        commit rollback backup iterdump: SQLITE;
        cursor: function().gives("sqlite3.Cursor");
        close create_function set_trace_callback interrupt: function();
    }
    "sqlite3.Cursor" { execute executemany executescript: SQLITE.gives("sqlite3.Cursor"); fetchone fetchmany fetchall: SQLITE; close: function(); }
    "psycopg2" { connect: PG2.gives("psycopg2.connection").resource("connection", &["close"]); connection cursor: class(); }
    "psycopg2.connection" { commit rollback: PG2; cursor: function().gives("psycopg2.cursor"); close set_session: function(); }
    "psycopg2.cursor" { execute executemany callproc fetchone fetchmany fetchall copy_expert copy_from copy_to: PG2; close mogrify: function(); }
    "psycopg2.extras" { execute_values execute_batch: PG2; }
    "psycopg2.pool" { SimpleConnectionPool ThreadedConnectionPool: class().blocks(Blocks::Database).instead("`asyncpg.create_pool`"); }
    "psycopg2.pool.SimpleConnectionPool" { getconn: PG2.gives("psycopg2.connection"); putconn closeall: function(); }
    "psycopg2.pool.ThreadedConnectionPool" { getconn: PG2.gives("psycopg2.connection"); putconn closeall: function(); }
    "psycopg" {
        connect: PG3.gives("psycopg.Connection").resource("connection", &["close"]);
        Connection Cursor AsyncCursor: class();
        AsyncConnection: class().async_resource("connection", &["close"]);
    }
    "psycopg.Connection" {
        connect: PG3.gives("psycopg.Connection");
        execute: PG3.gives("psycopg.Cursor");
        commit rollback wait: PG3;
        cursor: function().gives("psycopg.Cursor");
        close transaction: function();
    }
    "psycopg.Cursor" { execute executemany: PG3.gives("psycopg.Cursor"); fetchone fetchmany fetchall stream copy: PG3; close: function(); }
    "psycopg.AsyncConnection" {
        connect: coroutine().gives("psycopg.AsyncConnection").async_resource("connection", &["close"]).tags(&[Tag::Connection]);
        execute: coroutine().gives("psycopg.AsyncCursor");
        commit rollback close set_autocommit wait: coroutine();
        cursor: async_context().gives("psycopg.AsyncCursor");
        transaction pipeline: async_context();
        notifies: async_iterator();
    }
    "psycopg.AsyncCursor" { execute executemany: coroutine().gives("psycopg.AsyncCursor"); fetchone fetchmany fetchall close scroll: coroutine(); stream: async_iterator(); copy: async_context(); }
    "psycopg_pool" { ConnectionPool: class(); AsyncConnectionPool: class().async_resource("connection pool", &["close"]).tags(&[Tag::Pool]); }
    "psycopg_pool.ConnectionPool" { connection: PG3.enters("psycopg.Connection"); getconn: PG3.gives("psycopg.Connection"); open wait: PG3; putconn close: function(); }
    "psycopg_pool.AsyncConnectionPool" { connection: async_context().gives("psycopg.AsyncConnection"); getconn: coroutine().gives("psycopg.AsyncConnection"); putconn open close wait check resize: coroutine(); }
    "asyncpg" {
        connect: coroutine().gives("asyncpg.Connection").async_resource("connection", &["close"]).tags(&[Tag::Connection]).timeouts(&["timeout"]);
        create_pool: awaitable_context().gives("asyncpg.Pool").async_resource("connection pool", &["close", "terminate"]).tags(&[Tag::Pool]);
        Connection: class();
        Pool: class();
        Transaction PreparedStatement Record: class();
    }
    "asyncpg.Connection" {
        execute executemany fetch fetchval fetchrow fetchmany copy_from_table copy_from_query copy_to_table copy_records_to_table: PG;
        prepare: coroutine().gives("asyncpg.PreparedStatement");
        add_listener remove_listener set_type_codec reset_type_codec set_builtin_type_codec close reset reload_schema_state: PG;
        transaction: async_context().gives("asyncpg.Transaction");
        cursor: awaitable_context();
        terminate is_closed is_in_transaction add_log_listener: function();
    }
    "asyncpg.Pool" {
        execute executemany fetch fetchval fetchrow fetchmany copy_from_table copy_from_query copy_to_table copy_records_to_table: PG;
        acquire: awaitable_context().gives("asyncpg.Connection");
        release close expire_connections: PG;
        terminate get_size get_idle_size is_closing: function();
    }
    "asyncpg.Transaction" { start commit rollback: PG; }
    "asyncpg.PreparedStatement" { explain fetch fetchval fetchrow fetchmany executemany: PG; }
    "aiosqlite" { connect: awaitable_context().gives("aiosqlite.Connection").async_resource("connection", &["close"]).tags(&[Tag::Connection]); Connection Cursor: class(); }
    "aiosqlite.Connection" {
        execute executemany executescript: awaitable_context().gives("aiosqlite.Cursor");
        cursor: awaitable_context().gives("aiosqlite.Cursor");
        execute_fetchall execute_insert: awaitable_context();
        commit rollback close interrupt create_function backup: coroutine();
    }
    "aiosqlite.Cursor" { execute executemany executescript fetchone fetchmany fetchall close: coroutine(); }
    "pymysql" { connect: MYSQL.gives("pymysql.Connection").resource("connection", &["close"]); Connection Cursor: class(); }
    "pymysql.Connection" { commit rollback ping begin select_db connect: MYSQL; cursor: function().gives("pymysql.Cursor"); close: function(); }
    "pymysql.Cursor" { execute executemany callproc: MYSQL; fetchone fetchmany fetchall close mogrify: function(); }
    "MySQLdb" { connect: MYSQL.gives("MySQLdb.Connection"); Connection Cursor: class(); }
    "MySQLdb.Connection" { commit rollback ping query: MYSQL; cursor: function().gives("MySQLdb.Cursor"); close: function(); }
    "MySQLdb.Cursor" { execute executemany callproc: MYSQL; fetchone fetchmany fetchall close: function(); }
    "mysql.connector" { connect: MYSQL.gives("mysql.connector.Connection"); Connection Cursor: class(); }
    "mysql.connector.Connection" { commit rollback ping reconnect cmd_query: MYSQL; cursor: function().gives("mysql.connector.Cursor"); close: function(); }
    "mysql.connector.Cursor" { execute executemany callproc fetchone fetchmany fetchall: MYSQL; close: function(); }
    "aiomysql" {
        connect: awaitable_context().gives("aiomysql.Connection").async_resource("connection", &["close", "ensure_closed"]).tags(&[Tag::Connection]);
        create_pool: awaitable_context().gives("aiomysql.Pool").async_resource("connection pool", &["close", "terminate"]).tags(&[Tag::Pool]);
        Connection Pool Cursor: class();
        DictCursor: class().bases(&["aiomysql.Cursor"]);
    }
    "aiomysql.Connection" { ensure_closed autocommit begin commit rollback select_db query ping: coroutine(); cursor: awaitable_context().gives("aiomysql.Cursor"); close: function(); }
    "aiomysql.Pool" { acquire: awaitable_context().gives("aiomysql.Connection"); wait_closed clear: coroutine(); release: future(); close terminate: function(); }
    "aiomysql.Cursor" { execute executemany callproc close nextset fetchone fetchmany fetchall: coroutine(); }
    "asyncmy" { connect: awaitable_context().gives("aiomysql.Connection"); create_pool: awaitable_context().gives("aiomysql.Pool").async_resource("connection pool", &["close", "terminate"]).tags(&[Tag::Pool]); }
    "aiopg" {
        connect: awaitable_context().gives("aiopg.Connection").async_resource("connection", &["close"]).tags(&[Tag::Connection]);
        create_pool: awaitable_context().gives("aiopg.Pool").async_resource("connection pool", &["close", "terminate"]).tags(&[Tag::Pool]);
        Connection Pool Cursor: class();
    }
    "aiopg.Connection" { cursor: awaitable_context().gives("aiopg.Cursor"); close: future(); }
    "aiopg.Pool" { acquire: awaitable_context().gives("aiopg.Connection"); wait_closed clear: coroutine(); close terminate: function(); }
    "aiopg.Cursor" { execute executemany callproc fetchone fetchmany fetchall scroll: ROW; close: function(); }
    "pyodbc" { connect: ODBC.gives("pyodbc.Connection"); Connection Cursor: class(); }
    "pyodbc.Connection" { execute: ODBC.gives("pyodbc.Cursor"); commit rollback: ODBC; cursor: function().gives("pyodbc.Cursor"); close: function(); }
    "pyodbc.Cursor" { execute executemany: ODBC.gives("pyodbc.Cursor"); fetchone fetchmany fetchall fetchval commit: ODBC; close: function(); }
    "oracledb" { connect: ORACLE.gives("oracledb.Connection"); connect_async: awaitable_context(); Connection Cursor: class(); }
    "oracledb.Connection" { commit rollback ping: ORACLE; cursor: function().gives("oracledb.Cursor"); close: function(); }
    "oracledb.Cursor" { execute executemany callproc callfunc fetchone fetchmany fetchall: ORACLE; close: function(); }
    "duckdb" { connect: db("`asyncio.to_thread`").gives("duckdb.DuckDBPyConnection"); DuckDBPyConnection: class(); query sql execute: db("`asyncio.to_thread`"); }
    "duckdb.DuckDBPyConnection" { execute executemany query sql fetchone fetchall fetchdf commit rollback: db("`asyncio.to_thread`"); cursor close: function(); }
    "clickhouse_driver" { Client: class(); }
    "clickhouse_driver.Client" { execute execute_iter insert_dataframe query_dataframe: db("`asynch`"); }
    "sqlalchemy" {
        create_engine engine_from_config: function().gives("sqlalchemy.Engine");
        Engine Connection Result: class();
        select insert update delete text: function();
    }
    "sqlalchemy.Engine" { connect begin: ALCHEMY.gives("sqlalchemy.Connection"); raw_connection execute: ALCHEMY; dispose: function(); }
    "sqlalchemy.Connection" {
        execute: ALCHEMY.gives("sqlalchemy.Result");
        scalar scalars exec_driver_sql commit rollback: ALCHEMY;
        close begin begin_nested: function();
    }
    "sqlalchemy.orm" {
        Session: class();
        sessionmaker: class();
        scoped_session: class().bases(&["sqlalchemy.orm.Session"]);
        Query: class();
    }
    "sqlalchemy.orm.Session" {
        execute: ALCHEMY.gives("sqlalchemy.Result");
        scalar scalars commit rollback flush refresh get get_one merge bulk_save_objects bulk_insert_mappings bulk_update_mappings: ALCHEMY;
        query: function().gives("sqlalchemy.orm.Query");
        add add_all delete expunge expunge_all expire expire_all close begin begin_nested: function();
    }
    "sqlalchemy.orm.sessionmaker" { __call__: function().gives("sqlalchemy.orm.Session"); begin: function().enters("sqlalchemy.orm.Session"); }
    "sqlalchemy.orm.Query" {
        filter filter_by join outerjoin order_by group_by limit offset options distinct with_for_update: function().gives("sqlalchemy.orm.Query");
        all first one one_or_none scalar get count update delete: ALCHEMY;
    }
    "sqlmodel" { Session: class().bases(&["sqlalchemy.orm.Session"]); create_engine: function().gives("sqlalchemy.Engine"); }
    "sqlmodel.Session" { exec: ALCHEMY; }
    "sqlalchemy.ext.asyncio" {
        create_async_engine async_engine_from_config: function().gives("sqlalchemy.ext.asyncio.AsyncEngine").async_resource("connection pool", &["dispose"]).tags(&[Tag::Pool]);
        AsyncEngine: class();
        AsyncConnection AsyncResult: class();
        AsyncSession: class().async_resource("session", &["close", "aclose"]).tags(&[Tag::Connection]);
        async_sessionmaker: class();
    }
    "sqlalchemy.ext.asyncio.AsyncEngine" { connect: awaitable_context().gives("sqlalchemy.ext.asyncio.AsyncConnection"); begin: async_context().gives("sqlalchemy.ext.asyncio.AsyncConnection"); dispose raw_connection: coroutine(); }
    "sqlalchemy.ext.asyncio.AsyncConnection" {
        execute scalar scalars exec_driver_sql commit rollback close aclose run_sync invalidate start: coroutine();
        stream stream_scalars: awaitable_context();
        begin begin_nested: awaitable_context();
    }
    "sqlalchemy.ext.asyncio.AsyncSession" {
        execute: coroutine().gives("sqlalchemy.Result");
        scalar scalars get get_one refresh flush commit rollback close aclose merge delete run_sync connection invalidate close_all stream stream_scalars: coroutine();
        begin begin_nested: awaitable_context();
        add add_all expunge expunge_all expire expire_all in_transaction: function();
    }
    "sqlalchemy.ext.asyncio.async_sessionmaker" { __call__: async_context().gives("sqlalchemy.ext.asyncio.AsyncSession"); begin: async_context().gives("sqlalchemy.ext.asyncio.AsyncSession"); }
    "sqlmodel.ext.asyncio.session" { AsyncSession: class().bases(&["sqlalchemy.ext.asyncio.AsyncSession"]); }
    "sqlmodel.ext.asyncio.session.AsyncSession" { exec: coroutine(); }
    "databases" { Database: class(); }
    "databases.Database" { connect disconnect execute execute_many fetch_all fetch_one fetch_val: coroutine(); iterate: async_iterator(); transaction connection: async_context(); }
    "peewee" { Model: class(); Database: class(); SqliteDatabase PostgresqlDatabase MySQLDatabase: class().bases(&["peewee.Database"]); }
    "peewee.Model" { create get get_or_none get_by_id get_or_create insert_many save delete_instance delete_by_id: PEEWEE; select insert update delete: function(); }
    "peewee.Database" { connect execute_sql create_tables drop_tables: PEEWEE; close atomic: function(); }
    "django.db.models" { Model: class(); }
    "django.db.models.Model" {
        save delete refresh_from_db: db("the `a…` form of the method");
        asave adelete arefresh_from_db: coroutine();
    }
    "tortoise" { Tortoise: class(); }
    "tortoise.Tortoise" { init close_connections generate_schemas: coroutine(); }
    "tortoise.models" { Model: class(); }
    "tortoise.models.Model" { save delete refresh_from_db fetch_related: coroutine(); create get_or_create update_or_create bulk_create: coroutine(); }
};

pub(super) const ALIASES: &[(&str, &str)] = &[
    ("psycopg2.extensions.connection", "psycopg2.connection"),
    ("psycopg2.extensions.cursor", "psycopg2.cursor"),
    ("psycopg2._psycopg", "psycopg2"),
    ("psycopg2.pool.AbstractConnectionPool", "psycopg2.pool.SimpleConnectionPool"),
    ("asyncpg.connection", "asyncpg"),
    ("asyncpg.pool", "asyncpg"),
    ("asyncpg.transaction", "asyncpg"),
    ("psycopg.connection_async", "psycopg"),
    ("aiosqlite.core", "aiosqlite"),
    ("pymysql.connections", "pymysql"),
    ("pymysql.cursors", "pymysql"),
    ("pymysql.Connect", "pymysql.connect"),
    ("MySQLdb.connections", "MySQLdb"),
    ("MySQLdb.cursors", "MySQLdb"),
    ("mysql.connector.MySQLConnection", "mysql.connector.Connection"),
    ("mysql.connector.connection.MySQLConnection", "mysql.connector.Connection"),
    ("cx_Oracle", "oracledb"),
    ("aiomysql.connection", "aiomysql"),
    ("aiomysql.pool", "aiomysql"),
    ("aiomysql.cursors", "aiomysql"),
    ("sqlalchemy.engine", "sqlalchemy"),
    ("sqlalchemy.engine.base", "sqlalchemy"),
    ("sqlalchemy.orm.session", "sqlalchemy.orm"),
    ("sqlalchemy.orm.scoping.scoped_session", "sqlalchemy.orm.scoped_session"),
    ("sqlalchemy.ext.asyncio.engine", "sqlalchemy.ext.asyncio"),
    ("sqlalchemy.ext.asyncio.session", "sqlalchemy.ext.asyncio"),
    ("tortoise.Model", "tortoise.models.Model"),
];
