//! `distribute`. Runs on a real Citus database if CITUS_URL points to an empty one; otherwise stand-in
//! functions with the same names record the calls.

use std::collections::BTreeSet;

use music_analytics::domain::catalogue::{Artist, Source};
use music_analytics::server::store::Db;
use music_analytics::server::store::ops::checksum;
use music_analytics::server::store::ops::distribute::{
    SHARD_PLACEMENTS, ShardPlacement, StaleSnapshot, distribute,
};
use music_analytics::server::store::tables::{artists, meta};
use sqlx::AssertSqlSafe;

use super::cluster;
use super::commands::run;

/// The parts of Citus that are used.
const STAND_IN: &str = "
    create schema stand_in;
    create table stand_in.pg_dist_partition (logicalrelid regclass, partmethod text, repmodel text, with_table text);
    create table stand_in.truncated (name text);
    create function create_reference_table(name regclass) returns void language sql as
        $$ insert into stand_in.pg_dist_partition values (name, 'n', 't', null) $$;
    create function create_distributed_table(name regclass, by text, colocate_with text) returns void language sql as
        $$ insert into stand_in.pg_dist_partition values (name, 'h', 's', by || ' with ' || colocate_with) $$;
    create table stand_in.committing (success boolean, result text);
    create function run_command_on_all_nodes(command text) returns table (success boolean, result text) language sql as
        $$ select true, '0' union all select * from stand_in.committing $$;
    create function undistribute_table(name regclass) returns void language sql as
        $$ delete from stand_in.pg_dist_partition where logicalrelid = name $$;
    create function truncate_local_data_after_distributing_table(name regclass) returns void language sql as
        $$ insert into stand_in.truncated values (name) $$;";

async fn names(db: &Db, sql: &str) -> Vec<String> {
    let mut tx = db.read().await.unwrap();
    sqlx::query_scalar(AssertSqlSafe(sql.to_owned())).fetch_all(&mut *tx).await.unwrap()
}

/// A database with the Citus stand-in.
async fn with_stand_in() -> (String, Db) {
    let url = format!("{}&options=-csearch_path%3Dpublic,stand_in", cluster::new_database().await);
    let db = Db::open(&url).await.unwrap();
    execute(&db, STAND_IN).await;
    (url, db)
}

async fn execute(db: &Db, sql: &str) {
    let mut tx = db.write().await.unwrap();
    sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
}

async fn put_artist(db: &Db, name: &str) {
    let artist = Artist {
        uuid: None,
        name: name.to_owned(),
        slug: None,
        country_code: None,
        image_url: None,
        source: Source::Manual,
        external_id: None,
    };
    let mut tx = db.write().await.unwrap();
    artists::put(&mut tx, &[artist]).await.unwrap();
    tx.commit().await.unwrap();
}

async fn versions(db: &Db) -> meta::Versions {
    meta::versions(&mut db.read().await.unwrap()).await.unwrap()
}

#[tokio::test]
async fn without_citus_it_says_what_to_do() {
    let (directory, url) = (tempfile::tempdir().unwrap(), cluster::new_database().await);
    Db::open(&url).await.unwrap().close().await;
    let (code, _, err) = run(directory.path(), &url, &["distribute"]);
    assert!(code == Some(1) && err.contains("create extension citus"), "{code:?} {err}");
    let file = format!("sqlite://{}/a.db", directory.path().display());
    let (code, _, err) = run(directory.path(), &file, &["distribute"]);
    assert!(code == Some(2) && err.contains("music-analytics copy"), "{code:?} {err}");
}

#[tokio::test]
async fn every_table_has_a_place_that_its_keys_allow() {
    let db = Db::open(&cluster::new_database().await).await.unwrap();
    let tables = "select cast(table_name as text) from information_schema.tables
                  where table_schema = 'public' and table_name <> '_sqlx_migrations'";
    let tables: BTreeSet<String> = names(&db, tables).await.into_iter().collect();
    assert_eq!(
        tables,
        SHARD_PLACEMENTS.iter().map(|(table, _)| (*table).to_owned()).collect(),
        "a new table needs a line"
    );
    let place = |table: &str| SHARD_PLACEMENTS.iter().find(|(name, _)| *name == table).unwrap().1;

    for (table, place) in SHARD_PLACEMENTS {
        let ShardPlacement::Spread(column) = place else { continue };
        let first = format!(
            "select cast(a.attname as text) from pg_index i join pg_attribute a
             on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
             where i.indrelid = '{table}'::regclass and i.indisunique"
        );
        let first = names(&db, &first).await;
        assert!(!first.is_empty() && first.iter().all(|name| name == column), "{table}: {first:?}");
    }
    let keys = "select conrelid::regclass::text || ' ' || confrelid::regclass::text from pg_constraint
                where contype = 'f'";
    for key in names(&db, keys).await {
        let (table, to) = key.split_once(' ').unwrap();
        let is_allowed = match place(table) {
            ShardPlacement::Coordinator => place(to) == ShardPlacement::Coordinator,
            // After distribution, references to fetches have no foreign key.
            ShardPlacement::Spread(_) | ShardPlacement::Everywhere => {
                place(to) == ShardPlacement::Everywhere || to == "fetches"
            }
        };
        assert!(is_allowed, "{table} names {to}");
    }
    let triggers = "select cast(tgname as text) from pg_trigger where not tgisinternal";
    assert!(names(&db, triggers).await.is_empty());
}

#[tokio::test]
async fn tables_are_distributed_once_and_keep_their_foreign_keys() {
    let (_, db) = with_stand_in().await;
    let keys = "select conrelid::regclass::text || ' ' || conname || ' ' || pg_get_constraintdef(oid)
                from pg_constraint where contype = 'f' order by 1";
    let mut before = names(&db, keys).await;
    let moved = distribute(&db, |_, _| {}).await.unwrap();
    before.retain(|key| !key.contains("REFERENCES fetches"));
    assert!(moved.gathered.is_empty());
    assert_eq!(
        moved.distributed.len(),
        SHARD_PLACEMENTS.iter().filter(|(_, place)| *place != ShardPlacement::Coordinator).count()
    );
    assert_eq!(names(&db, keys).await, before);
    let spread = "select logicalrelid::text || ' by ' || with_table from stand_in.pg_dist_partition
                  where partmethod = 'h'";
    let spread = names(&db, spread).await;
    for line in [
        "observations by track_id with none",
        "series by track_id with observations",
        "artist_windows by artist_id with artist_observations",
    ] {
        assert!(spread.iter().any(|found| found == line), "{spread:?}");
    }
    assert!(names(&db, "select name from stand_in.truncated").await.contains(&"observations".to_owned()));
    assert_eq!(distribute(&db, |_, _| {}).await.unwrap(), StaleSnapshot::default());

    // A table recreated by an upgrade.
    execute(&db, "delete from stand_in.pg_dist_partition where logicalrelid = 'observations'::regclass")
        .await;
    assert_eq!(distribute(&db, |_, _| {}).await.unwrap().distributed, ["observations"]);
    let with =
        "select with_table from stand_in.pg_dist_partition where logicalrelid = 'observations'::regclass";
    assert_eq!(names(&db, with).await, ["track_id with series"]);
    assert_eq!(names(&db, keys).await, before);

    // A table that an older version replicated to all nodes.
    let mut tx = db.write().await.unwrap();
    sqlx::raw_sql(
        "select create_reference_table('fetches');
         alter table revisions add constraint of_fetch foreign key (fetch_id) references fetches (id)",
    )
    .execute(&mut *tx)
    .await
    .unwrap();
    tx.commit().await.unwrap();
    assert_eq!(distribute(&db, |_, _| {}).await.unwrap().gathered, ["fetches"]);
    assert_eq!(names(&db, keys).await, before);

    execute(&db, "create table notes (id bigint)").await;
    let error = distribute(&db, |_, _| {}).await.unwrap_err().to_string();
    assert!(error.contains("the table notes"), "{error}");
}

#[tokio::test]
async fn what_may_be_visible_in_part_has_no_version() {
    let (url, before) = with_stand_in().await;
    put_artist(&before, "Anna").await;
    distribute(&before, |_, _| {}).await.unwrap();
    assert_eq!(versions(&before).await, versions(&before).await);
    let db = Db::open(&url).await.unwrap();
    let first = versions(&db).await;
    put_artist(&db, "Bert").await;
    let second = versions(&db).await;
    assert_ne!(first, second);
    assert_eq!(second, versions(&db).await, "it is settled");

    // A process that ended between the two steps, or one of an older version.
    put_artist(&before, "Carl").await;
    let unsettled = versions(&db).await;
    assert_ne!(unsettled, versions(&db).await);
    let found = artists::numbers_by_key(&mut db.read().await.unwrap()).await.unwrap();
    assert_eq!(found.len(), 3, "it is there all the same");
    // The next commit of any kind settles it, unless a node has prepared transactions or is unavailable.
    for machine in ["true, '1'", "false, 'connection refused'"] {
        execute(&db, &format!("insert into stand_in.committing values ({machine})")).await;
        assert_ne!(versions(&db).await, versions(&db).await, "{machine}");
        let mut tx = before.write().await.unwrap();
        sqlx::query("delete from stand_in.committing").execute(&mut *tx).await.unwrap();
        tx.commit().await.unwrap();
    }
    db.write().await.unwrap().commit().await.unwrap();
    assert_eq!(versions(&db).await, versions(&db).await);
    assert_ne!(versions(&db).await, second);
    let error = db.with_replica(&url).await.unwrap_err().to_string();
    assert!(error.contains("DATABASE_READ_URL"), "{error}");
}

#[tokio::test]
async fn on_citus_nothing_changes_but_the_place() {
    let Ok(url) = std::env::var("CITUS_URL") else {
        eprintln!("CITUS_URL is not set: distribute is not run against Citus");
        return;
    };
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path();
    let succeeds = |arguments: &[&str]| {
        let (code, out, err) = run(directory, &url, arguments);
        assert_eq!(code, Some(0), "{arguments:?}: {err}");
        out
    };
    succeeds(&["demo"]);
    let before = contents(&url).await;
    for _ in 0..2 {
        succeeds(&["distribute"]);
        let after = contents(&url).await;
        let differing: Vec<_> = before.tables.iter().zip(&after.tables).filter(|(a, b)| a != b).collect();
        assert!(differing.iter().all(|(table, _)| table.0 == "ids"), "{differing:?}");
    }
    assert_eq!(succeeds(&["rebuild"]), "");
    let db = Db::open(&url).await.unwrap();
    put_artist(&db, "Anna").await;
    assert_eq!(versions(&db).await, versions(&db).await);
    db.close().await;
    succeeds(&["check"]);
    let back = format!("sqlite://{}/back.db", directory.display());
    succeeds(&["copy", &url, &back]);
}

async fn contents(url: &str) -> checksum::Contents {
    let db = Db::open(url).await.unwrap();
    let contents = checksum::read(&mut db.read().await.unwrap(), |_, _| {}).await.unwrap();
    db.close().await;
    contents
}
