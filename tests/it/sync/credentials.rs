//! Wrong credentials and expired tokens.

use music_analytics::server::provider::Credentials;
use music_analytics::server::sync;

use super::catalogue::made;
use super::support::{Fixture, ReportSpec, assert_complete, free};

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_stops_where_the_credentials_are_wrong_and_says_which() {
    let mut world = Fixture::new(made(1, 2)).await;
    world.add_artists(&[0]).await;
    let word = |text: &str| text.parse().unwrap();
    world.config.provider.credentials =
        Some(Credentials::Headers { app_id: word("somebody"), api_key: word("s3cret-key") });
    let status = world.run(&ReportSpec::month(&[0])).await;
    assert_eq!(status.state.as_str(), "failed", "{status:?}");
    let told = format!("{status:?}");
    assert!(told.contains("SOUNDCHARTS_API_KEY") && !told.contains("s3cret-key"), "{told}");
    assert!(world.requests() <= 40, "{} questions after the first refusal", world.requests());

    // A retry with correct credentials fetches the rest.
    world.config.provider.credentials = Some(Credentials::sandbox());
    let id = sync::retry(&world.db, &world.provider().await, status.id).await.unwrap();
    assert_eq!(id, status.id);
    assert_complete(&world.finish(id).await);
    world.assert_truth(&ReportSpec::month(&[0])).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_that_end_before_their_time_are_made_anew() {
    let mut world = Fixture::faulty(made(1, 3), &["expired_token@song_audience:times=1"], free()).await;
    world.add_artists(&[0]).await;
    let word = || "soundcharts".parse().unwrap();
    world.config.provider.credentials = Some(Credentials::OAuth {
        client_id: word(),
        client_secret: word(),
        team_id: None,
        token_url: format!("{}/oauth/token", world.base()).parse().unwrap(),
    });
    let question = ReportSpec::month(&[0]);
    assert_complete(&world.run(&question).await);
    world.assert_truth(&question).await;
}
