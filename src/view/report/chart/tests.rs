use super::*;
use crate::domain::{Day, Kind};

fn row() -> PlatformRow {
    PlatformRow {
        platform: "spotify".to_owned(),
        name: "Spotify".to_owned(),
        unit: "streams".to_owned(),
        state: State::Known,
        total: Some(Figure::exactly(60)),
        share: None,
        peak: "2026-09-05".parse().ok().map(|day| PeakRow { value: 30, day, exact: false }),
        peak_spread: 1,
        average_daily: None,
        days_tracked: 0,
        coverage: None,
    }
}

fn days(amounts: &[Option<i128>]) -> Vec<DayRow> {
    let first: Day = "2026-09-01".parse().unwrap();
    let cell = |amount: &Option<i128>| DayCell {
        platform: "spotify".to_owned(),
        value: amount.unwrap_or(0),
        spread: 0,
        covered: u32::from(amount.is_some()),
        missing: 0,
        corrected: 0,
    };
    let day = |(place, amount)| DayRow { day: first + place as i32, platforms: vec![cell(amount)] };
    amounts.iter().enumerate().map(day).collect()
}

fn path<'a>(chart: &'a Plot, class: &str) -> &'a str {
    chart.paths.iter().find(|(of, _)| *of == class).map_or("", |(_, path)| path)
}

#[test]
fn a_gap_breaks_the_line() {
    let days = days(&[Some(10), Some(20), None, None, Some(30), None]);
    let chart = chart(&days, PlotSubject::from_row(&row()), None);
    assert_eq!(path(&chart, "chart-line"), "M0 134L200 67");
    assert_eq!(path(&chart, "chart-area"), "M0 134L200 67L200 200L0 200Z");
    assert_eq!(path(&chart, "chart-dot"), "M800 0h0");
    assert_eq!(path(&chart, "chart-gap"), "M300 0H700V200H300ZM900 0H1000V200H900Z");
    assert_eq!(chart.readings[1..3], ["2026-09-02: 20 streams", "2026-09-03: no data"]);
    assert_eq!(chart.cursor(4), "M800 0V200");
    assert_eq!([-1.0, 0.09, 0.11, 1.5].map(|part| chart.place_at(part)), [0, 0, 1, 5]);
    assert_eq!(
        chart.sentence,
        "Spotify: 60 streams from 2026-09-01 to 2026-09-06; peak ≈ 30 on 2026-09-05; no data on 3 days."
    );
    assert_eq!(chart.key, "shaded: no data");
}

#[test]
fn nothing_at_all_is_one_gap() {
    let chart = chart(&days(&[None, None]), PlotSubject::from_row(&row()), None);
    assert_eq!(chart.paths, [("chart-gap", "M0 0H1000V200H0Z".to_owned())]);
    let single = super::chart(&days(&[Some(5)]), PlotSubject::from_row(&row()), Some(10));
    assert_eq!(single.paths, [("chart-dot", "M0 100h0".to_owned())]);
    assert_eq!(largest(&days(&[Some(5), None]), &[&row()]), 5);
}

#[test]
fn days_that_lack_more_series_than_others_end_dotted() {
    let mut days = days(&[Some(10), Some(10), Some(10), Some(4), Some(2)]);
    for (place, missing) in [(1, 2), (3, 1), (4, 2)] {
        days[place].platforms[0].missing = missing;
    }
    let chart = chart(&days, PlotSubject::from_row(&row()), None);
    assert_eq!(path(&chart, "chart-line"), "M0 0L250 0L500 0");
    assert_eq!(path(&chart, "chart-tail"), "M500 0L750 120L1000 160");
    assert_eq!(chart.key, "dotted: some data are still to come");
}

#[test]
fn corrections_are_marked_and_told() {
    let mut days = days(&[Some(10), None, Some(10)]);
    days[1].platforms[0].corrected = 1;
    let chart = chart(&days, PlotSubject::from_row(&row()), None);
    assert_eq!(path(&chart, "chart-correction"), "M500 0V200");
    assert_eq!(chart.readings[1], "2026-09-02: no data, corrected");
    assert!(chart.sentence.ends_with("; no data on 1 day; corrected on 1 day."), "{}", chart.sentence);
}

#[test]
fn a_stack_breaks_where_one_of_its_platforms_has_no_data() {
    let mut report = crate::view::report::tables::tests::report();
    let cell = |platform: &str, amount: Option<i128>| DayCell {
        platform: platform.to_owned(),
        value: amount.unwrap_or(0),
        spread: 0,
        covered: u32::from(amount.is_some()),
        missing: 0,
        corrected: 0,
    };
    let first: Day = "2026-09-01".parse().unwrap();
    let amounts = [(Some(30), Some(10)), (Some(20), Some(20)), (Some(20), None), (Some(0), Some(40))];
    let day = |(place, (a, b)): (i32, (Option<i128>, Option<i128>))| DayRow {
        day: first + place,
        platforms: vec![cell("spotify", a), cell("youtube", b)],
    };
    report.days = Some((0..).zip(amounts).map(day).collect());
    let view = ViewState { chart: Some(ChartLayout::Stacked), ..ViewState::default() };
    let [chart] = charts(&report, &view).try_into().unwrap();
    assert_eq!((chart.scale.as_str(), &chart.ends[1][..]), ("40", "2026-09-04"));
    assert_eq!(path(&chart, "band-1"), "M0 50L333 100L333 200L0 200Z");
    assert_eq!(path(&chart, "band-2"), "M0 0L333 0L333 100L0 50Z");
    assert_eq!(path(&chart, "chart-dot"), "M1000 0h0");
    assert_eq!(path(&chart, "chart-gap"), "M500 0H833V200H500Z");
    assert_eq!(chart.readings[2], "2026-09-03: Spotify 20, YouTube no data");
    assert_eq!(chart.legend.iter().map(|(band, _)| *band).collect::<Vec<_>>(), ["band-2", "band-1"]);
}

#[test]
fn levels_fill_the_grid_and_flows_start_at_zero() {
    let mut report = crate::view::report::tables::tests::report();
    let row = &mut report.artist_level[0];
    (row.kind, row.days, row.values) = (Kind::Stock, 2, vec![Some(1_000), Some(1_200)]);
    let [level] = level_charts(&report).try_into().unwrap();
    assert_eq!(level.paths, [("chart-line", "M0 200L1000 0".to_owned())]);
    assert_eq!(level.scale, "1,000 to 1,200");
    report.artist_level[0].kind = Kind::Flow;
    let [flow] = level_charts(&report).try_into().unwrap();
    assert_eq!(flow.paths, [("chart-line", "M0 34L1000 0".to_owned())]);
    report.artist_level[0].days = 1;
    assert_eq!(level_charts(&report), [], "a single value is no line");
}

#[test]
fn a_trend_is_a_line_and_a_few_words() {
    let (area, line, words) = sparkline(&[Some(1_000), Some(2_000), None, Some(1_500)]).unwrap();
    assert_eq!(area, "M0 100L333 0L333 200L0 200Z");
    assert_eq!(line, "M0 100L333 0M1000 50h0");
    assert_eq!(words, "From 1,000 to 1,500 a day, at most 2,000");
    assert_eq!(sparkline(&[None, None]), None);
}
