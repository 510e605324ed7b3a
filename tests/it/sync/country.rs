//! A country's charts: fetched for the days of the range, and only charts of the whole country.

use std::collections::BTreeSet;

use music_analytics::domain::catalogue::{Catalogue, Chart, ChartEntry, Frequency};
use music_analytics::server::simulator::endpoint::Endpoint;
use music_analytics::server::simulator::settings::Settings;
use music_analytics::server::sync::Started;

use super::catalogue::{made, months, track, truth_of};
use super::support::{Fixture, ReportSpec, assert_complete, free};

/// Italy has three charts: tracks 0 and 1 are in the largest, 2 is in it on other days, 3 in a weekly one of
/// another platform, 4 in a smaller one; 5 is in none.
pub fn charted() -> Catalogue {
    let mut made = made(1, 6);
    let chart = |slug: &str, platform: &str, country: &str, frequency, positions| Chart {
        slug: slug.to_owned(),
        name: slug.to_owned(),
        platform: platform.to_owned(),
        country_code: country.to_owned(),
        frequency,
        positions,
    };
    made.charts = vec![
        chart("small-it", "spotify", "IT", Frequency::Daily, 10),
        chart("top-it", "spotify", "IT", Frequency::Daily, 20),
        chart("weekly-it", "youtube", "IT", Frequency::Weekly, 20),
        chart("top-fr", "spotify", "FR", Frequency::Daily, 20),
    ];
    let entry = |slug: &str, date, number, position| ChartEntry {
        chart_slug: slug.to_owned(),
        date,
        track_uuid: track(number),
        position,
    };
    let [month, _] = months();
    for day in (month.first() - 20).up_to(month.last() + 20) {
        let is_inside = month.first() <= day && day <= month.last();
        made.chart_entries.push(entry("top-it", day, if is_inside { 0 } else { 2 }, 3));
        made.chart_entries.push(entry("top-it", day, 1, 17));
        made.chart_entries.push(entry("small-it", day, 4, 1));
        made.chart_entries.push(entry("top-fr", day, 5, 1));
        if (day - month.first()).rem_euclid(7) == 0 {
            made.chart_entries.push(entry("weekly-it", day, 3, 2));
        }
    }
    made
}

#[tokio::test(flavor = "multi_thread")]
async fn the_charts_of_a_country_choose_the_tracks() {
    // With global and city charts, which do not count for a country.
    let settings = Settings { extras: true, knobs: free(), ..Settings::default() };
    let world = Fixture::start(charted(), settings).await;
    world.add_artists(&[0]).await;
    let question = ReportSpec { country: Some("IT"), ..ReportSpec::month(&[0]) };
    assert_complete(&world.run(&question).await);

    let report = world.report(&question).await;
    let charted: BTreeSet<_> = [0, 1, 3].map(track).into();
    assert_eq!(report.tracks.iter().map(|row| row.uuid).collect::<BTreeSet<_>>(), charted);
    let total = report.summary.total.unwrap();
    assert_eq!((total.estimate, total.exact), (truth_of(&world.catalogue, &charted, question.range()), true));

    let mut tx = world.db.read().await.unwrap();
    let active: Vec<(String, i64)> =
        sqlx::query_as("select slug, active from charts").fetch_all(&mut *tx).await.unwrap();
    drop(tx);
    for (slug, is_active) in active {
        let expected = ["top-it", "weekly-it", "top-fr"].contains(&slug.as_str());
        assert_eq!(is_active == 1, expected, "{slug}");
    }
    let asked = world.simulator.journal();
    assert!(
        asked
            .entries
            .iter()
            .filter(|entry| entry.endpoint == Some(Endpoint::Ranking))
            .all(|entry| { entry.line.contains("/top-it/") || entry.line.contains("/weekly-it/") })
    );
    let days = question.range().day_count() as u64;
    assert_eq!(asked.counts_for(Endpoint::Ranking).received, days + days.div_ceil(7));

    assert!(matches!(world.ask(&question.request()).await, Started::NothingMissing(_)));
    let everywhere = ReportSpec::month(&[0]);
    assert!(matches!(world.ask(&everywhere.request()).await, Started::NothingMissing(_)));
    world.assert_truth(&everywhere).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn platforms_that_are_new_arrive_disabled_and_without_a_kind() {
    let world = Fixture::new(made(1, 1)).await;
    world.add_artists(&[0]).await;
    let before = world.number("select count(*) from platforms").await;
    assert_complete(&world.run(&ReportSpec::month(&[0])).await);
    assert!(world.number("select count(*) from platforms").await > before);
    let new = "select count(*) from platform_metrics where platform_id > 25";
    assert!(world.number(new).await > 0);
    let enabled =
        "select count(*) from platform_metrics where platform_id > 25 and (enabled <> 0 or kind is not null)";
    assert_eq!(world.number(enabled).await, 0);
}
