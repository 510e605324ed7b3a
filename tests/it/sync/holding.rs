//! Real and demo data never mix, and a database without a provider reports it.

use music_analytics::server::base::clock::today;
use music_analytics::server::config::Config;
use music_analytics::server::error::Error;
use music_analytics::server::store::tables::meta::{self, DataKind};
use music_analytics::server::sync::{self, Provider, ProviderKind};
use serde_json::json;

use super::catalogue::{made, months};
use super::served::ApiServer;
use super::support::{FAST, Fixture, ReportSpec, assert_complete};

impl Fixture {
    async fn becomes(&self, holding: DataKind) {
        let mut tx = self.db.write().await.unwrap();
        meta::claim_as(&mut tx, holding).await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn holding(&self) -> Option<DataKind> {
        meta::data_kind(&mut self.db.read().await.unwrap()).await.unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn real_data_without_credentials_is_never_filled_up() {
    let mut world = Fixture::new(made(1, 1)).await;
    world.add_artists(&[0]).await;
    world.becomes(DataKind::Real).await;
    world.config = Config::default();
    let provider = world.provider().await;
    assert_eq!(provider.kind(), None);
    let refused = sync::start(&world.db, &provider, &ReportSpec::month(&[0]).request()).await;
    assert!(matches!(refused, Err(Error::SyncOff(_))), "{refused:?}");
    let mut state = world.db.snapshot().await.unwrap();
    let request = ReportSpec::month(&[0]).request();
    assert_eq!(sync::plan(&mut state, &provider, &request, today()).await.unwrap(), None);
    let served = ApiServer::over(&world).await;
    let (status, problem) = served
        .post(
            "/syncs",
            &json!({"artists": [world.catalogue.artists[0].uuid], "month": months()[0].to_string()}),
        )
        .await;
    assert_eq!(status, 503);
    assert!(problem["detail"].as_str().unwrap().contains("SOUNDCHARTS_APP_ID"), "{problem}");
    served.stop().await;
    assert_eq!((world.requests(), world.number("select count(*) from syncs").await), (0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn demo_data_with_credentials_are_refused_at_the_start() {
    let world = Fixture::new(made(1, 1)).await;
    world.becomes(DataKind::Demo).await;
    let refused = Provider::choose(&world.config, &world.db).await;
    assert!(matches!(&refused, Err(Error::Setting(what)) if what.contains("DATABASE_URL")), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_others_made_real_since_is_not_filled_with_the_demo() {
    let mut world = Fixture::new(made(1, 1)).await;
    world.add_artists(&[0]).await;
    world.config = Config::default();
    let provider = world.provider().await;
    assert_eq!(provider.kind(), Some(ProviderKind::Simulator));
    world.becomes(DataKind::Real).await;
    let refused = sync::start(&world.db, &provider, &ReportSpec::month(&[0]).request()).await;
    assert!(matches!(refused, Err(Error::SyncOff(_))), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sync_makes_an_empty_database_real() {
    let world = Fixture::new(made(1, 1)).await;
    world.add_artists(&[0]).await;
    assert_eq!(world.holding().await, None);
    assert_complete(&world.run(&ReportSpec::month(&[0])).await);
    assert_eq!(world.holding().await, Some(DataKind::Real));
}

/// Takes some seconds, because the demo catalogue is generated.
#[tokio::test(flavor = "multi_thread")]
async fn an_empty_database_without_credentials_becomes_the_demo() {
    let mut world = Fixture::new(made(1, 1)).await;
    world.config = Config::default();
    world.config.provider.max_per_minute = FAST;
    let served = ApiServer::over(&world).await;
    let (status, found) = served.get("/provider/artists?q=a").await;
    assert_eq!(status, 200, "{found}");
    let uuid = found["items"][0]["uuid"].as_str().unwrap().to_owned();
    assert_eq!(world.holding().await, None, "looking changes nothing");
    let (status, added) = served.post("/artists", &json!({"uuid": uuid})).await;
    assert_eq!((status, added["uuid"].as_str()), (201, Some(uuid.as_str())), "{added}");
    assert_eq!(world.holding().await, Some(DataKind::Demo));
    let body = json!({"artists": [uuid], "month": months()[0].to_string(), "platforms": ["spotify"]});
    let (status, started) = served.post("/syncs", &body).await;
    assert_eq!(status, 202, "{started}");
    let status = world.ended(started["id"].as_str().unwrap().parse().unwrap()).await;
    assert!(!status.state.is_open() && status.percent == 100, "{status:?}");
    assert_eq!(served.post("/syncs", &body).await.0, 200);
    served.stop().await;
    assert_eq!(world.requests(), 0, "the simulator of the process itself was asked");
}
