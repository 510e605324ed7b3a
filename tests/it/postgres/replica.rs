//! Reads from a replica are used only if it already has this instance's writes.

use music_analytics::server::store::Db;
use music_analytics::server::store::tables::meta;
use sqlx::Connection as _;

use super::cluster::{self, Cluster};
use super::support::until;

/// Whether a transaction runs on the replica.
async fn is_replica(db: &Db) -> bool {
    let mut tx = db.read_report().await.unwrap();
    sqlx::query_scalar("select pg_is_in_recovery()").fetch_one(&mut *tx).await.unwrap()
}

async fn write(db: &Db, key: &str) {
    let mut tx = db.write().await.unwrap();
    sqlx::query("insert into meta (key, value) values ($1, '')").bind(key).execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
}

async fn reads(db: &Db, key: &str) -> bool {
    let mut tx = db.read_report().await.unwrap();
    let sql = "select count(*) from meta where key = $1";
    sqlx::query_scalar::<_, i64>(sql).bind(key).fetch_one(&mut *tx).await.unwrap() == 1
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_reads_what_it_has_written() {
    let cluster = Cluster::start();
    let url = cluster.new_database().await;
    Db::open(&url).await.unwrap().close().await;
    let name = url.split("localhost/").nth(1).unwrap().split('?').next().unwrap().to_owned();
    let stopped = cluster.stop();
    let replica = stopped.replica();
    let (_cluster, replica) = (stopped.start(), replica.start());
    let db = Db::open(&url).await.unwrap().with_replica(&replica.url(&name)).await.unwrap();
    until("the replica is asked", async || is_replica(&db).await).await;

    for number in 0..50 {
        let key = number.to_string();
        write(&db, &key).await;
        assert!(reads(&db, &key).await, "{number}");
    }
    until("the replica is asked again", async || is_replica(&db).await).await;

    // A replica that lags behind is not used.
    let mut conn = sqlx::AnyConnection::connect(&replica.url(&name)).await.unwrap();
    sqlx::query("select pg_wal_replay_pause()").execute(&mut conn).await.unwrap();
    write(&db, "paused").await;
    assert!(!is_replica(&db).await && reads(&db, "paused").await);
    sqlx::query("select pg_wal_replay_resume()").execute(&mut conn).await.unwrap();
    until("it has caught up", async || is_replica(&db).await).await;
    assert!(reads(&db, "paused").await);
    conn.close().await.unwrap();

    drop(replica);
    assert!(!is_replica(&db).await, "the primary is there");
    assert_eq!(meta::data_kind(&mut db.read_report().await.unwrap()).await.unwrap(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_of_its_own_is_no_replica() {
    let (url, other) = (cluster::new_database().await, cluster::new_database().await);
    let error = Db::open(&url).await.unwrap().with_replica(&other).await.unwrap_err().to_string();
    assert!(error.starts_with("DATABASE_READ_URL: expected a streaming replica"), "{error}");
    assert!(!error.contains("s3cret"));
}
