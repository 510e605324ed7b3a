//! Properties of every report, whatever the data: bounds, and totals as sums of parts.

use music_analytics::domain::amounts::figure::Precision;
use music_analytics::domain::query::Compare;
use music_analytics::domain::report::{Aggregation, BeforeAfter, CellRow, Report, Split, report};
use music_analytics::domain::{Additive, Day, Figure, Month, Query, Range, State};
use proptest::prelude::*;
use serde_json::json;
use uuid::Uuid;

use super::faulty_catalogues::{Case, case};
use crate::common::{Catalogue, golden_query};

/// Reference implementation of the sum of figures: an unknown one removes the upper bound, an absent one is
/// skipped.
fn sum(parts: impl IntoIterator<Item = (State, Option<Figure>)>) -> (State, Option<Figure>) {
    let parts: Vec<_> = parts.into_iter().filter(|(state, _)| *state != State::Absent).collect();
    let known: Vec<Figure> = parts.iter().filter_map(|(_, figure)| *figure).collect();
    let all_known = known.len() == parts.len();
    if known.is_empty() {
        return (if parts.is_empty() { State::Absent } else { State::Unknown }, None);
    }
    let highs: Option<Vec<i128>> = known.iter().map(|figure| figure.high).collect();
    let sum = Figure {
        estimate: known.iter().map(|figure| figure.estimate).sum(),
        low: known.iter().map(|figure| figure.low).sum(),
        high: highs.filter(|_| all_known).map(|highs| highs.iter().sum()),
        exact: all_known && known.iter().all(|figure| figure.exact),
    };
    (State::Known, Some(sum))
}

fn cells(report: &Report) -> impl Iterator<Item = (Uuid, &CellRow)> {
    report.tracks.iter().flat_map(|track| track.platforms.iter().map(|cell| (track.uuid, cell)))
}

fn figures(report: &Report) -> Vec<Figure> {
    let of_rows =
        report.platforms.iter().map(|row| row.total).chain(report.tracks.iter().map(|row| row.total));
    let of_cells = cells(report).map(|(_, cell)| cell.total);
    let of_artists = report.artists.iter().map(|row| row.total);
    let of_units = report.summary.units.iter().map(|row| row.total);
    let totals = [report.summary.total, report.shared.total];
    of_rows.chain(of_cells).chain(of_artists).chain(of_units).chain(totals).flatten().collect()
}

/// "33.4" as 334.
fn tenths(share: &str) -> i128 {
    share.replace('.', "").parse().unwrap()
}

/// The figures of a cell known in both reports, and in the report over their ranges together.
fn split<'a>(whole: &'a Report, parts: [&'a Report; 2]) -> Vec<(Figure, [Figure; 2])> {
    let find = |report: &Report, track: Uuid, platform: &str| {
        cells(report)
            .find(|(uuid, cell)| *uuid == track && cell.platform == platform)
            .and_then(|(_, cell)| cell.total)
    };
    cells(whole)
        .filter_map(|(track, cell)| {
            let [a, b] = parts.map(|part| find(part, track, &cell.platform));
            Some((cell.total?, [a?, b?]))
        })
        .collect()
}

proptest! {
    // Half as many cases, because each is a whole catalogue.
    #![proptest_config(ProptestConfig {
        cases: ProptestConfig::default().cases / 2, failure_persistence: None, ..ProptestConfig::default()
    })]

    #[test]
    fn every_estimate_lies_within_its_bounds(case in case()) {
        for figure in figures(&case.report()) {
            prop_assert!(0 <= figure.low && figure.low <= figure.estimate, "{:?}", figure);
            prop_assert!(figure.high.is_none_or(|high| figure.estimate <= high), "{:?}", figure);
            prop_assert!(!figure.exact || figure == Figure::exactly(figure.estimate), "{:?}", figure);
        }
    }

    #[test]
    fn parts_of_the_tracks_add_up_to_the_same_report(case in case(), size in 1_usize..4) {
        let mut query = case.query(&case.artists, case.from, case.to);
        query.compare = Some(Compare::Previous);
        let evidence = case.catalogue.evidence(&query);
        let whole = Aggregation::new(&evidence, &query, case.today);
        let parts = evidence.tracks.chunks(size).map(|tracks| whole.with(whole.sums(), tracks));
        // In reverse order, because threads finish in any order.
        let sums = parts.fold(whole.sums(), |sums, part| part.merged(sums));
        let data_version = whole.data_version(&sums);
        let json = |report: Report| serde_json::to_string(&report).unwrap();
        let parted = Report { data_version, ..whole.report(sums) };
        prop_assert_eq!(json(parted), json(report(&evidence, &query, case.today)));
    }

    #[test]
    fn the_days_of_a_platform_add_up_to_its_estimate(case in case()) {
        let report = case.report();
        let days = report.days.as_ref().unwrap();
        prop_assert_eq!(days.len() as i32, case.to - case.from + 1);
        for (index, platform) in report.platforms.iter().enumerate() {
            let of_day = || days.iter().map(|row| &row.platforms[index]);
            let estimate = platform.total.map_or(0, |figure| figure.estimate);
            prop_assert_eq!(of_day().map(|cell| cell.value + cell.spread).sum::<i128>(), estimate);
            prop_assert!(of_day().all(|cell| cell.value >= 0 && cell.spread >= 0));
            let tracked = of_day().filter(|cell| cell.covered > 0).count();
            prop_assert_eq!(tracked as u32, platform.days_tracked);
            // The table's peak is the chart's largest day with at most a tenth estimated.
            if let Some(found) = platform.peak {
                let largest = days
                    .iter()
                    .map(|row| (&row.platforms[index], row.day))
                    .filter(|(cell, _)| cell.covered > 0 && 10 * cell.spread <= cell.value + cell.spread)
                    .map(|(cell, day)| (cell.value + cell.spread, day, cell.precision() == Precision::Exact))
                    .rev()
                    .max_by_key(|(amount, _, _)| *amount);
                if found.value > 0 {
                    prop_assert_eq!(largest, Some((found.value, found.day, found.exact)));
                    prop_assert_eq!(platform.peak_precision() == Precision::Exact, found.exact);
                }
            }
        }
    }

    /// S21: the components of the difference add up to it, in total, per platform and per track.
    #[test]
    fn a_change_of_totals_is_the_sum_of_its_parts(case in case(), year in any::<bool>()) {
        let compare = if year { Compare::Year } else { Compare::Previous };
        let query = Query { compare: Some(compare), ..case.query(&case.artists, case.from, case.to) };
        let report = report(&case.catalogue.evidence(&query), &query, case.today);
        let growth = report.growth.as_ref().unwrap();
        let is_identity = |before: i128, after: i128, total: BeforeAfter, split: Split| {
            let parts = split.existing + split.new + split.gone + split.calendar + split.coverage;
            split.existing == after - before && parts == total.after - total.before && split.gone <= 0
        };
        prop_assert!(is_identity(growth.before, growth.after, growth.total, growth.split));
        for row in &growth.platforms {
            prop_assert!(is_identity(row.before, row.after, row.total, row.split), "{:?}", row);
        }
        for row in &growth.track_rows {
            prop_assert!(is_identity(row.before, row.after, row.total, row.split), "{:?}", row);
        }
        let of_platforms: i128 = growth.platforms.iter().map(|row| row.total.after).sum();
        let of_tracks: i128 = growth.track_rows.iter().map(|row| row.total.after).sum();
        prop_assert_eq!((of_platforms, of_tracks), (growth.total.after, growth.total.after));
        if growth.until == Some(case.to) {
            let estimate = report.summary.total.map_or(0, |total| total.estimate);
            prop_assert_eq!(growth.total.after, estimate, "the headline");
            if let Some(total) = report.summary.total {
                prop_assert_eq!(growth.total_precision.after, total.precision(), "with its sign (S10)");
            }
            for (row, compared) in report.tracks.iter().zip(&growth.track_rows) {
                if let Some(total) = row.total {
                    prop_assert_eq!(compared.total_precision.after, total.precision());
                }
            }
        }
        let uuids: Vec<Uuid> = report.tracks.iter().map(|track| track.uuid).collect();
        prop_assert_eq!(growth.track_rows.iter().map(|row| row.uuid).collect::<Vec<_>>(), uuids);
    }

    /// A counter with a constant daily amount does not change, whenever it begins, ends or is late.
    #[test]
    fn a_constant_amount_has_not_changed(
        from in 0i32..100, days in 2i32..100, first in 0i64..1_000_000, amount in 1i64..1_000,
        asked in 0i32..120, length in 1i32..60, today in 0i32..130, month in any::<bool>(),
    ) {
        let start: Day = "2026-01-01".parse().unwrap();
        let mut catalogue = Catalogue::default();
        catalogue.add_platform("spotify", "streams", Additive::Counter);
        let artist = catalogue.add_artist("Artist");
        let track = catalogue.add_track("Track", artist);
        for day in 0..days {
            catalogue.add_value(track, "spotify", start + from + day, first + i64::from(day) * amount);
        }
        let range = if month { Range::month(Month::containing(start + asked)) } else {
            Range::new(start + asked, start + asked + length).unwrap()
        };
        let (today, [from, to]) = (start + today, [range.from(), range.to()]);
        let mut query = golden_query(&json!({"artists": [artist], "from": from, "to": to}));
        query.compare = Some(Compare::Previous);
        let growth = report(&catalogue.evidence(&query), &query, today).growth.unwrap();
        prop_assert_eq!(growth.before, growth.after);
        prop_assert!(growth.percent.is_none_or(|percent| percent == "0.0"));
    }

    #[test]
    fn every_total_is_the_sum_of_its_parts(case in case()) {
        let report = case.report();
        for track in &report.tracks {
            let parts = track.platforms.iter().map(|cell| (cell.state, cell.total));
            prop_assert_eq!(sum(parts), (track.state, track.total));
        }
        for platform in &report.platforms {
            let column = cells(&report).filter(|(_, cell)| cell.platform == platform.platform);
            prop_assert_eq!(sum(column.map(|(_, cell)| (cell.state, cell.total))), (platform.state, platform.total));
        }
        let total = report.summary.total;
        prop_assert_eq!(sum(report.platforms.iter().map(|row| (row.state, row.total))).1, total);
        prop_assert_eq!(sum(report.tracks.iter().map(|row| (row.state, row.total))).1, total);
        let state = |total: Option<Figure>| if total.is_some() { State::Known } else { State::Unknown };
        prop_assert_eq!(sum(report.summary.units.iter().map(|row| (state(row.total), row.total))).1, total);
        let known = report.tracks.iter().filter(|row| row.state == State::Known).count();
        prop_assert_eq!((report.summary.tracks as usize, report.summary.tracks_of as usize), (known, report.tracks.len()));
    }

    /// {A, B} = A + B - shared, with A and B as in their own reports.
    #[test]
    fn artists_less_what_they_share_are_the_total(case in case()) {
        let report = case.report();
        let zero = Figure::exactly(0);
        let of = |total: Option<Figure>| total.unwrap_or(zero);
        let (total, shared) = (of(report.summary.total), of(report.shared.total));
        let artists: Vec<Figure> = report.artists.iter().map(|row| of(row.total)).collect();
        prop_assert_eq!(artists.iter().map(|f| f.estimate).sum::<i128>() - shared.estimate, total.estimate);
        prop_assert_eq!(artists.iter().map(|f| f.low).sum::<i128>() - shared.low, total.low);
        if let Some(high) = total.high {
            let highs: Option<i128> = artists.iter().map(|figure| figure.high).sum();
            prop_assert_eq!(highs.zip(shared.high).map(|(all, shared)| all - shared), Some(high));
        }
        for row in &report.artists {
            let alone = case.ask(&[row.uuid], case.from, case.to);
            prop_assert_eq!((alone.summary.total, alone.summary.tracks_of), (row.total, row.tracks));
            prop_assert!(alone.shared.tracks.is_empty());
        }
    }

    #[test]
    fn order_and_repetition_change_nothing(case in case(), turn in 0usize..3) {
        let report = case.report();
        let mut artists = [case.artists.clone(), case.artists.clone()].concat();
        artists.rotate_left(turn);
        artists.reverse();
        prop_assert_eq!(&case.ask(&artists, case.from, case.to), &report);
        let Case { mut catalogue, artists, role, from, to, today } = case;
        catalogue.tracks.reverse();
        catalogue.artists.reverse();
        catalogue.tracks.iter_mut().for_each(|track| track.artists.reverse());
        let turned = Case { catalogue, artists, role, from, to, today };
        prop_assert_eq!(turned.report(), report);
    }

    #[test]
    fn shares_add_up_to_100_percent(case in case()) {
        let report = case.report();
        let total = report.summary.total.map_or(0, |figure| figure.estimate);
        let shares: Vec<i128> = report.platforms.iter().filter_map(|row| row.share.as_deref()).map(tenths).collect();
        prop_assert_eq!(shares.iter().sum::<i128>(), if total > 0 { 1_000 } else { 0 });
        for row in report.platforms.iter().filter(|_| total > 0) {
            prop_assert_eq!(row.share.is_some(), row.total.is_some());
            let (share, estimate) = (row.share.as_deref().map_or(0, tenths), row.total.map_or(0, |f| f.estimate));
            prop_assert!((share * total - estimate * 1_000).abs() < total, "less than 0.1 away");
        }
    }

    /// If both parts of a range are exact, the whole is exact and their sum; otherwise the bounds of the parts
    /// enclose those of the whole.
    #[test]
    fn a_range_is_the_sum_of_any_split_of_it(case in case(), at in any::<prop::sample::Index>()) {
        prop_assume!(case.from < case.to);
        let middle = case.from + at.index((case.to - case.from) as usize) as i32;
        let (first, second) =
            (case.ask(&case.artists, case.from, middle), case.ask(&case.artists, middle + 1, case.to));
        let report = case.report();
        for (whole, [a, b]) in split(&report, [&first, &second]) {
            if a.exact && b.exact {
                prop_assert_eq!(whole, Figure::exactly(a.estimate + b.estimate));
            }
            prop_assert!(a.low + b.low <= whole.low);
            if let Some(highs) = a.high.zip(b.high).map(|(a, b)| a + b) {
                prop_assert!(whole.high.is_some_and(|high| high <= highs));
            }
        }
        let totals = (first.summary.total, second.summary.total, report.summary.total);
        if let (Some(a), Some(b), Some(whole)) = totals
            && a.exact && b.exact && whole.exact
        {
            prop_assert_eq!(whole.estimate, a.estimate + b.estimate);
        }
    }
}
