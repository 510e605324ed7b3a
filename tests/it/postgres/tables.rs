//! The PostgreSQL schema.

use music_analytics::server::store::Db;
use sqlx::Connection as _;

use super::cluster;

#[tokio::test(flavor = "multi_thread")]
async fn text_compares_by_bytes_whatever_the_language() {
    let url = cluster::new_database().await;
    let (one, other) = tokio::join!(Db::open(&url), Db::open(&url));
    let (db, _other) = (one.unwrap(), other.unwrap());
    let mut tx = db.write().await.unwrap();
    let worded: i64 = sqlx::query_scalar(
        "select count(*) from information_schema.columns where table_schema = 'public' and data_type = 'text'
         and table_name <> '_sqlx_migrations' and coalesce(collation_name, '') <> 'C'",
    )
    .fetch_one(&mut *tx)
    .await
    .unwrap();
    assert_eq!(worded, 0);
    for name in ["b", "B", "ä", "a_b", "aB"] {
        let sql = "insert into rate_limits (name, full_at) values ($1, 0)";
        sqlx::query(sql).bind(name).execute(&mut *tx).await.unwrap();
    }
    let names: Vec<String> =
        sqlx::query_scalar("select name from rate_limits order by name").fetch_all(&mut *tx).await.unwrap();
    assert_eq!(names, ["B", "aB", "a_b", "b", "ä"]);
}

#[tokio::test]
async fn a_newer_database_is_left_alone() {
    let url = cluster::new_database().await;
    Db::open(&url).await.unwrap().close().await;
    let mut conn = sqlx::AnyConnection::connect(&url).await.unwrap();
    sqlx::query(
        "insert into _sqlx_migrations (version, description, success, checksum, execution_time)
         values (9000, 'of the future', true, '\\x00', 0)",
    )
    .execute(&mut conn)
    .await
    .unwrap();
    let error = Db::open(&url).await.unwrap_err().to_string();
    assert!(error.contains("a newer version of music-analytics made postgres://localhost/"), "{error}");
    assert!(error.contains("9000") && !error.contains("s3cret"), "{error}");
}
