//! From an artist's UUID to an exact report, and what is fetched again.

use music_analytics::server::base::clock::{now, today};
use music_analytics::server::reports;
use music_analytics::server::simulator::endpoint::Endpoint;
use music_analytics::server::store::observations::revisions;
use music_analytics::server::store::tables::tracks;
use music_analytics::server::sync::{Request, Started};

use super::catalogue::{artist, made, track};
use super::support::{Fixture, ReportSpec, assert_complete, until};
use music_analytics::domain::catalogue::ArtistKey;

#[tokio::test(flavor = "multi_thread")]
async fn from_a_uuid_alone_to_a_complete_report() {
    let world = Fixture::new(made(2, 6)).await;
    world.add_artists(&[0]).await;
    let question = ReportSpec::month(&[0]);
    assert_complete(&world.run(&question).await);
    world.assert_truth(&question).await;
    let report = world.report(&question).await;
    // Six of its own, and one of the other artist on which it is featured.
    assert_eq!((report.summary.tracks, report.summary.tracks_of), (7, 7));
    let availability = reports::availability(&world.db, &question.query(), today()).await.unwrap();
    assert!(availability.complete && availability.never_fetched.is_empty(), "{availability:?}");

    let asked = world.requests();
    assert!(
        matches!(world.ask(&question.request()).await, Started::NothingMissing(plan) if plan.requests == 0)
    );
    assert_eq!(world.requests(), asked);
    assert_eq!(world.number("select count(*) from syncs").await, 1);
}

/// Lists have no ISRCs: songs are requested once, ten per request, even those without an ISRC.
#[tokio::test(flavor = "multi_thread")]
async fn songs_get_their_isrcs_once() {
    let mut catalogue = made(1, 13);
    catalogue.tracks[4].isrc = None;
    let world = Fixture::new(catalogue).await;
    world.add_artists(&[0]).await;
    let question = ReportSpec::month(&[0]);
    assert_complete(&world.run(&question).await);
    assert_eq!(world.number("select count(*) from tracks where isrc is not null").await, 12);
    assert_eq!(world.simulator.journal().counts_for(Endpoint::Song).received, 2);
    assert!(matches!(world.ask(&question.request()).await, Started::NothingMissing(_)));
    // A fetch in the current second is not outdated.
    let fetched = now();
    until("a second is over", async || now() > fetched).await;
    let Started::Open(id, plan) = world.ask(&Request { refresh: true, ..question.request() }).await else {
        panic!("nothing to refresh")
    };
    assert!(plan.requests > 0);
    assert_complete(&world.finish(id).await);
    assert_eq!(
        world.simulator.journal().counts_for(Endpoint::Song).received,
        2,
        "an ISRC is not asked for again"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_longer_range_fetches_only_what_is_new() {
    let world = Fixture::new(made(1, 3)).await;
    world.add_artists(&[0]).await;
    let (short, long) = (ReportSpec::month(&[0]), ReportSpec::two_months(&[0]));
    assert_complete(&world.run(&short).await);
    assert_complete(&world.run(&long).await);
    world.assert_truth(&short).await;
    world.assert_truth(&long).await;
    assert!(world.simulator.journal().days_fetched_again().is_empty());
}

/// S24: complete lists replace earlier ones.
#[tokio::test(flavor = "multi_thread")]
async fn a_song_that_has_moved_to_another_artist_is_no_longer_the_first_one_s() {
    let mut world = Fixture::new(made(2, 3)).await;
    world.add_artists(&[0, 1]).await;
    let (first, both) = (ReportSpec::month(&[0]), ReportSpec::month(&[0, 1]));
    assert_complete(&world.run(&both).await);
    let before = world.report(&first).await;

    let moved = before.tracks[0].uuid;
    for part in world.catalogue.track_artists.iter_mut().filter(|part| part.track_uuid == moved) {
        part.artist = ArtistKey::Uuid(artist(1));
    }
    world.catalogue.track_artists.dedup_by_key(|part| (part.track_uuid, part.artist.clone()));
    world.catalogue.artists[0].name = "Artist, renamed".to_owned();
    world.catalogue.tracks.iter_mut().find(|t| t.uuid == track(1)).unwrap().name = "Another title".to_owned();
    world.simulator.replace(world.catalogue.clone());
    let fetched = now();
    until("a second is over", async || now() > fetched).await;
    let Started::Open(id, _) = world.ask(&Request { refresh: true, ..both.request() }).await else {
        panic!("nothing to refresh")
    };
    assert_complete(&world.finish(id).await);
    let after = world.report(&first).await;
    assert_eq!(after.summary.tracks_of, before.summary.tracks_of - 1);
    assert!(after.tracks.iter().all(|track| track.uuid != moved));
    assert_eq!(after.artists[0].name, "Artist, renamed");
    assert_eq!(world.number("select count(*) from tracks where name = 'Another title'").await, 1);
    assert!(world.number("select count(*) from ended_links").await > 0, "the history is kept");
    for question in [first, ReportSpec::month(&[1]), both] {
        world.assert_truth(&question).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_takes_over_what_the_provider_has_corrected() {
    let mut world = Fixture::new(made(1, 3)).await;
    world.add_artists(&[0]).await;
    let question = ReportSpec::month(&[0]);
    assert_complete(&world.run(&question).await);
    world.assert_truth(&question).await;

    let corrected = world.catalogue.observations.iter_mut().find(|line| line.track_uuid == track(1)).unwrap();
    let last = corrected.observations.iter_mut().find(|observation| observation.day == question.to).unwrap();
    let before = last.value;
    last.value += 7;
    world.simulator.replace(world.catalogue.clone());
    assert!(matches!(world.ask(&question.request()).await, Started::NothingMissing(_)), "nobody has asked");

    // A fetch in the current second is not outdated.
    let fetched = now();
    until("a second is over", async || now() > fetched).await;
    let refresh = Request { refresh: true, ..question.request() };
    let Started::Open(id, plan) = world.ask(&refresh).await else { panic!("nothing to refresh") };
    assert!(plan.requests > 0);
    assert_complete(&world.finish(id).await);
    world.assert_truth(&question).await;
    let mut tx = world.db.read().await.unwrap();
    let number = tracks::numbers(&mut tx).await.unwrap()[&track(1)];
    let revised = revisions::of_track(&mut tx, number).await.unwrap();
    assert_eq!(revised.len(), 1, "{revised:?}");
    let kept = revised[0].replaced.before.observation;
    assert_eq!((kept.day, kept.value), (question.to, before));
    drop(tx);
    assert_eq!(world.number("select count(*) from revisions").await, 1);
}
