//! Caches, document stores and search: redis, pymongo and motor, elasticsearch, opensearch, memcached, cassandra.

use super::Groups;
use crate::python::library::*;

const fn db(instead: &'static str) -> Fact<'static> {
    blocking(Blocks::Database).instead(instead)
}
const REDIS: Fact<'static> = db("`redis.asyncio`");
const MONGO: Fact<'static> = db("`pymongo.AsyncMongoClient` or motor");
const ELASTIC: Fact<'static> = db("`AsyncElasticsearch`");
const OPENSEARCH: Fact<'static> = db("`AsyncOpenSearch`");
const MEMCACHED: Fact<'static> = db("`aiomcache`");

pub(super) const FACTS: Groups = facts! {
    "redis" {
        Redis: class();
        RedisCluster: class().bases(&["redis.Redis"]);
        from_url: function().gives("redis.Redis");
        ConnectionPool Sentinel: class();
    }
    "redis.Redis" {
        from_url from_pool: function().gives("redis.Redis");
        pipeline: function().gives("redis.client.Pipeline");
        pubsub: function().gives("redis.client.PubSub");
        lock: function().gives("redis.lock.Lock");
        register_script close get_encoder get_connection_kwargs set_response_callback: function();
        any_other: REDIS;
    }
    "redis.client" { Pipeline PubSub: class(); }
    "redis.client.Pipeline" { execute watch immediate_execute_command: REDIS; }
    "redis.client.PubSub" { get_message parse_response subscribe psubscribe unsubscribe punsubscribe listen: REDIS; }
    "redis.lock" { Lock: class(); }
    "redis.lock.Lock" { acquire release extend: REDIS; }
    "redis.asyncio.lock.Lock" { release extend reacquire: coroutine(); }
    "redis.asyncio" {
        Redis: class().async_resource("Redis client", &["aclose", "close"]).tags(&[Tag::Session]);
        RedisCluster: class().bases(&["redis.asyncio.Redis"]).async_resource("Redis client", &["aclose", "close"]).tags(&[Tag::Session]);
        from_url: function().gives("redis.asyncio.Redis").async_resource("Redis client", &["aclose", "close"]).tags(&[Tag::Session]);
        ConnectionPool Sentinel: class();
    }
    "redis.asyncio.Redis" {
        from_url: function().gives("redis.asyncio.Redis").async_resource("Redis client", &["aclose", "close"]).tags(&[Tag::Session]);
        pipeline: async_context().gives("redis.asyncio.client.Pipeline");
        pubsub: function().gives("redis.asyncio.client.PubSub");
        lock: function();
        monitor client register_script get_encoder get_connection_kwargs set_response_callback get_retry set_retry: function();
        scan_iter hscan_iter sscan_iter zscan_iter: async_iterator();
        blpop brpop: coroutine().hangs(Hangs::Network).timeouts(&["timeout"]).timeout_at(1);
        blmove brpoplpush: coroutine().hangs(Hangs::Network).timeouts(&["timeout"]).timeout_at(2);
        bzpopmin bzpopmax: coroutine().hangs(Hangs::Network).timeouts(&["timeout"]).timeout_at(1);
        get set setex setnx getset getdel mget mset delete exists expire expireat ttl pttl persist rename keys scan incr incrby decr decrby append strlen: coroutine();
        hget hset hmset hgetall hmget hdel hexists hincrby hkeys hvals hlen hscan hsetnx: coroutine();
        lpush rpush lpop rpop llen lrange lrem ltrim lindex lset: coroutine();
        sadd srem smembers sismember scard spop srandmember sunion sinter sdiff: coroutine();
        zadd zrem zrange zrevrange zrangebyscore zscore zcard zcount zincrby zrank zremrangebyscore: coroutine();
        publish ping flushdb flushall info dbsize eval evalsha execute_command xadd xread xreadgroup xack xgroup_create xlen xdel xrange: coroutine();
        aclose close initialize transaction: coroutine();
    }
    "redis.asyncio.client" { Pipeline PubSub: class(); }
    "redis.asyncio.client.Pipeline" { execute watch unwatch reset discard: coroutine(); multi: function(); }
    "redis.asyncio.client.PubSub" { subscribe psubscribe unsubscribe punsubscribe get_message aclose close reset connect run: coroutine(); listen: async_iterator(); }
    "aioredis" { create_redis create_redis_pool create_pool create_connection: coroutine(); }
    "pymongo" {
        MongoClient: class().attributes(&[("*", "pymongo.database.Database"), ("[]", "pymongo.database.Database")]);
        AsyncMongoClient: class().async_resource("MongoDB client", &["close"]).tags(&[Tag::Session]).attributes(&[("*", "pymongo.asynchronous.database.AsyncDatabase"), ("[]", "pymongo.asynchronous.database.AsyncDatabase")]);
    }
    "pymongo.MongoClient" {
        get_database get_default_database: function().gives("pymongo.database.Database");
        list_database_names list_databases drop_database server_info: MONGO;
        close start_session: function();
    }
    "pymongo.database" { Database: class().attributes(&[("*", "pymongo.collection.Collection"), ("[]", "pymongo.collection.Collection")]); }
    "pymongo.database.Database" {
        get_collection: function().gives("pymongo.collection.Collection");
        command list_collection_names create_collection drop_collection: MONGO;
    }
    "pymongo.collection" { Collection: class().attributes(&[("*", "pymongo.collection.Collection")]); }
    "pymongo.collection.Collection" {
        insert_one insert_many find_one find_one_and_update find_one_and_delete find_one_and_replace update_one update_many replace_one: MONGO;
        delete_one delete_many count_documents estimated_document_count aggregate distinct bulk_write create_index create_indexes drop drop_index index_information: MONGO;
        find with_options: function();
    }
    "pymongo.AsyncMongoClient" { close list_database_names server_info drop_database aconnect: coroutine(); get_database get_default_database: function().gives("pymongo.asynchronous.database.AsyncDatabase"); start_session: function(); }
    "pymongo.asynchronous.database" { AsyncDatabase: class().attributes(&[("*", "pymongo.asynchronous.collection.AsyncCollection"), ("[]", "pymongo.asynchronous.collection.AsyncCollection")]); }
    "pymongo.asynchronous.database.AsyncDatabase" { get_collection: function().gives("pymongo.asynchronous.collection.AsyncCollection"); command list_collection_names create_collection drop_collection: coroutine(); }
    "pymongo.asynchronous.collection" { AsyncCollection: class(); }
    "pymongo.asynchronous.collection.AsyncCollection" {
        insert_one insert_many find_one find_one_and_update find_one_and_delete find_one_and_replace update_one update_many replace_one: coroutine();
        delete_one delete_many count_documents estimated_document_count aggregate distinct bulk_write create_index create_indexes drop drop_index index_information: coroutine();
        find with_options: function();
    }
    "motor.motor_asyncio" {
        AsyncIOMotorClient: class().attributes(&[("*", "motor.motor_asyncio.AsyncIOMotorDatabase"), ("[]", "motor.motor_asyncio.AsyncIOMotorDatabase")]);
        AsyncIOMotorDatabase: class().attributes(&[("*", "motor.motor_asyncio.AsyncIOMotorCollection"), ("[]", "motor.motor_asyncio.AsyncIOMotorCollection")]);
        AsyncIOMotorCollection: class();
    }
    "motor.motor_asyncio.AsyncIOMotorClient" { get_database get_default_database: function().gives("motor.motor_asyncio.AsyncIOMotorDatabase"); list_database_names server_info drop_database start_session: future(); close: function(); }
    "motor.motor_asyncio.AsyncIOMotorDatabase" { get_collection: function().gives("motor.motor_asyncio.AsyncIOMotorCollection"); command list_collection_names create_collection drop_collection: future(); }
    "motor.motor_asyncio.AsyncIOMotorCollection" {
        insert_one insert_many find_one find_one_and_update find_one_and_delete find_one_and_replace update_one update_many replace_one: future();
        delete_one delete_many count_documents estimated_document_count distinct bulk_write create_index create_indexes drop drop_index index_information: future();
        find aggregate with_options: function();
    }
    "elasticsearch" {
        Elasticsearch: class();
        AsyncElasticsearch: class().async_resource("Elasticsearch client", &["close"]).tags(&[Tag::Session]);
    }
    "elasticsearch.Elasticsearch" { search index get create update delete bulk count exists mget msearch scroll update_by_query delete_by_query info ping reindex: ELASTIC; close options: function(); }
    "elasticsearch.AsyncElasticsearch" { search index get create update delete bulk count exists mget msearch scroll update_by_query delete_by_query info ping reindex close: coroutine(); options: function(); }
    "elasticsearch.helpers" { bulk: ELASTIC; scan: function(); async_bulk: coroutine(); async_scan async_streaming_bulk: async_iterator(); }
    "opensearchpy" {
        OpenSearch: class();
        AsyncOpenSearch: class().async_resource("OpenSearch client", &["close"]).tags(&[Tag::Session]);
    }
    "opensearchpy.OpenSearch" { search index get create update delete bulk count exists mget msearch scroll update_by_query delete_by_query info ping reindex: OPENSEARCH; close: function(); }
    "opensearchpy.AsyncOpenSearch" { search index get create update delete bulk count exists mget msearch scroll update_by_query delete_by_query info ping reindex close: coroutine(); }
    "pymemcache.client.base" { Client: class(); }
    "pymemcache.client.base.Client" { get set add replace delete incr decr get_many set_many gets cas touch flush_all: MEMCACHED; close: function(); }
    "memcache" { Client: class().bases(&["pymemcache.client.base.Client"]); }
    "cassandra.cluster" { Cluster Session: class(); }
    "cassandra.cluster.Cluster" { connect: db("`asyncio.to_thread`").gives("cassandra.cluster.Session"); shutdown: function(); }
    "cassandra.cluster.Session" { execute prepare: db("`session.execute_async`"); execute_async: function(); }
};

pub(super) const ALIASES: &[(&str, &str)] = &[
    ("redis.StrictRedis", "redis.Redis"),
    ("redis.client.Redis", "redis.Redis"),
    ("redis.client.StrictRedis", "redis.Redis"),
    ("redis.cluster.RedisCluster", "redis.RedisCluster"),
    ("redis.utils.from_url", "redis.from_url"),
    ("redis.asyncio.StrictRedis", "redis.asyncio.Redis"),
    ("redis.asyncio.client.Redis", "redis.asyncio.Redis"),
    ("redis.asyncio.utils.from_url", "redis.asyncio.from_url"),
    ("aioredis.Redis", "redis.asyncio.Redis"),
    ("aioredis.StrictRedis", "redis.asyncio.Redis"),
    ("aioredis.from_url", "redis.asyncio.from_url"),
    ("aioredis.client.Redis", "redis.asyncio.Redis"),
    ("pymongo.mongo_client.MongoClient", "pymongo.MongoClient"),
    ("pymongo.synchronous.mongo_client.MongoClient", "pymongo.MongoClient"),
    ("pymongo.synchronous.database", "pymongo.database"),
    ("pymongo.synchronous.collection", "pymongo.collection"),
    ("motor.core.AgnosticClient", "motor.motor_asyncio.AsyncIOMotorClient"),
    ("pymemcache.Client", "pymemcache.client.base.Client"),
    ("pymemcache.client.Client", "pymemcache.client.base.Client"),
];
