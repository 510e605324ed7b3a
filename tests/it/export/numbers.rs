//! The workbook contains every number of the report, unchanged.

use calamine::Data;
use music_analytics::domain::State;
use music_analytics::domain::report::{BeforeAfter, PeakRow, Report, Split};
use music_analytics::view::report::wording::total_label;

use super::book::{Book, FIRST, Sheet};
use super::support;

#[test]
fn golden_reports_are_in_their_workbooks() {
    for report in support::golden() {
        every_number(&report, &Book::export(&report));
    }
}

#[tokio::test]
async fn the_demo_is_in_its_workbook() {
    let report = support::demo().await;
    assert!(!report.artist_level.is_empty() && report.country_evidence.is_some() && report.growth.is_some());
    every_number(&report, &Book::export(&report));
}

fn every_number(report: &Report, book: &Book) {
    summary(report, book.sheet("Summary"));
    platforms(report, book.sheet("Platforms"));
    tracks(report, book.sheet("Tracks"));
    parts(report, book.sheet("Tracks by platform"));
    artists(report, book.sheet("Artists"));
    assert_eq!(book.has("Daily"), report.days.is_some());
    if report.days.is_some() {
        days(report, book.sheet("Daily"), book.sheet("Daily details"));
    }
    assert_eq!(book.has("Growth"), report.growth.is_some());
    if report.growth.is_some() {
        growth(report, book.sheet("Growth"));
    }
    assert_eq!(book.has("Artists as a whole"), !report.artist_level.is_empty());
    if !report.artist_level.is_empty() {
        level(report, book.sheet("Artists as a whole"));
    }
    assert_eq!(book.has("Charts"), report.country_evidence.is_some());
    if report.country_evidence.is_some() {
        charts(report, book.sheet("Charts"));
    }
    coverage(report, book.sheet("Coverage and corrections"));
    about(report, book.sheet("About"));
}

fn peak(sheet: &Sheet, row: u32, column: u32, peak: Option<PeakRow>) {
    sheet.is_count(row, column, peak.map(|peak| peak.value));
    sheet.is_day(row, column + 1, peak.map(|peak| peak.day));
}

fn summary(report: &Report, sheet: &Sheet) {
    let summary = &report.summary;
    sheet.is_figure(sheet.row(total_label(report)), 1, summary.total, State::Unknown);
    for unit in summary.units.iter().filter(|_| summary.units.len() > 1) {
        sheet.is_figure(sheet.row(&unit.unit), 1, unit.total, State::Unknown);
    }
    sheet.is_count(sheet.row("Tracks with a known figure"), 1, Some(summary.tracks.into()));
    sheet.is_count(sheet.row("Tracks"), 1, Some(summary.tracks_of.into()));
    sheet.is_decimal(sheet.row("Average a day"), 1, summary.average_daily.as_deref(), 1.0);
    sheet.is_count(sheet.row("Days covered"), 1, Some(summary.days_tracked.into()));
    sheet.is_decimal(sheet.row("Coverage"), 1, summary.coverage.as_deref(), 1.0);
}

fn platforms(report: &Report, sheet: &Sheet) {
    let at = |header| sheet.column(header, 0);
    for (row, platform) in (FIRST..).zip(&report.platforms) {
        assert_eq!(sheet.text(row, at("Code")), platform.platform);
        assert_eq!(sheet.text(row, at("State")), platform.state.as_str());
        sheet.is_figure(row, at("Total audience"), platform.total, platform.state);
        sheet.is_decimal(row, at("% of total"), platform.share.as_deref(), 100.0);
        sheet.is_decimal(row, at("Average a day"), platform.average_daily.as_deref(), 1.0);
        peak(sheet, row, at("Peak"), platform.peak);
        sheet.is_count(row, at("Days tracked"), Some(platform.days_tracked.into()));
        sheet.is_decimal(row, at("Coverage"), platform.coverage.as_deref(), 1.0);
        let fresh = report.freshness.iter().find(|fresh| fresh.platform == platform.platform).unwrap();
        sheet.is_day(row, at("Data until"), fresh.data_until);
        sheet.is_day(row, at("Asked until"), fresh.asked_until);
    }
    let total = sheet.row("TOTAL");
    assert_eq!(total, FIRST + report.platforms.len() as u32);
    sheet.is_figure(total, at("Total audience"), report.summary.total, State::Unknown);
    sheet.is_decimal(total, at("Average a day"), report.summary.average_daily.as_deref(), 1.0);
    sheet.is_count(total, at("Days tracked"), Some(report.summary.days_tracked.into()));
    sheet.is_decimal(total, at("Coverage"), report.summary.coverage.as_deref(), 1.0);
}

fn tracks(report: &Report, sheet: &Sheet) {
    let (total, uuid) = (sheet.column("Total audience", 0), sheet.column("Track UUID", 0));
    let first = sheet.column("Exact", 0) + 1;
    for (row, track) in (FIRST..).zip(&report.tracks) {
        assert_eq!((sheet.text(row, 0), sheet.text(row, uuid)), (track.name.clone(), track.uuid.to_string()));
        sheet.is_figure(row, total, track.total, track.state);
        for (column, platform) in (first..).zip(&report.platforms) {
            let cell = track.platforms.iter().find(|cell| cell.platform == platform.platform);
            sheet.is_count(row, column, cell.and_then(|cell| cell.total).map(|figure| figure.estimate));
            let is_empty = *sheet.cell(row, column) == Data::Empty;
            assert_eq!(is_empty, cell.is_none(), "absent is empty, unknown is not");
        }
    }
    let last = sheet.row("TOTAL");
    assert_eq!(last, FIRST + report.tracks.len() as u32);
    sheet.is_figure(last, total, report.summary.total, State::Unknown);
    for (column, platform) in (first..).zip(&report.platforms) {
        sheet.is_count(last, column, platform.total.map(|figure| figure.estimate));
    }
}

fn parts(report: &Report, sheet: &Sheet) {
    let at = |header| sheet.column(header, 0);
    let mut row = FIRST;
    for track in &report.tracks {
        if track.platforms.is_empty() {
            assert_eq!(sheet.text(row, at("Track UUID")), track.uuid.to_string());
            sheet.is_figure(row, at("Total audience"), None, State::Absent);
            row += 1;
        }
        for cell in &track.platforms {
            assert_eq!(sheet.text(row, at("Track UUID")), track.uuid.to_string());
            assert_eq!(sheet.text(row, at("Code")), cell.platform);
            sheet.is_figure(row, at("Total audience"), cell.total, cell.state);
            sheet.is_decimal(row, at("Average a day"), cell.average_daily.as_deref(), 1.0);
            peak(sheet, row, at("Peak"), cell.peak);
            sheet.is_count(row, at("Days tracked"), Some(cell.days_tracked.into()));
            assert_eq!(sheet.text(row, at("Notes")).is_empty(), cell.flags.is_empty());
            row += 1;
        }
    }
    assert_eq!(row, sheet.row("TOTAL"));
    sheet.is_figure(row, at("Total audience"), report.summary.total, State::Unknown);
}

fn artists(report: &Report, sheet: &Sheet) {
    for (row, artist) in (FIRST..).zip(&report.artists) {
        assert_eq!(sheet.text(row, 0), artist.name);
        sheet.is_count(row, 1, Some(artist.tracks.into()));
        sheet.is_figure(row, 2, artist.total, State::Unknown);
    }
    if report.artists.len() > 1 {
        let row = sheet.row("− Shared, counted once");
        let shared = &report.shared;
        sheet.is_count(row, 1, Some(shared.tracks.len() as i128));
        let state = if shared.tracks.is_empty() { State::Absent } else { State::Unknown };
        sheet.is_figure(row, 2, shared.total, state);
    }
    let row = sheet.row("TOTAL");
    sheet.is_count(row, 1, Some(report.summary.tracks_of.into()));
    sheet.is_figure(row, 2, report.summary.total, State::Unknown);
}

fn days(report: &Report, daily: &Sheet, details: &Sheet) {
    let mut row = FIRST;
    for (wide, day) in (FIRST..).zip(report.days.as_ref().unwrap()) {
        daily.is_day(wide, 0, Some(day.day));
        for (column, cell) in (1..).zip(&day.platforms) {
            let known = |number: i128| (cell.covered > 0).then_some(number);
            daily.is_count(wide, column, known(cell.value + cell.spread));
            assert_eq!(*daily.cell(wide, column) == Data::Empty, cell.covered == 0, "a gap is no zero");
            details.is_day(row, 0, Some(day.day));
            assert_eq!(details.text(row, 2), cell.platform);
            for (column, number) in [
                (4, known(cell.value)),
                (5, known(cell.spread)),
                (6, known(cell.value + cell.spread)),
                (7, Some(cell.covered.into())),
                (8, Some(cell.missing.into())),
            ] {
                details.is_count(row, column, number);
            }
            row += 1;
        }
    }
    let total = daily.row("TOTAL");
    for (column, platform) in (1..).zip(&report.platforms) {
        daily.is_count(total, column, platform.total.map(|figure| figure.estimate));
    }
}

fn growth(report: &Report, sheet: &Sheet) {
    let growth = report.growth.as_ref().unwrap();
    let is_row = |row: u32, matched: [i128; 2], percent: Option<&str>, total: BeforeAfter, split: Split| {
        for (column, number) in (2..).zip(matched) {
            sheet.is_count(row, column, Some(number));
        }
        sheet.is_decimal(row, 4, percent, 100.0);
        let Split { existing, new, gone, calendar, coverage } = split;
        let difference = total.after - total.before;
        let numbers = [total.before, total.after, difference, existing, new, gone, calendar, coverage];
        for (column, number) in (5..).zip(numbers) {
            sheet.is_count(row, column, Some(number));
        }
    };
    for (row, platform) in (FIRST..).zip(&growth.platforms) {
        assert_eq!(sheet.text(row, 1), platform.platform);
        let matched = [platform.before, platform.after];
        is_row(row, matched, platform.percent.as_deref(), platform.total, platform.split);
    }
    let whole = [growth.before, growth.after];
    is_row(sheet.row("TOTAL"), whole, growth.percent.as_deref(), growth.total, growth.split);
    let first = sheet.row("By track") + 2;
    for (row, track) in (first..).zip(&growth.track_rows) {
        assert_eq!(sheet.text(row, 1), track.uuid.to_string());
        is_row(row, [track.before, track.after], track.percent.as_deref(), track.total, track.split);
    }
    sheet.is_day(sheet.row("Its first day"), 1, growth.from);
    sheet.is_day(sheet.row("Its last day"), 1, growth.to);
    sheet.is_day(sheet.row("Compared until"), 1, growth.until);
    sheet.is_count(sheet.row("Tracks compared"), 1, Some(growth.tracks.into()));
    sheet.is_count(sheet.row("Tracks"), 1, Some(growth.tracks_of.into()));
}

fn level(report: &Report, sheet: &Sheet) {
    for (row, number) in (FIRST..).zip(&report.artist_level) {
        assert_eq!(
            (sheet.text(row, 0), sheet.text(row, 2)),
            (number.artist_name.clone(), number.platform.clone())
        );
        sheet.is_count(row, 6, Some(number.first.value));
        sheet.is_day(row, 7, Some(number.first.day));
        sheet.is_count(row, 8, Some(number.last.value));
        sheet.is_day(row, 9, Some(number.last.day));
        sheet.is_count(row, 10, Some(number.change));
        sheet.is_decimal(row, 11, Some(&number.average), 1.0);
        sheet.is_count(row, 12, number.total);
        sheet.is_count(row, 13, Some(number.days.into()));
    }
}

fn charts(report: &Report, sheet: &Sheet) {
    let evidence = report.country_evidence.as_ref().unwrap();
    let charts =
        evidence.tracks.iter().flat_map(|track| track.charts.iter().map(move |chart| (track.track, chart)));
    for (row, (track, chart)) in (FIRST..).zip(charts) {
        assert_eq!((sheet.text(row, 8), sheet.text(row, 2)), (track.to_string(), chart.chart.clone()));
        sheet.is_count(row, 4, Some(chart.best_position.into()));
        sheet.is_day(row, 5, Some(chart.first));
        sheet.is_day(row, 6, Some(chart.last));
        sheet.is_count(row, 7, Some(chart.days.into()));
    }
}

fn coverage(report: &Report, sheet: &Sheet) {
    for warning in &report.warnings {
        let mut rows = FIRST..=sheet.last_row();
        let is_row = |row| sheet.text(row, 0) == warning.code && sheet.text(row, 1) == warning.message;
        assert!(rows.any(is_row), "{}", warning.message);
    }
    let flags = report.tracks.iter().flat_map(|track| &track.platforms).map(|cell| cell.flags.len());
    let head = sheet.row("Unusual figures") + 1;
    let count = flags.sum::<usize>().max(1) as u32;
    assert_eq!(sheet.last_row(), head + count, "a row for each flag of each figure");
    if let Some(evidence) = report.country_evidence.as_ref().filter(|e| !e.days_without_chart.is_empty()) {
        let first = sheet.row("Days without a fetched chart") + 2;
        for (row, day) in (first..).zip(&evidence.days_without_chart) {
            sheet.is_day(row, 0, Some(*day));
        }
    }
}

fn about(report: &Report, sheet: &Sheet) {
    sheet.is_day(sheet.row("First day"), 1, Some(report.query.from));
    sheet.is_day(sheet.row("Last day"), 1, Some(report.query.to));
    for (name, value) in [
        ("Data version", &report.data_version),
        ("Report hash", &report.hash),
        ("Generated at", &report.generated_at),
    ] {
        assert_eq!(sheet.text(sheet.row(name), 1), *value);
    }
    let api = sheet.text(sheet.row("API"), 1);
    assert!(api.starts_with("http://127.0.0.1:3000/api/v1/report?artist="), "{api}");
    assert!(sheet.text(sheet.row("Page"), 1).starts_with("http://127.0.0.1:3000/analytics?artist="));
}
