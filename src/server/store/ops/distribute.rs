//! Distributes a PostgreSQL database with Citus: track data by track, artist data by artist, registries on
//! every node, accounts and work on the coordinator only.

use std::collections::BTreeSet;

use sqlx::AssertSqlSafe;

use crate::server::error::Error;
use crate::server::store::engine::postgres::{self, ForeignKey, has_citus};
use crate::server::store::engine::{Reference, version};
use crate::server::store::sql::{is_postgres, quoted};
use crate::server::store::tables::meta;
use crate::server::store::{Conn, Db};

/// Where the rows of a table are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShardPlacement {
    /// Each row on one node, by this column, the first of the primary key. Equal values are colocated across
    /// tables.
    Spread(&'static str),
    /// Copied to every node, so that every row can reference and join them locally.
    Everywhere,
    /// On the coordinator only. Neither foreign keys nor joins connect them with rows on other nodes.
    Coordinator,
}

/// Placement of each table. A new table needs an entry.
pub const SHARD_PLACEMENTS: [(&str, ShardPlacement); 46] = [
    ("artists", ShardPlacement::Everywhere),
    ("tracks", ShardPlacement::Everywhere),
    ("track_artists", ShardPlacement::Everywhere),
    ("ended_links", ShardPlacement::Everywhere),
    ("platforms", ShardPlacement::Everywhere),
    ("platform_metrics", ShardPlacement::Everywhere),
    ("fetched_lists", ShardPlacement::Everywhere),
    ("charts", ShardPlacement::Everywhere),
    ("chart_days", ShardPlacement::Everywhere),
    ("chart_windows", ShardPlacement::Everywhere),
    ("observations", ShardPlacement::Spread("track_id")),
    ("series", ShardPlacement::Spread("track_id")),
    ("revisions", ShardPlacement::Spread("track_id")),
    ("fetched_windows", ShardPlacement::Spread("track_id")),
    ("identifiers", ShardPlacement::Spread("track_id")),
    ("chart_entries", ShardPlacement::Spread("track_id")),
    ("artist_observations", ShardPlacement::Spread("artist_id")),
    ("artist_revisions", ShardPlacement::Spread("artist_id")),
    ("artist_windows", ShardPlacement::Spread("artist_id")),
    ("confirmations", ShardPlacement::Spread("track_id")),
    ("artist_confirmations", ShardPlacement::Spread("artist_id")),
    // Every change writes one; on every node, it would turn each commit into a commit on all nodes.
    ("fetches", ShardPlacement::Coordinator),
    ("meta", ShardPlacement::Coordinator),
    ("ids", ShardPlacement::Coordinator),
    ("shared_identifiers", ShardPlacement::Coordinator),
    ("syncs", ShardPlacement::Coordinator),
    ("sync_units", ShardPlacement::Coordinator),
    ("sync_needs", ShardPlacement::Coordinator),
    ("failed_series", ShardPlacement::Coordinator),
    ("refusals", ShardPlacement::Coordinator),
    ("rate_limits", ShardPlacement::Coordinator),
    ("provider_searches", ShardPlacement::Coordinator),
    ("users", ShardPlacement::Coordinator),
    ("sessions", ShardPlacement::Coordinator),
    ("api_tokens", ShardPlacement::Coordinator),
    ("second_factors", ShardPlacement::Coordinator),
    ("recovery_codes", ShardPlacement::Coordinator),
    ("half_sign_ins", ShardPlacement::Coordinator),
    ("sign_in_tries", ShardPlacement::Coordinator),
    ("identities", ShardPlacement::Coordinator),
    ("sign_in_flows", ShardPlacement::Coordinator),
    ("audit_log", ShardPlacement::Coordinator),
    ("api_calls", ShardPlacement::Coordinator),
    ("imports", ShardPlacement::Coordinator),
    ("import_files", ShardPlacement::Coordinator),
    ("import_changes", ShardPlacement::Coordinator),
];

/// Tables whose placement has changed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StaleSnapshot {
    /// Tables moved from the coordinator.
    pub distributed: Vec<&'static str>,
    /// Tables moved back to the coordinator.
    pub gathered: Vec<&'static str>,
}

/// Distributes all tables not distributed yet. `progress` receives done and total tables.
///
/// # Errors
/// The database has no Citus, or a table has no distribution rule.
pub async fn distribute(db: &Db, mut progress: impl FnMut(u64, u64)) -> Result<StaleSnapshot, Error> {
    let mut tx = db.write().await?;
    if !is_postgres(&tx) || !has_citus(&mut tx).await? {
        return Err(Error::Unusable(
            "this database has no Citus: add citus to shared_preload_libraries of its server, start that again, and \
             `create extension citus` here (docs/operations.md)"
                .to_owned(),
        ));
    }
    ensure_all_placed(&mut tx).await?;
    postgres::disable_timeouts(&mut tx).await?;
    let mut done = distributed(&mut tx).await?;
    let to_move: Vec<(&str, ShardPlacement)> = SHARD_PLACEMENTS
        .into_iter()
        .filter(|(table, place)| (*place != ShardPlacement::Coordinator) != done.contains(*table))
        .collect();
    // Foreign keys block moving single tables; those that remain possible are restored at the end.
    let keys = foreign_keys_of(&mut tx, &to_move).await?;
    for key in &keys {
        alter(&mut tx, key, &format!("drop constraint {}", quoted(&key.name))).await?;
    }
    let mut moved = StaleSnapshot::default();
    for ((table, place), number) in to_move.iter().zip(1..) {
        let sql = match place {
            ShardPlacement::Spread(column) => {
                let together = colocated_table(*place, &done).unwrap_or("none");
                format!(
                    "select create_distributed_table('{table}', '{column}', colocate_with => '{together}')"
                )
            }
            ShardPlacement::Everywhere => format!("select create_reference_table('{table}')"),
            ShardPlacement::Coordinator => format!("select undistribute_table('{table}')"),
        };
        sqlx::query(AssertSqlSafe(sql)).execute(&mut *tx).await?;
        if *place == ShardPlacement::Coordinator {
            moved.gathered.push(*table);
        } else {
            done.insert((*table).to_owned());
            moved.distributed.push(*table);
        }
        progress(number, to_move.len() as u64);
    }
    for key in keys.iter().filter(|key| can_reference(&key.reference)) {
        alter(&mut tx, key, &format!("add constraint {} {}", quoted(&key.name), key.definition)).await?;
    }
    meta::distribute(&mut tx).await?;
    tx.commit().await?;
    truncate_local_rows(db).await?;
    Ok(moved)
}

/// Whether a foreign key is possible: not between the coordinator and other nodes.
fn can_reference(reference: &Reference) -> bool {
    let is_on_coordinator = |table: &str| {
        SHARD_PLACEMENTS.iter().any(|(name, place)| *name == table && *place == ShardPlacement::Coordinator)
    };
    is_on_coordinator(&reference.table) == is_on_coordinator(&reference.to)
}

/// A table without a placement would stay on the coordinator, where its references do not work.
async fn ensure_all_placed(conn: &mut Conn) -> Result<(), Error> {
    let tables: BTreeSet<String> = postgres::columns(conn).await?.into_iter().map(|c| c.table).collect();
    let is_known =
        |table: &str| table == version::TABLE || SHARD_PLACEMENTS.iter().any(|(name, _)| *name == table);
    match tables.into_iter().find(|table| !is_known(table)) {
        Some(table) => Err(Error::Unusable(format!(
            "the table {table} is not one of music-analytics {}: move it to another schema",
            env!("CARGO_PKG_VERSION")
        ))),
        None => Ok(()),
    }
}

/// Tables that Citus distributes or replicates.
async fn distributed(conn: &mut Conn) -> Result<BTreeSet<String>, Error> {
    let tables: Vec<String> = sqlx::query_scalar(
        "select cast(c.relname as text) from pg_dist_partition p join pg_class c on c.oid = p.logicalrelid
         where p.partmethod = 'h' or p.repmodel = 't'",
    )
    .fetch_all(conn)
    .await?;
    Ok(tables.into_iter().collect())
}

/// A distributed table with the same column, to colocate with.
fn colocated_table(place: ShardPlacement, done: &BTreeSet<String>) -> Option<&'static str> {
    SHARD_PLACEMENTS
        .iter()
        .find(|(table, other)| *other == place && done.contains(*table))
        .map(|(table, _)| *table)
}

/// Foreign keys from or to these tables.
async fn foreign_keys_of(
    conn: &mut Conn,
    tables: &[(&str, ShardPlacement)],
) -> Result<Vec<ForeignKey>, Error> {
    let is_one = |name: &String| tables.iter().any(|(table, _)| name == table);
    let mut keys = postgres::foreign_keys(conn).await?;
    keys.retain(|key| is_one(&key.reference.table) || is_one(&key.reference.to));
    Ok(keys)
}

async fn alter(conn: &mut Conn, key: &ForeignKey, change: &str) -> Result<(), Error> {
    let sql = format!("alter table {} {change}", quoted(&key.reference.table));
    sqlx::query(AssertSqlSafe(sql)).execute(conn).await?;
    Ok(())
}

/// Removes the coordinator's hidden rows from before the distribution.
async fn truncate_local_rows(db: &Db) -> Result<(), Error> {
    for (table, place) in SHARD_PLACEMENTS {
        if place == ShardPlacement::Coordinator {
            continue;
        }
        let mut tx = db.write().await?;
        postgres::disable_timeouts(&mut tx).await?;
        let sql = format!("select truncate_local_data_after_distributing_table('{table}')");
        sqlx::query(AssertSqlSafe(sql)).execute(&mut *tx).await?;
        tx.commit().await?;
    }
    Ok(())
}
