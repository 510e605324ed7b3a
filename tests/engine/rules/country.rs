//! S18 and S20 of docs/semantics.md: the country filter, and artists that cannot be aggregated.

use music_analytics::domain::report::{Report, SkippedArtist, report};
use music_analytics::domain::{Additive, ArtistId, Figure, State};
use uuid::Uuid;

use super::support::{PLATFORM, Values, ask, day, observe, query, today};
use crate::common::{Catalogue, ChartEntry};

/// Two tracks, one of them in a chart of IT on 09-03 and 09-05 and of FR on 09-04, both outside the
/// range in a chart of DE.
fn charted() -> (Catalogue, Uuid, [Uuid; 2]) {
    let mut catalogue = Catalogue::default();
    catalogue.add_platform(PLATFORM, "streams", Additive::Counter);
    let artist = catalogue.add_artist("Artist");
    let tracks = [catalogue.add_track("One", artist), catalogue.add_track("Two", artist)];
    for track in tracks {
        observe(&mut catalogue, track, PLATFORM, "", &Values::rising("08-31", "09-30", 0, 10));
    }
    let mut enter = |chart: &str, country: &str, track, text, position| {
        catalogue.charts.push(ChartEntry {
            chart: chart.into(),
            platform: "another".into(),
            country: country.into(),
            day: day(text),
            track,
            position,
        });
    };
    enter("top-it", "IT", tracks[0], "09-03", 7);
    enter("viral-it", "IT", tracks[0], "09-05", 2);
    enter("top-fr", "FR", tracks[0], "09-04", 1);
    tracks.iter().for_each(|track| enter("top-de", "DE", *track, "08-31", 1));
    (catalogue, artist, tracks)
}

fn in_country(catalogue: &Catalogue, artist: Uuid, country: &str) -> Report {
    let mut query = query(&[artist], "09-01", "09-05");
    query.country = Some(country.parse().unwrap());
    ask(catalogue, &query)
}

fn warnings(report: &Report) -> Vec<&str> {
    report.warnings.iter().map(|warning| warning.code.as_str()).collect()
}

#[test]
fn s18_keeps_tracks_in_a_chart_of_the_country_on_any_platform() {
    let (catalogue, artist, [one, _]) = charted();
    let report = in_country(&catalogue, artist, "IT");
    assert_eq!(report.tracks.iter().map(|row| row.uuid).collect::<Vec<_>>(), [one]);
    assert_eq!((report.summary.tracks, report.summary.tracks_of), (1, 1), "counted after the filter");
    assert_eq!(report.summary.total, Some(Figure::exactly(50)), "the whole platform, not a country");
}

#[test]
fn s18_names_its_evidence() {
    let (catalogue, artist, [one, _]) = charted();
    let evidence = in_country(&catalogue, artist, "IT").country_evidence.unwrap();
    assert_eq!(evidence.tracks.len(), 1);
    assert_eq!(evidence.tracks[0].track, one);
    let charts: Vec<_> = evidence.tracks[0]
        .charts
        .iter()
        .map(|c| (c.chart.as_str(), c.best_position, c.first, c.last))
        .collect();
    let (viral, top) = (day("09-05"), day("09-03"));
    assert_eq!(charts, [("viral-it", 2, viral, viral), ("top-it", 7, top, top)], "best position first");
    assert_eq!(evidence.days_without_chart, ["09-01", "09-02", "09-04"].map(day));
}

#[test]
fn s18_says_so_and_never_calls_it_a_countrys_audience() {
    let (catalogue, artist, _) = charted();
    let report = in_country(&catalogue, artist, "IT");
    assert_eq!(warnings(&report), ["country_filter", "country_days_without_chart"]);
    assert!(report.warnings[0].message.contains("platform-wide, not country-specific"));
    assert!(report.warnings.iter().all(|warning| !warning.message.contains("streams in")));
}

#[test]
fn s18_a_chart_outside_the_range_is_no_evidence() {
    let (catalogue, artist, _) = charted();
    let report = in_country(&catalogue, artist, "DE");
    assert_eq!((report.tracks.len(), report.summary.tracks_of), (0, 0));
    assert_eq!((report.summary.total, report.platforms[0].state), (None, State::Absent));
    assert_eq!(report.country_evidence.unwrap().days_without_chart.len(), 5);
}

#[test]
fn s18_without_a_country_there_is_no_evidence_and_no_word_of_it() {
    let (catalogue, artist, _) = charted();
    let report = ask(&catalogue, &query(&[artist], "09-01", "09-05"));
    assert_eq!((report.country_evidence.is_none(), report.tracks.len()), (true, 2));
    assert_eq!(warnings(&report), [""; 0]);
}

#[test]
fn s20_an_artist_without_uuid_is_left_out_and_named() {
    let (catalogue, artist, _) = charted();
    let mut query = query(&[artist], "09-01", "09-05");
    let alone = ask(&catalogue, &query);
    let local = ArtistId::Local(3);
    query.artists.push(local);
    let mut evidence = catalogue.evidence(&query);
    evidence.skipped.push(SkippedArtist { id: local, name: "From a recording".into() });
    let report = report(&evidence, &query, today());
    assert_eq!(warnings(&report), ["artist_without_uuid"]);
    assert!(report.warnings[0].message.starts_with("From a recording "));
    assert_eq!((report.summary, report.tracks, report.artists), (alone.summary, alone.tracks, alone.artists));
    assert_eq!(local.to_string(), "local-3");
}
