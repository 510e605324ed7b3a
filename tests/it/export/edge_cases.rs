//! Edge cases: names that look like formulas, very large numbers, unknown values, empty reports.

use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};
use music_analytics::domain::query::Parameters;
use music_analytics::domain::report::{Report, report};
use music_analytics::domain::{Additive, Day, Figure, State};
use music_analytics::server::export::workbook;
use music_analytics::view::report::wording::total_label;

use super::book::Book;
use super::support;
use crate::common::Catalogue;

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

/// Two tracks, one of them known, by an artist with this name.
fn small(name: &str) -> Report {
    let mut catalogue = Catalogue::default();
    catalogue.add_platform("spotify", "streams", Additive::Counter);
    let artist = catalogue.add_artist(name);
    let known = catalogue.add_track(name, artist);
    catalogue.add_track("+unknown", artist);
    for (number, day) in day("2026-08-31").up_to(day("2026-09-30")).enumerate() {
        catalogue.add_value(known, "spotify", day, 1_000 + 10 * number as i64);
    }
    let parameters = Parameters {
        artists: vec![artist.to_string()],
        month: Some("2026-09".to_owned()),
        daily: Some("true".to_owned()),
        ..Parameters::default()
    };
    let query = parameters.check().unwrap();
    report(&catalogue.evidence(&query), &query, day("2026-11-22"))
}

#[test]
fn no_text_begins_a_formula() {
    for name in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "=HYPERLINK(\"http://example.com\")", "a\u{1}b"] {
        let book = Book::export(&small(name));
        let shown = name.replace('\u{1}', "\u{fffd}");
        let mut found = 0;
        for sheet in book.sheets() {
            for (row, column, data) in sheet.cells() {
                if *data == Data::String(shown.clone()) {
                    assert_eq!(sheet.formula(row, column), None);
                    found += 1;
                }
            }
            for (_, _, formula) in sheet.formulas() {
                assert!(!formula.contains("HYPERLINK") && formula != "1+1", "{formula}");
            }
        }
        assert!(found >= 4, "{name:?} is found as it is: {found}");
    }
}

#[test]
fn unknown_is_never_zero() {
    let report = small("Ada");
    let book = Book::export(&report);
    let tracks = book.sheet("Tracks");
    let row = tracks.row("+unknown");
    tracks.is_figure(row, tracks.column("Total audience", 0), None, State::Unknown);
    for (name, days_tracked) in [("Tracks", 0), ("Tracks by platform", 1)] {
        let sheet = book.sheet(name);
        let row = sheet.row("+unknown");
        let numbers = sheet.cells().filter(|(r, _, data)| *r == row && matches!(data, Data::Float(_)));
        assert_eq!(numbers.count(), days_tracked, "{name}");
    }
}

#[test]
fn numbers_that_no_spreadsheet_holds_are_text() {
    let mut report = small("Ada");
    let huge = (1 << 53) + 1;
    let set = |total: &mut Option<Figure>| *total = Some(Figure::exactly(huge));
    set(&mut report.summary.total);
    set(&mut report.platforms[0].total);
    set(&mut report.tracks[0].total);
    set(&mut report.tracks[0].platforms[0].total);
    let book = Book::export(&report);
    for name in ["Summary", "Platforms", "Tracks", "Tracks by platform"] {
        let sheet = book.sheet(name);
        let texts =
            sheet.cells().filter(|(_, _, data)| **data == Data::String("9007199254740993".to_owned()));
        assert!(texts.count() >= 3, "{name}");
        for (row, column, _) in sheet.cells() {
            let is_rounded = sheet.number(row, column).is_some_and(|number| number.abs() > 9e15);
            assert!(!is_rounded, "{name} {row}:{column}");
        }
    }
}

#[test]
fn nothing_known_is_a_workbook_too() {
    let mut report = small("Ada");
    (report.summary.total, report.platforms[0].total) = (None, None);
    report.platforms[0].state = State::Unknown;
    let book = Book::export(&report);
    let row = book.sheet("Summary").row(total_label(&report));
    book.sheet("Summary").is_figure(row, 1, None, State::Unknown);
}

#[test]
fn an_empty_report_is_a_workbook_too() {
    let mut report = small("Ada");
    report.tracks.clear();
    report.platforms.clear();
    report.artists.clear();
    report.days = Some(Vec::new());
    (report.summary.total, report.summary.units) = (None, Vec::new());
    let book = Book::export(&report);
    assert_eq!(book.sheet("Platforms").text(4, 0), "TOTAL");
    assert_eq!(book.sheet("Platforms").text(4, 4), "–");
}

#[test]
fn tables_stay_in_view_and_can_be_filtered() {
    let mut bytes = Cursor::new(Vec::new());
    let report = support::golden().remove(0);
    workbook::write(&report, "http://127.0.0.1:3000", &mut bytes).unwrap();
    let names = Xlsx::new(Cursor::new(bytes.get_ref().clone())).unwrap().sheet_names();
    assert_eq!(names[..4], ["Summary", "Platforms", "Tracks", "Tracks by platform"]);
    // The zip directory contains file names uncompressed.
    let all = String::from_utf8_lossy(bytes.get_ref());
    for part in ["xl/charts/chart1.xml", "xl/charts/chart2.xml"] {
        assert!(all.contains(part), "{part}: charts of totals and of days");
    }
}

#[test]
fn a_sheet_that_excel_cannot_hold_is_refused() {
    let mut report = small("Ada");
    let track = report.tracks[1].clone();
    report.tracks = std::iter::repeat_n(track, 1_048_576).collect();
    let refused = workbook::write(&report, "", Cursor::new(Vec::new())).unwrap_err();
    assert!(refused.to_string().contains("1048576"), "{refused}");
}
