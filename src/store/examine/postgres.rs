//! PostgreSQL: whether it answers, may be written to, and what time it is there.

use std::str::FromStr;

use chrono::{DateTime, Utc};
use sqlx::postgres::{PgConnectOptions, PgConnection, PgRow};
use sqlx::{ConnectOptions, Connection, Row};

use super::{CLOCK, SCHEMA, STORE, schema};
use crate::examination::{Examined, PATIENCE, apart, is_about_trust, unreachable};
use crate::store::Pooling;
use crate::store::postgres::{changes_connections, place};
use crate::store::versions::newest_schema;

// As plain text, which also passes through a pooler.
const SERVER: &str = "SELECT current_setting('server_version') AS version, clock_timestamp() AS now,
        pg_is_in_recovery() AS replica, current_setting('transaction_read_only') = 'on' AS read_only,
        has_schema_privilege(current_schema(), 'CREATE') AS may_create,
        current_setting('max_connections')::bigint AS connections,
        (SELECT count(*) FROM pg_stat_activity WHERE application_name <> 'asyncwarden')::bigint AS others,
        to_regclass('_sqlx_migrations') IS NOT NULL AND to_regclass('schema_support') IS NOT NULL AS is_made";
const MADE: &str = "SELECT (SELECT max(version) FROM _sqlx_migrations WHERE success) AS schema,
        (SELECT oldest FROM schema_support)::bigint AS oldest,
        has_table_privilege('jobs', 'INSERT') AND has_table_privilege('jobs', 'UPDATE')
            AND has_table_privilege('jobs', 'DELETE') AS may_write";

/// By how many seconds the clocks may differ without a word, and from when on replicas take each other's jobs away.
const MOST_AHEAD: i64 = 5;
const LEASE: i64 = 30;

/// What to do when nobody answers there.
const AWAY: &str =
    "look whether the server runs and this machine reaches it: name resolution, firewall";

pub(super) async fn examine(url: &str, pooling: Pooling) -> Vec<Examined> {
    let Ok(options) = PgConnectOptions::from_str(url) else {
        return vec![Examined::failed(STORE, "its URL is none", "look at DATABASE_URL")];
    };
    let options = options.application_name("asyncwarden").extra_float_digits(None);
    let place = place(&options);
    let mut connection = match tokio::time::timeout(PATIENCE, options.connect()).await {
        Ok(Ok(connection)) => connection,
        Ok(Err(error)) => {
            let said = format!("{place} can't be used: {error}");
            let advice = match error {
                sqlx::Error::Database(_) => {
                    "look at the user, the password and the database in DATABASE_URL"
                }
                _ if is_about_trust(&said) => unreachable(&said),
                _ => AWAY,
            };
            return vec![Examined::failed(STORE, said, advice)];
        }
        Err(_) => {
            let said = format!("{place} did not answer within {} s", PATIENCE.as_secs());
            return vec![Examined::failed(STORE, said, AWAY)];
        }
    };
    let looking = look(&mut connection, &options, &place, pooling);
    let found = match tokio::time::timeout(PATIENCE, looking).await {
        Ok(Ok(found)) => found,
        Ok(Err(error)) => {
            let said = format!("{place} refused to be looked at: {error}");
            vec![Examined::failed(STORE, said, "look at the rights of the database's user")]
        }
        Err(_) => {
            let said = format!("{place} did not answer within {} s", PATIENCE.as_secs());
            vec![Examined::failed(STORE, said, "look whether the server is well")]
        }
    };
    // Nobody waits for its farewell.
    let _ = tokio::time::timeout(PATIENCE, connection.close()).await;
    found
}

async fn look(
    connection: &mut PgConnection,
    options: &PgConnectOptions,
    place: &str,
    pooling: Pooling,
) -> Result<Vec<Examined>, sqlx::Error> {
    let asked = Utc::now();
    let server = sqlx::raw_sql(SERVER).fetch_one(&mut *connection).await?;
    let version: String = server.try_get("version")?;
    let pooled = changes_connections(connection, options).await?;
    let pooler = if pooled { ", behind a pooler that shares its connections" } else { "" };
    let mut found =
        vec![Examined::well(STORE, format!("{place} answers, version {version}{pooler}"))];
    found.push(clock(server.try_get("now")?, asked));
    found.extend(writable(&server)?);
    if !server.try_get::<bool, _>("is_made")? {
        found.push(match server.try_get::<Option<bool>, _>("may_create")? {
            Some(true) => Examined::well(SCHEMA, "there is none yet; the first start makes it"),
            _ => Examined::failed(
                SCHEMA,
                "there is none yet, and the database's user may not make it",
                "GRANT CREATE ON SCHEMA public to it, or have `asyncwarden migrate` run by one who may",
            ),
        });
        return Ok(found);
    }
    let made = sqlx::raw_sql(MADE).fetch_one(&mut *connection).await?;
    let version: i64 = made.try_get("schema")?;
    found.push(schema(version, made.try_get("oldest")?));
    if version < newest_schema() && server.try_get::<Option<bool>, _>("may_create")? != Some(true) {
        let said = "it has to be brought up to date, and the database's user may not do it";
        let advice = "have `asyncwarden migrate` run by one who may";
        found.push(Examined::failed(SCHEMA, said, advice));
    }
    if !made.try_get::<bool, _>("may_write")? {
        let said = "the database's user may not write to its tables";
        found.push(Examined::failed(
            STORE,
            said,
            "grant it INSERT, UPDATE and DELETE on all tables",
        ));
    }
    let (most, others): (i64, i64) = (server.try_get("connections")?, server.try_get("others")?);
    let wanted = i64::from(pooling.connections);
    if !pooled && wanted + others > most {
        let said = format!(
            "the server takes {most} connections, others hold {others}, and this process may want {wanted}"
        );
        let advice = "lower ASYNCWARDEN_DATABASE_CONNECTIONS, raise max_connections, or put PgBouncer between";
        found.push(Examined::warning(STORE, said, advice));
    }
    Ok(found)
}

fn writable(server: &PgRow) -> Result<Option<Examined>, sqlx::Error> {
    let said = if server.try_get::<bool, _>("replica")? {
        "the server is a replica, to which nobody can write"
    } else if server.try_get::<bool, _>("read_only")? {
        "transactions are read-only there"
    } else {
        return Ok(None);
    };
    Ok(Some(Examined::failed(STORE, said, "have DATABASE_URL lead to the primary server")))
}

/// Leases are told by the machines' clocks.
fn clock(theirs: DateTime<Utc>, asked: DateTime<Utc>) -> Examined {
    let ahead = (asked - theirs).num_seconds();
    let said = format!("this machine's is {} PostgreSQL's", apart(ahead));
    let advice = "have both clocks set by NTP, or replicas take each other's jobs away";
    match ahead.abs() {
        0..=MOST_AHEAD => Examined::well(CLOCK, "this machine's is like PostgreSQL's"),
        less if less < LEASE => Examined::warning(CLOCK, said, advice),
        _ => Examined::failed(CLOCK, said, advice),
    }
}
