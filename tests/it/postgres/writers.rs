//! Only one write transaction runs at a time over all instances; failed writes are reported.

use std::time::Duration;

use music_analytics::server::error::Error;
use music_analytics::server::store::Db;
use music_analytics::server::store::tables::provider_searches;
use tokio::time::Instant;

use super::cluster;

const ADD: &str = "insert into rate_limits (name, full_at) values ($1, 0)";

#[tokio::test(flavor = "multi_thread")]
async fn the_second_writer_waits_and_is_told_so_after_ten_seconds() {
    let url = cluster::new_database().await;
    let (one, other) = (Db::open(&url).await.unwrap(), Db::open(&url).await.unwrap());
    let mut tx = one.write().await.unwrap();
    sqlx::query(ADD).bind("first").execute(&mut *tx).await.unwrap();
    let began = Instant::now();
    let refused = other.write().await.map(drop);
    assert!(matches!(refused, Err(Error::Busy)), "{refused:?}");
    let waited = began.elapsed();
    assert!((9..14).contains(&waited.as_secs()), "{waited:?}");

    let waiting = tokio::spawn(async move {
        let mut tx = other.write_within(Duration::from_secs(60)).await.unwrap();
        let names: Vec<String> =
            sqlx::query_scalar("select name from rate_limits").fetch_all(&mut *tx).await.unwrap();
        assert_eq!(names, ["first"], "it sees what the other has written");
    });
    tx.commit().await.unwrap();
    waiting.await.unwrap();
    assert!(sqlx::query(ADD).bind("x").execute(&mut *one.read().await.unwrap()).await.is_err());
}

#[tokio::test]
async fn a_character_that_cannot_be_stored_is_a_wrong_question() {
    let db = Db::open(&cluster::new_database().await).await.unwrap();
    let found = provider_searches::get(&mut db.read().await.unwrap(), "a\0b", 0).await;
    assert!(matches!(found, Err(Error::Invalid(_))), "{found:?}");
    assert!(provider_searches::get(&mut db.read().await.unwrap(), "ab", 0).await.unwrap().is_none());
}
