//! All tables except those of tracks.

use super::{CHANGE, CsvTable, FIGURE, PEAK, change, figure, peak, text};
use crate::domain::report::{BeforeAfter, Precisions, Report, Split};
use crate::domain::{Day, Figure};
use crate::view::figures::growth::{Compared, platform_change, split_parts};

fn with_figure(before: &[&'static str], after: &[&'static str]) -> Vec<&'static str> {
    [before, &FIGURE, after].concat()
}

/// One line per platform.
pub fn platforms(out: &mut CsvTable, report: &Report) -> Result<(), csv::Error> {
    let after = [
        &["share_percent"][..],
        &PEAK,
        &["average_daily", "days_tracked", "coverage", "data_until", "asked_until"],
        &CHANGE,
    ];
    out.head(&with_figure(&["platform", "name", "unit", "state"], &after.concat()))?;
    for row in &report.platforms {
        let fresh = report.freshness.iter().find(|fresh| fresh.platform == row.platform);
        let day = |day: Option<Day>| day.map(|day| day.to_string()).unwrap_or_default();
        let before = [text(&row.platform), text(&row.name), text(&row.unit), row.state.to_string()];
        let after = [
            row.average_daily.clone().unwrap_or_default(),
            row.days_tracked.to_string(),
            row.coverage.clone().unwrap_or_default(),
            day(fresh.and_then(|fresh| fresh.data_until)),
            day(fresh.and_then(|fresh| fresh.asked_until)),
        ];
        out.line(
            before
                .into_iter()
                .chain(figure(row.total))
                .chain([row.share.clone().unwrap_or_default()])
                .chain(peak(row.peak, row.peak_precision()))
                .chain(after)
                .chain(change(platform_change(report, &row.platform))),
        )?;
    }
    Ok(())
}

/// One line per artist, one for shared tracks, and the total: A + B - shared = total (S12).
pub fn artists(out: &mut CsvTable, report: &Report) -> Result<(), csv::Error> {
    out.head(&with_figure(&["row", "artist_uuid", "artist", "tracks"], &[]))?;
    for artist in &report.artists {
        let before =
            ["artist".to_owned(), artist.uuid.to_string(), text(&artist.name), artist.tracks.to_string()];
        out.line(before.into_iter().chain(figure(artist.total)))?;
    }
    let mut sum = |row: &str, tracks: usize, total: Option<Figure>| {
        let before = [row.to_owned(), String::new(), String::new(), tracks.to_string()];
        out.line(before.into_iter().chain(figure(total)))
    };
    sum("shared", report.shared.tracks.len(), report.shared.total)?;
    sum("total", report.summary.tracks_of as usize, report.summary.total)
}

/// One line per day and platform; no amounts if no series covers the day (S16).
pub fn days(out: &mut CsvTable, report: &Report) -> Result<(), csv::Error> {
    out.head(&["day", "platform", "amount", "value", "spread", "covered", "missing", "corrected"])?;
    for day in report.days.iter().flatten() {
        for cell in &day.platforms {
            let amount = |number: i128| if cell.covered > 0 { number.to_string() } else { String::new() };
            out.line([
                day.day.to_string(),
                text(&cell.platform),
                amount(cell.value + cell.spread),
                amount(cell.value),
                amount(cell.spread),
                cell.covered.to_string(),
                cell.missing.to_string(),
                cell.corrected.to_string(),
            ])?;
        }
    }
    Ok(())
}

/// One line per track and chart of the country (S18).
pub fn charts(out: &mut CsvTable, report: &Report) -> Result<(), csv::Error> {
    out.head(&[
        "country",
        "track_uuid",
        "chart",
        "name",
        "platform",
        "best_position",
        "first",
        "last",
        "days",
    ])?;
    if let Some(evidence) = &report.country_evidence {
        for track in &evidence.tracks {
            for chart in &track.charts {
                out.line([
                    evidence.country.as_str().to_owned(),
                    track.track.to_string(),
                    text(&chart.chart),
                    text(&chart.name),
                    text(&chart.platform),
                    chart.best_position.to_string(),
                    chart.first.to_string(),
                    chart.last.to_string(),
                    chart.days.to_string(),
                ])?;
            }
        }
    }
    Ok(())
}

/// One line per artist-level metric (S19).
pub fn artist_level(out: &mut CsvTable, report: &Report) -> Result<(), csv::Error> {
    let columns = "artist_uuid artist platform metric kind unit first first_day last last_day change average total days";
    out.head(&columns.split(' ').collect::<Vec<_>>())?;
    for row in &report.artist_level {
        out.line([
            row.artist.to_string(),
            text(&row.artist_name),
            text(&row.platform),
            row.metric.to_string(),
            row.kind.to_string(),
            text(&row.unit),
            row.first.value.to_string(),
            row.first.day.to_string(),
            row.last.value.to_string(),
            row.last.day.to_string(),
            row.change.to_string(),
            row.average.clone(),
            row.total.map(|total| total.to_string()).unwrap_or_default(),
            row.days.to_string(),
        ])?;
    }
    Ok(())
}

/// The comparison in total, by platform and by track: compared amounts, totals, and the components of their
/// difference (S21). Empty without a comparison.
pub fn growth(out: &mut CsvTable, report: &Report) -> Result<(), csv::Error> {
    let columns = "row platform track_uuid track from to until before after change percent exact days pairs pairs_of \
                   tracks tracks_of total_before total_after existing new gone calendar coverage total_before_precision \
                   total_after_precision";
    out.head(&columns.split_ascii_whitespace().collect::<Vec<_>>())?;
    let Some(growth) = &report.growth else { return Ok(()) };
    let day = |day: Option<Day>| day.map(|day| day.to_string()).unwrap_or_default();
    let days = [growth.from, growth.to, growth.until].map(day);
    let mut line = |names: [String; 4],
                    compared: Compared<'_>,
                    counts: [Option<u32>; 5],
                    sums: (BeforeAfter, Split, Precisions)| {
        let (total, split, is) = sums;
        let change = [
            compared.before.to_string(),
            compared.after.to_string(),
            compared.change.to_string(),
            compared.percent.unwrap_or_default().to_owned(),
            compared.exact.to_string(),
        ];
        let counts = counts.map(|count| count.map(|count| count.to_string()).unwrap_or_default());
        let totals = [total.before, total.after].map(|amount| amount.to_string());
        let split = split_parts(&split).map(|(_, amount)| amount.to_string());
        let first = names.into_iter().chain(days.clone()).chain(change);
        let precisions = [is.before, is.after].map(|precision| precision.to_string());
        out.line(first.chain(counts).chain(totals).chain(split).chain(precisions))
    };
    let none = String::new;
    line(
        ["total".to_owned(), none(), none(), none()],
        Compared::from(growth),
        [growth.days, growth.pairs, growth.pairs_of, growth.tracks, growth.tracks_of].map(Some),
        (growth.total, growth.split, growth.total_precision),
    )?;
    for row in &growth.platforms {
        line(
            ["platform".to_owned(), text(&row.platform), none(), none()],
            Compared::from(row),
            [Some(row.days), Some(row.pairs), Some(row.pairs_of), None, None],
            (row.total, row.split, row.total_precision),
        )?;
    }
    for (track, row) in report.tracks.iter().zip(&growth.track_rows) {
        line(
            ["track".to_owned(), none(), row.uuid.to_string(), text(&track.name)],
            Compared::from(row),
            [Some(row.days), None, None, None, None],
            (row.total, row.split, row.total_precision),
        )?;
    }
    Ok(())
}

/// The grand total, one line per unit, and data notes.
pub fn summary(out: &mut CsvTable, report: &Report) -> Result<(), csv::Error> {
    let after = ["tracks", "tracks_of", "average_daily", "days_tracked", "coverage", "incomplete"];
    out.head(&with_figure(&["row", "unit"], &after))?;
    let summary = &report.summary;
    let after = [
        summary.tracks.to_string(),
        summary.tracks_of.to_string(),
        summary.average_daily.clone().unwrap_or_default(),
        summary.days_tracked.to_string(),
        summary.coverage.clone().unwrap_or_default(),
        report.incomplete.is_some().to_string(),
    ];
    let before = ["total".to_owned(), text(&report.units_label())];
    out.line(before.into_iter().chain(figure(summary.total)).chain(after))?;
    for unit in &summary.units {
        let before = ["unit".to_owned(), text(&unit.unit)];
        out.line(before.into_iter().chain(figure(unit.total)).chain([const { String::new() }; 6]))?;
    }
    Ok(())
}
