//! Snapshots of the tables of a small report.

use std::sync::Arc;

use super::*;
use crate::domain::amounts::figure::Precision;
use crate::domain::query::listing::{ArtistItem, CountryItem};
use crate::domain::query::{Compare, Group};
use crate::domain::report::{
    ArtistLevelRow, ArtistRow, BeforeAfter, CellRow, Change, ChartAppearance, CountryEvidence, DayCell,
    DayRow, DayValue, Freshness, Growth, PeakRow, PlatformGrowth, PlatformRow, Precisions, Report,
    ReportQuery, Shared, Split, Summary, TrackCharts, TrackGrowth, TrackRow, UnitTotal, Warning,
};
use crate::domain::series::Flag;
use crate::domain::sync::SyncState;
use crate::domain::{Figure, Kind, Metric, State};
use crate::view::analytics::page::{MissingData, PlatformChoice, QueryOutcome, ReportData};
use crate::view::analytics::syncing::ReportSync;
use crate::view::analytics::syncing::tests::status;
use crate::view::report::cards::{cards, subtotals};
use crate::view::report::table::{Cell, Part, Table};
use crate::view::report::tracks::track_page;
use crate::view::report::wording::sum_equation;
use crate::view::{AnalyticsView, ViewState};

fn figure(estimate: i128, low: i128, high: Option<i128>) -> Option<Figure> {
    Some(Figure { estimate, low, high, exact: low == estimate && high == Some(estimate) })
}

fn platform(code: &str, name: &str, unit: &str, total: Option<Figure>, share: Option<&str>) -> PlatformRow {
    PlatformRow {
        platform: code.to_owned(),
        name: name.to_owned(),
        unit: unit.to_owned(),
        state: if total.is_some() { State::Known } else { State::Absent },
        total,
        share: share.map(str::to_owned),
        peak: total.map(|total| PeakRow {
            value: total.estimate / 10,
            day: "2026-09-12".parse().unwrap(),
            exact: total.exact,
        }),
        peak_spread: 0,
        average_daily: total.map(|_| "1234.5".to_owned()),
        days_tracked: 30,
        coverage: total.map(|_| "0.9970".to_owned()),
    }
}

fn cell(platform: &str, total: Option<Figure>, flags: Vec<Flag>) -> CellRow {
    CellRow {
        platform: platform.to_owned(),
        state: if total.is_some() { State::Known } else { State::Unknown },
        total,
        average_daily: None,
        peak: None,
        days_tracked: 3,
        flags,
    }
}

fn track(number: u128, name: &str, total: Option<Figure>, platforms: Vec<CellRow>) -> TrackRow {
    TrackRow {
        uuid: uuid::Uuid::from_u128(number),
        name: name.to_owned(),
        credit: "Ada".to_owned(),
        artists: Vec::new(),
        image_url: None,
        state: if total.is_some() { State::Known } else { State::Unknown },
        total,
        platforms,
        trend: vec![Some(10), None, Some(20)],
    }
}

/// Ada 3,000 + Abe 1,500 - shared 500 = 4,000, on two of three platforms.
pub fn report() -> Report {
    let artist = |name: &str, tracks, total| ArtistRow {
        uuid: uuid::Uuid::nil(),
        name: name.to_owned(),
        tracks,
        total: figure(total, total, Some(total)),
    };
    Report {
        query: ReportQuery {
            artists: Vec::new(),
            from: "2026-09-01".parse().unwrap(),
            to: "2026-09-02".parse().unwrap(),
            platforms: Vec::new(),
            country: None,
            role: None,
            group: Group::Track,
            daily: true,
            compare: Some(Compare::Previous),
        },
        data_version: String::new(),
        hash: String::new(),
        generated_at: String::new(),
        artists: vec![artist("Abe", 1, 1_500), artist("Ada", 2, 3_000)],
        shared: Shared { tracks: vec![uuid::Uuid::from_u128(1)], total: figure(500, 500, Some(500)) },
        summary: Summary {
            total: figure(4_000, 3_900, None),
            units: vec![
                UnitTotal { unit: "streams".to_owned(), total: figure(3_000, 3_000, Some(3_000)) },
                UnitTotal { unit: "views".to_owned(), total: figure(1_000, 900, None) },
            ],
            tracks: 1,
            tracks_of: 2,
            average_daily: Some("133.3".to_owned()),
            days_tracked: 30,
            coverage: Some("0.5000".to_owned()),
        },
        incomplete: None,
        platforms: vec![
            platform("spotify", "Spotify", "streams", figure(3_000, 3_000, Some(3_000)), Some("75.0")),
            platform("youtube", "YouTube", "views", figure(1_000, 900, None), Some("25.0")),
            platform("tiktok", "TikTok", "videos", None, None),
        ],
        tracks: vec![
            track(
                1,
                "Amor",
                figure(4_000, 3_900, None),
                vec![
                    cell("spotify", figure(3_000, 3_000, Some(3_000)), Vec::new()),
                    cell("youtube", figure(1_000, 900, None), vec![Flag::Stale]),
                ],
            ),
            track(2, "Bella", None, vec![cell("spotify", None, Vec::new())]),
        ],
        days: Some(vec![DayRow {
            day: "2026-09-01".parse().unwrap(),
            platforms: vec![
                DayCell {
                    platform: "spotify".to_owned(),
                    value: 1_000,
                    spread: 0,
                    covered: 1,
                    missing: 0,
                    corrected: 0,
                },
                DayCell {
                    platform: "youtube".to_owned(),
                    value: 0,
                    spread: 0,
                    covered: 0,
                    missing: 1,
                    corrected: 1,
                },
                DayCell {
                    platform: "tiktok".to_owned(),
                    value: 0,
                    spread: 0,
                    covered: 0,
                    missing: 0,
                    corrected: 0,
                },
            ],
        }]),
        country_evidence: None,
        growth: Some(Growth {
            compare: Compare::Previous,
            from: "2026-08-01".parse().ok(),
            to: "2026-08-31".parse().ok(),
            until: "2026-09-02".parse().ok(),
            before: 3_000,
            after: 3_282,
            change: Change::Percent,
            percent: Some("9.4".to_owned()),
            exact: false,
            days: 2,
            pairs: 2,
            pairs_of: 3,
            tracks: 1,
            tracks_of: 2,
            total: BeforeAfter { before: 3_000, after: 4_000 },
            total_precision: Precisions { before: Precision::AtLeast, after: Precision::About },
            split: Split { existing: 282, new: 800, coverage: -82, ..Split::default() },
            platforms: vec![PlatformGrowth {
                platform: "spotify".to_owned(),
                before: 0,
                after: 0,
                change: Change::None,
                percent: None,
                exact: true,
                days: 0,
                pairs: 0,
                pairs_of: 2,
                total: BeforeAfter { before: 0, after: 3_000 },
                total_precision: Precisions { before: Precision::AtLeast, after: Precision::About },
                split: Split { new: 3_000, ..Split::default() },
            }],
            track_rows: vec![TrackGrowth {
                uuid: uuid::Uuid::from_u128(1),
                before: 3_000,
                after: 3_282,
                change: Change::Percent,
                percent: Some("9.4".to_owned()),
                exact: false,
                days: 2,
                total: BeforeAfter { before: 3_000, after: 4_000 },
                total_precision: Precisions { before: Precision::AtLeast, after: Precision::About },
                split: Split { existing: 282, new: 800, coverage: -82, ..Split::default() },
            }],
        }),
        artist_level: vec![ArtistLevelRow {
            artist: uuid::Uuid::nil(),
            artist_name: "Ada".to_owned(),
            platform: "spotify".to_owned(),
            platform_name: "Spotify".to_owned(),
            metric: Metric::Followers,
            kind: Kind::Stock,
            unit: "followers".to_owned(),
            first: DayValue { day: "2026-09-01".parse().unwrap(), value: 1_200 },
            last: DayValue { day: "2026-09-02".parse().unwrap(), value: 1_190 },
            change: -10,
            average: "1195.0".to_owned(),
            total: None,
            days: 2,
            values: vec![Some(1_200), Some(1_190)],
        }],
        freshness: vec![Freshness {
            platform: "spotify".to_owned(),
            data_until: "2026-11-21".parse().ok(),
            asked_until: None,
        }],
        warnings: Vec::new(),
    }
}

/// A page with that report.
pub fn page() -> AnalyticsView {
    AnalyticsView {
        today: "2026-11-22".parse().unwrap(),
        platforms: vec![PlatformChoice {
            code: "spotify".to_owned(),
            name: "Spotify".to_owned(),
            unit: None,
        }],
        countries: vec![CountryItem { code: "IT".parse().unwrap(), name: "Italy".to_owned(), charts: 2 }],
        artists: vec![ArtistItem {
            id: "local-3".parse().unwrap(),
            uuid: None,
            name: "Ada \"é\" \u{7}".to_owned(),
            country: Some("IT".to_owned()),
            source: "manual".to_owned(),
            selectable: false,
            reason: Some("why".to_owned()),
            tracks: 3,
            image_url: None,
        }],
        matches: Vec::new(),
        unmatched: Vec::new(),
        is_list_matched: false,
        examples: Vec::new(),
        outcome: QueryOutcome::Report(Arc::new(ReportData {
            report: Arc::new(with_charts()),
            missing: MissingData::default(),
            syncing: ReportSync {
                plan: Some(Default::default()),
                status: Some(status(SyncState::Running, 59)),
                starts_automatically: true,
            },
        })),
    }
}

/// With every part that a report can have.
fn with_charts() -> Report {
    let mut report = report();
    let day = report.query.from;
    report.query.country = "IT".parse().ok();
    report.country_evidence = Some(CountryEvidence {
        country: "IT".parse().unwrap(),
        tracks: vec![TrackCharts {
            track: report.tracks[0].uuid,
            charts: ["Top 50", "Viral 50"]
                .map(|name| ChartAppearance {
                    chart: name.to_lowercase(),
                    name: name.to_owned(),
                    platform: "spotify".to_owned(),
                    best_position: 3,
                    first: day,
                    last: day,
                    days: 1,
                })
                .to_vec(),
        }],
        days_without_chart: vec![day],
    });
    report.warnings.push(Warning { code: "x".to_owned(), message: "y".to_owned() });
    report
}

fn lines(table: &Table) -> Vec<String> {
    table.texts().iter().map(|row| row.join(" | ")).collect()
}

#[test]
fn platforms_with_shares_and_total() {
    assert_eq!(
        lines(&platform_table(&report())),
        [
            "Platform | Total audience | % of total | Change | Peak day | Average a day | Days tracked | Coverage | Data until",
            "Spotify streams | 3,000 | 75.0 % | n/a | 300 2026-09-12 | 1,234.5 | 30 | 99.70 % | 2026-11-21",
            "YouTube views | ≈ 1,000 | 25.0 % | – | ≥ 100 2026-09-12 | ≈ 1,234.5 | 30 | 99.70 % | –",
            "TikTok videos | none | – | – | – | – | 30 | – | –",
            "TOTAL streams + views | ≈ 4,000 | 100.0 % | ≈ +9.4 % ≈ 3K → ≈ 3.3K |  | ≈ 133.3 | 30 | 50.00 % | ",
        ]
    );
}

#[test]
fn without_a_comparison_there_is_no_column_of_changes() {
    let report = Report { growth: None, ..report() };
    assert_eq!(
        lines(&platform_table(&report))[1],
        "Spotify streams | 3,000 | 75.0 % | 300 2026-09-12 | 1,234.5 | 30 | 99.70 % | 2026-11-21"
    );
}

#[test]
fn the_change_with_where_it_comes_from() {
    assert_eq!(
        lines(&growth_table(&report()).unwrap()),
        [
            "Platform | Compared | Change | Totals | Like for like | New | Gone | Calendar | Coverage",
            "Spotify streams | – | n/a | ≥ 0 → ≈ 3,000 | 0 | +3,000 | 0 | 0 | 0",
            "TOTAL | ≈ 3K → ≈ 3.3K | ≈ +9.4 % | ≥ 3,000 → ≈ 4,000 | +282 | +800 | 0 | 0 | −82",
        ]
    );
}

#[test]
fn artists_as_a_whole_stand_by_themselves() {
    assert_eq!(
        lines(&artist_level_table(&report()).unwrap()),
        [
            "Artist | Number | First | Last | Change | Average | Sum | Days",
            "Ada | Spotify followers | 1,200 2026-09-01 | 1,190 2026-09-02 | −10 | 1,195.0 | none | 2",
        ]
    );
    assert_eq!(artist_level_table(&Report { artist_level: Vec::new(), ..report() }), None);
}

#[test]
fn shared_tracks_count_once() {
    let report = report();
    assert_eq!(
        lines(&artist_table(&report).unwrap()),
        [
            "Artist | Tracks | Total audience",
            "Abe | 1 | 1,500",
            "Ada | 2 | 3,000",
            "− Shared, counted once | 1 | 500",
            "TOTAL | 2 | ≈ 4,000",
        ]
    );
    assert_eq!(sum_equation(&report).as_deref(), Some("Abe 1,500 + Ada 3,000 − shared 500 = ≈ 4,000"));
}

#[test]
fn tracks_open() {
    let report = report();
    let mut view = ViewState::default();
    let page = track_page(&report.tracks, &view);
    assert_eq!(
        lines(&track_table(&report, &page, &view)),
        [
            "Track | Total audience | Change | Trend | Spotify | YouTube | TikTok",
            "Amor Ada | ≈ 4,000 | ≈ +9.4 % ≈ 3K → ≈ 3.3K |  | 3,000 | ≈ 1,000 | ",
            "Bella Ada | – | – |  | – |  | ",
        ]
    );
    view.set("open", "00000000-0000-0000-0000-000000000001");
    let table = track_table(&report, &page, &view);
    assert_eq!(table.bodies.iter().map(Vec::len).collect::<Vec<_>>(), [2, 1]);
    let details = &table.bodies[0][1];
    assert_eq!(details.cells[0].span, Some(7));
    assert!(details.cells[0].text().contains("YouTube views ≈ 1,000 – – 3 Stale repeat"));
    assert_eq!(table.head[1].sorted, Some("descending"));
    assert_eq!(table.head[0].sorted, None);
}

#[test]
fn platforms_open() {
    let mut view = ViewState::default();
    view.set("open", "spotify");
    let table = group_table(&report(), &view);
    assert_eq!(table.bodies.iter().map(Vec::len).collect::<Vec<_>>(), [3, 1, 1]);
    assert_eq!(lines(&table)[2], "Amor Ada | 3,000 | – | – | 3 | ");
}

#[test]
fn days_without_data_are_no_zeros() {
    assert_eq!(
        lines(&day_table(&report(), &ViewState::default()).unwrap()),
        [
            "Day | Spotify streams | YouTube views | TikTok videos",
            "2026-09-01 | 1,000 | – corrected | –",
            "TOTAL | 3,000 | ≈ 1,000 | none",
        ]
    );
}

#[test]
fn cards_have_the_exact_number_with_its_units() {
    let report = report();
    let cards: Vec<String> = cards(&report)
        .into_iter()
        .map(|card| {
            format!("{}: {}", card.title, Cell::new([vec![card.number], card.detail].concat()).text())
        })
        .collect();
    assert_eq!(
        cards,
        [
            "Total audience: ≈ 4K ≈ 4,000 streams + views ▲ ≈ +9.4 % like for like since August 2026: ≈ 3K → ≈ 3.3K, 2 days of \
             each, 1 of 2 tracks Totals: ≥ 3K → ≈ 4K (like for like +282, new +800, coverage −82)",
            "Tracks: 1 of 2 with a known figure",
            "Average a day: ≈ 133 ≈ 133.3 over 30 days covered",
            "Coverage: 50.00 % of the days expected of every track and platform",
        ]
    );
    assert_eq!(subtotals(&report.summary)[1], ("views".to_owned(), Part::figure(figure(1_000, 900, None))));
}

#[test]
fn charts_are_the_evidence_for_a_country() {
    let page = page();
    assert_eq!(
        lines(&chart_table(&with_charts(), &page).unwrap()),
        [
            "Track | Best position | Chart | First day | Last day | Other charts",
            "Amor | 3 | Top 50 | 2026-09-01 | 2026-09-01 | 1 more chart",
        ]
    );
    assert_eq!(chart_table(&report(), &page), None);
}
