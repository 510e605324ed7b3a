//! Rate limits, concurrency limits and quota.

use std::num::NonZeroU32;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use music_analytics::domain::sync::quota::QuotaLeft;
use music_analytics::server::provider::{
    Client, Error, InMemoryLimiter, Limiter, LimiterError, LimiterFuture, Recovery, Referential, Settings,
};
use serde_json::json;

use super::stub::{Reply, Stub, client};

fn platforms() -> Reply {
    Reply::list(&json!([{"name": "Spotify", "code": "spotify"}]))
}

async fn ask(client: &Client, times: usize) -> Vec<Result<(), Error>> {
    join_all((0..times).map(async |_| client.platforms(Referential::All).await.map(drop))).await
}

fn answered(answers: &[Result<(), Error>]) -> usize {
    answers.iter().filter(|answer| answer.is_ok()).count()
}

#[tokio::test]
async fn no_more_requests_at_once_than_allowed() {
    let stub = Stub::start(|_| platforms().after(Duration::from_millis(20))).await;
    let answers = ask(&client(Settings { concurrency: 3, ..stub.settings() }), 20).await;
    assert_eq!((answered(&answers), stub.busiest()), (20, 3));
}

#[tokio::test]
async fn no_faster_than_allowed() {
    let stub = Stub::start(|_| platforms()).await;
    // 20 per second with a burst of 20: the next 10 take half a second.
    let limiter = InMemoryLimiter::new(NonZeroU32::new(1200).unwrap());
    let client = Client::new(stub.settings(), Arc::new(limiter)).unwrap();
    let start = Instant::now();
    assert_eq!(answered(&ask(&client, 30).await), 30);
    let took = start.elapsed();
    assert!((400..2000).contains(&took.as_millis()), "{took:?}");
}

/// A limiter that records calls, like one backed by a database.
#[derive(Debug, Default)]
struct Recorded {
    turns: AtomicUsize,
    held: Mutex<Vec<Duration>>,
    is_broken: bool,
}

impl Limiter for Recorded {
    fn turn(&self) -> LimiterFuture<'_, Result<Duration, LimiterError>> {
        Box::pin(async {
            self.turns.fetch_add(1, Ordering::SeqCst);
            if self.is_broken {
                Err(LimiterError("the database is busy".to_owned()))
            } else {
                Ok(Duration::ZERO)
            }
        })
    }

    fn hold(&self, pause: Duration) -> LimiterFuture<'_, Result<(), LimiterError>> {
        Box::pin(async move {
            self.held.lock().unwrap().push(pause);
            Ok(())
        })
    }
}

#[tokio::test]
async fn every_request_takes_a_turn_and_a_told_pause_is_for_all() {
    let stub = Stub::with_quota(Some(1000), |seen| match seen.before {
        0 => Reply::error(429, "maximum request count").header("x-ratelimit-reset", 1),
        _ => platforms(),
    })
    .await;
    let limiter = Arc::new(Recorded::default());
    let client = Client::new(stub.settings(), Arc::clone(&limiter) as Arc<dyn Limiter>).unwrap();
    client.platforms(Referential::All).await.unwrap();
    assert_eq!(limiter.turns.load(Ordering::SeqCst), stub.seen().len() + stub.probes());
    assert_eq!(*limiter.held.lock().unwrap(), [Duration::from_secs(1)]);
}

#[tokio::test]
async fn a_limiter_that_fails_is_an_error_that_passes() {
    let stub = Stub::start(|_| platforms()).await;
    let limiter = Recorded { is_broken: true, ..Recorded::default() };
    let error = Client::new(stub.settings(), Arc::new(limiter))
        .unwrap()
        .platforms(Referential::All)
        .await
        .unwrap_err();
    assert!(error.to_string().contains("the database is busy"), "{error}");
    assert_eq!(error.recovery(), Recovery::RetryLater(None));
}

#[tokio::test]
async fn the_reserve_is_never_touched() {
    let stub = Stub::with_quota(Some(12), |_| platforms().after(Duration::from_millis(5))).await;
    let client = client(Settings { quota_reserve: Some(5), ..stub.settings() });
    let answers = ask(&client, 50).await;
    // Calls in flight count as used, so some are rejected although one would be left.
    while client.quota().unwrap().left > 5 {
        client.platforms(Referential::All).await.unwrap();
    }
    assert_eq!(stub.quota(), Some(5));
    let error = answers.into_iter().find_map(Result::err).unwrap();
    assert!(matches!(error, Error::QuotaReserveReached { reserve: 5, .. }), "{error}");
    assert_eq!(error.recovery(), Recovery::StopAll);
    let requests = stub.seen().len();
    assert!(client.platforms(Referential::All).await.is_err());
    assert_eq!((stub.seen().len(), requests), (7, 7), "refused without asking");
}

#[tokio::test]
async fn a_reserve_that_is_reached_at_the_start_is_not_touched_either() {
    let stub = Stub::with_quota(Some(100), |_| platforms()).await;
    let settings = Settings { quota_first_seen: Some(1000), ..stub.settings() };
    let error = client(settings).platforms(Referential::All).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "Only 100 Soundcharts calls are left in this billing term and 100 are kept in reserve: \
         wait for the next term, or lower SOUNDCHARTS_QUOTA_RESERVE"
    );
    assert_eq!((stub.seen().len(), stub.probes(), stub.quota()), (0, 1, Some(100)));
}

#[tokio::test]
async fn the_quota_can_be_asked_for_free() {
    let stub = Stub::with_quota(Some(990), |_| platforms()).await;
    let client = stub.client();
    assert_eq!(client.quota(), None);
    let expected = QuotaLeft { left: 990, reserve: 99, first_seen: 990 };
    assert_eq!(client.check_quota().await.unwrap(), Some(expected));
    client.platforms(Referential::All).await.unwrap();
    assert_eq!(client.quota(), Some(QuotaLeft { left: 989, ..expected }));
    assert_eq!(stub.probes(), 1, "what is known is not asked for again");
    let silent = Stub::start(|_| platforms()).await.client();
    assert_eq!(silent.check_quota().await.unwrap(), None);
}

#[tokio::test]
async fn a_quota_that_is_used_up_stops_further_requests() {
    let stub = Stub::start(|_| Reply::error(429, "Maximum quota reached")).await;
    let client = stub.client();
    let error = client.platforms(Referential::All).await.unwrap_err();
    assert!(matches!(error, Error::QuotaExhausted), "{error}");
    assert_eq!(error.recovery(), Recovery::StopAll);
    assert!(matches!(client.platforms(Referential::All).await, Err(Error::QuotaReserveReached { .. })));
    assert_eq!(stub.seen().len(), 1);
}

#[tokio::test]
async fn a_cancelled_question_gives_everything_back() {
    let stub = Stub::with_quota(Some(100), |seen| match seen.before {
        0..4 => platforms().after(Duration::from_secs(30)),
        _ => platforms(),
    })
    .await;
    let client = client(Settings { concurrency: 2, quota_reserve: Some(90), ..stub.settings() });
    for requests in [2, 4] {
        let all_sent = async {
            while stub.seen().len() < requests {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::select! {
            _ = ask(&client, 2) => panic!("an answer came"),
            () = all_sent => {}
        }
    }
    // Four calls may have been charged; two permits are free.
    assert_eq!(client.quota().unwrap().left, 96);
    assert_eq!(answered(&ask(&client, 2).await), 2);
}
