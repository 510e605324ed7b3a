//! Compares the engine with the results of an independent implementation (tests/golden/README.md).

use crate::common;
use std::collections::BTreeSet;

use crate::common::{Catalogue, golden_directories, golden_query};
use music_analytics::domain::query::Compare;
use music_analytics::domain::report::report;
use music_analytics::domain::series::{Flag, Series, derive};
use music_analytics::domain::{Additive, Day, Figure, Query};
use serde_json::{Value, json};

#[test]
fn every_report_is_as_expected() {
    for directory in golden_directories() {
        let catalogue = Catalogue::read(&directory);
        for (number, expected) in
            common::expected(&directory)["reports"].as_array().unwrap().iter().enumerate()
        {
            let query = golden_query(&expected["query"]);
            let today: Day = "2026-11-22".parse().unwrap();
            let report = report(&catalogue.evidence(&query), &query, today);
            common::assert_report(
                &serde_json::to_value(&report).unwrap(),
                expected,
                &format!("{directory:?} #{number}"),
            );
        }
    }
}

/// Against the previous period and the year before (S21).
#[test]
fn every_growth_is_as_expected() {
    for directory in golden_directories() {
        let catalogue = Catalogue::read(&directory);
        let expected = common::expected(&directory);
        for (number, expected) in expected["reports"].as_array().unwrap().iter().enumerate() {
            for compare in Compare::ALL {
                let query = Query { compare: Some(*compare), ..golden_query(&expected["query"]) };
                let report = report(&catalogue.evidence(&query), &query, "2026-11-22".parse().unwrap());
                let found = serde_json::to_value(report.growth.unwrap()).unwrap();
                for (field, expected) in expected["growth"][compare.as_str()].as_object().unwrap() {
                    assert_eq!(found[field], *expected, "{directory:?} #{number} {compare}: {field}");
                }
            }
        }
    }
}

#[test]
fn every_flag_is_as_expected() {
    for directory in golden_directories() {
        let catalogue = Catalogue::read(&directory);
        let mut found = BTreeSet::new();
        for ((track, platform), identifiers) in &catalogue.observations {
            let registry = catalogue.platforms.iter().find(|p| p.platform.code == *platform).unwrap();
            if registry.platform.kind != Additive::Counter {
                continue;
            }
            let release = catalogue.tracks.iter().find(|t| t.uuid == *track).unwrap().release;
            for series in derive(Additive::Counter, registry.mirrors, &common::identified(identifiers)) {
                flags(series.with_release(release), |flag, day| {
                    found.insert((track.to_string(), platform.clone(), flag.to_string(), day.to_string()));
                });
            }
        }
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let expected: BTreeSet<_> = common::expected(&directory)["flags"]
            .as_array()
            .unwrap()
            .iter()
            .map(|f| (text(&f["track"]), text(&f["platform"]), text(&f["flag"]), text(&f["day"])))
            .collect();
        let (missing, extra) = (
            expected.difference(&found).collect::<Vec<_>>(),
            found.difference(&expected).collect::<Vec<_>>(),
        );
        assert!(
            missing.is_empty() && extra.is_empty(),
            "{directory:?}: missing {missing:?}, extra {extra:?}"
        );
    }
}

fn flags(series: Series, mut found: impl FnMut(Flag, Day)) {
    series.left_out.iter().for_each(|day| found(Flag::Glitch, *day));
    for step in &series.steps {
        step.kind.flags().iter().for_each(|flag| found(*flag, step.last));
    }
}

/// The mock-up of the product's first sketch, rebuilt as daily amounts: 15.8M in total, Spotify 12.5M with a peak
/// of 450K, YouTube 3.2M with 120K, Shazam 89K with 5K, and 526K per day.
#[test]
fn the_first_sketch_gives_its_numbers() {
    let mut catalogue = Catalogue::default();
    let platforms = [
        ("spotify", "streams", 12_500_000, 450_000),
        ("youtube", "views", 3_200_000, 120_000),
        ("shazam", "Shazams", 89_000, 5_000),
    ];
    for (code, unit, _, _) in platforms {
        catalogue.add_platform(code, unit, Additive::Flow);
    }
    let artist = catalogue.add_artist("Achille Lauro");
    let tracks: Vec<_> = (0..12).map(|n| catalogue.add_track(&format!("Track {n}"), artist)).collect();
    let first: Day = "2024-09-01".parse().unwrap();
    for (code, _, total, peak) in platforms {
        // The peak day belongs to one track; the rest is spread over the other 29 days and 12 tracks.
        let rest = total - peak;
        let slots = 29 * 12;
        for slot in 0..slots {
            let amount = rest / slots + i64::from(slot < rest % slots);
            let day = first + 1 + (slot / 12) as i32;
            catalogue.add_value(tracks[(slot % 12) as usize], code, day, amount);
        }
        for (n, track) in tracks.iter().enumerate() {
            catalogue.add_value(*track, code, first, if n == 0 { peak } else { 0 });
        }
    }
    let query = golden_query(&json!({"artists": [artist], "from": "2024-09-01", "to": "2024-09-30"}));
    let report = report(&catalogue.evidence(&query), &query, "2026-11-22".parse().unwrap());
    assert_eq!(report.summary.total, Some(Figure::exactly(15_789_000)));
    assert_eq!((report.summary.tracks, report.summary.tracks_of), (12, 12));
    assert_eq!(report.summary.average_daily.as_deref(), Some("526300.0"));
    let rows: Vec<_> = report
        .platforms
        .iter()
        .map(|row| (row.total.unwrap().estimate, row.share.clone().unwrap(), row.peak.unwrap().value))
        .collect();
    assert_eq!(
        rows,
        [
            (12_500_000, "79.2".into(), 450_000),
            (3_200_000, "20.3".into(), 120_000),
            (89_000, "0.5".into(), 5_000)
        ]
    );
}
