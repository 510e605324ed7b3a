//! S7 to S10 of docs/semantics.md: one counter read over a range.

use music_analytics::domain::State;

use super::support::{SingleSeries, Values, day};

/// 08-31 to 09-30, +10 a day.
fn steady() -> Values {
    Values::rising("08-31", "09-30", 1_000, 10)
}

#[test]
fn s7_whole_steps_count_in_all_three() {
    let one = SingleSeries::counter(&steady().without(&["09-10", "09-11"]));
    assert_eq!(one.figure("09-10", "09-12"), (30, 30, Some(30), true));
    assert_eq!(one.figure("09-01", "09-30"), (300, 300, Some(300), true));
}

#[test]
fn s8_a_doubled_step_at_the_edge_is_estimated_by_half_of_itself() {
    // A step of 7 over two days before the halving, of which half is 3: one of its days gives 2, rounded half up.
    let one = SingleSeries::counter(&Values::new(&[("09-01", 93), ("09-03", 100), ("09-04", 50)]));
    assert_eq!(one.figure("09-02", "09-03"), (3, 3, Some(7), false));
    assert_eq!(one.figure("09-03", "09-03"), (0, 2, Some(7), false));
}

#[test]
fn s7_a_doubled_step_keeps_half_of_itself_rounded_down() {
    // Three steps of 1 before the halving: 0 each, not 1 in all.
    let one = SingleSeries::counter(&Values::new(&[
        ("09-01", 97),
        ("09-02", 98),
        ("09-03", 99),
        ("09-04", 100),
        ("09-05", 50),
    ]));
    assert_eq!(one.figure("09-02", "09-04"), (0, 0, Some(3), false));
    let one =
        SingleSeries::counter(&Values::new(&[("09-01", 91), ("09-02", 94), ("09-03", 100), ("09-04", 50)]));
    assert_eq!(one.figure("09-02", "09-03"), (1 + 3, 4, Some(9), false));
}

#[test]
fn s8_an_edge_is_rounded_half_up() {
    // (size, days, days inside) and the estimate.
    let table = [
        ((1, 2, 1), 1),
        ((1, 3, 1), 0),
        ((1, 3, 2), 1),
        ((5, 10, 1), 1),
        ((4, 10, 1), 0),
        ((5, 10, 9), 5),
        ((7, 4, 2), 4),
        ((0, 5, 3), 0),
        ((i64::MAX - 1, 2, 1), i128::from(i64::MAX - 1) / 2),
    ];
    for ((size, days, inside), estimate) in table {
        let values = Values::new(&[("09-01", 1)]).set(&format!("09-{:02}", 1 + days), 1 + size);
        let one = SingleSeries::counter(&values);
        let bounds = (0, estimate, Some(i128::from(size)), false);
        let first = format!("09-{:02}", 1 + inside);
        assert_eq!(one.figure("09-02", &first), bounds, "first {inside} of {days} days of {size}");
        let last = format!("09-{:02}", 2 + days - inside);
        let end = format!("09-{:02}", 1 + days);
        assert_eq!(one.figure(&last, &end), bounds, "last {inside} of {days} days of {size}");
    }
}

#[test]
fn s8_a_step_can_hang_over_both_ends() {
    let one = SingleSeries::counter(&Values::new(&[("08-01", 0), ("10-10", 700)]));
    assert_eq!(one.figure("09-01", "09-30"), (0, 300, Some(700), false));
    assert_eq!(one.cell("09-01", "09-30").unwrap().days_tracked, 30);
}

#[test]
fn s9_up_to_the_first_observation_its_value_bounds() {
    let one = SingleSeries::counter(&steady());
    assert_eq!(one.figure("09-01", "09-05"), (50, 50, Some(50), true));
    assert_eq!(one.figure("08-31", "09-05"), (50, 50, Some(1_050), false));
    assert_eq!(one.figure("08-01", "09-05"), (50, 50, Some(1_050), false), "once, not once a day");
}

#[test]
fn s9_after_the_last_observation_nothing_bounds() {
    let one = SingleSeries::counter(&steady());
    assert_eq!(one.figure("09-29", "09-30"), (20, 20, Some(20), true));
    assert_eq!(one.figure("09-29", "10-01"), (20, 20, None, false));
}

#[test]
fn s9_a_correction_inside_takes_the_bound_and_one_outside_does_not() {
    let one = SingleSeries::counter(&steady().change("09-15", "09-30", |value| value - 900));
    assert_eq!(one.figure("09-01", "09-14"), (140, 140, Some(140), true));
    assert_eq!(one.figure("09-14", "09-15"), (10, 10, None, false));
    assert_eq!(one.figure("09-16", "09-30"), (150, 150, Some(150), true));
    assert_eq!(one.total("09-15", "09-15"), None);
}

#[test]
fn s9_every_day_of_a_longer_correction_is_uncovered() {
    let values = steady().without(&["09-14", "09-15"]).change("09-16", "09-30", |value| value - 900);
    let one = SingleSeries::counter(&values);
    assert_eq!(one.figure("09-13", "09-14"), (10, 10, None, false));
    assert_eq!(one.figure("09-16", "09-17"), (10, 10, None, false));
    assert_eq!(one.flags("09-13", "09-14"), ["correction"], "a day of it lies inside");
}

#[test]
fn s9_a_jump_with_any_day_inside_adds_its_whole_size() {
    let large = Values::rising("08-01", "09-30", 100_000, 200).without(&["09-15"]);
    let one = SingleSeries::counter(&large.change("09-16", "09-30", |value| value + 2_000_000));
    assert_eq!(one.figure("09-14", "09-15"), (200, 200, Some(2_000_600), false));
    assert_eq!(one.figure("09-16", "09-17"), (200, 200, Some(2_000_600), false));
    assert_eq!(one.figure("09-17", "09-17"), (200, 200, Some(200), true));
}

#[test]
fn s10_no_covered_day_is_unknown_and_not_0() {
    let one = SingleSeries::counter(&steady());
    for (from, to) in [("08-01", "08-31"), ("10-01", "10-31")] {
        let cell = one.cell(from, to).unwrap();
        assert_eq!((cell.state, cell.total), (State::Unknown, None));
        assert_eq!((cell.days_tracked, cell.peak, cell.average_daily), (0, None, None));
    }
    let single = SingleSeries::counter(&Values::new(&[("09-15", 1_000)]));
    assert_eq!(single.total("09-01", "09-30"), None, "a baseline alone covers nothing");
}

#[test]
fn s10_0_is_said_by_steps_and_almost_0_by_rounding() {
    let still = SingleSeries::counter(&Values::rising("08-31", "09-30", 50, 0));
    assert_eq!(still.figure("09-01", "09-30"), (0, 0, Some(0), true));
    let rounded = SingleSeries::counter(&Values::new(&[("08-31", 0), ("09-30", 1)]));
    assert_eq!(rounded.figure("09-01", "09-10"), (0, 0, Some(1), false));
}

#[test]
fn s10_every_day_is_covered_by_whole_steps_or_the_figure_is_not_exact() {
    let holes = SingleSeries::counter(&steady().without(&["09-10", "09-11"]));
    assert!(holes.figure("09-10", "09-12").3);
    assert!(!holes.figure("09-11", "09-12").3, "cut at its first day");
    assert!(!holes.figure("09-10", "09-11").3, "cut at its last day");
    let two = SingleSeries::counter(&steady()).and("b", &Values::rising("09-05", "09-30", 7, 1));
    assert!(two.figure("09-06", "09-30").3);
    assert!(!two.figure("09-05", "09-30").3, "one of two series is not covered on 09-05");
}

#[test]
fn an_unknown_series_takes_the_bound_of_its_pair() {
    let two = SingleSeries::counter(&steady()).and("b", &Values::new(&[("08-15", 5)]));
    assert_eq!(two.figure("09-01", "09-30"), (300, 300, None, false));
}

#[test]
fn numbers_at_the_end_of_storage_do_not_overflow() {
    let top = i64::MAX;
    let huge = Values::new(&[("08-31", 0), ("09-01", top - 2), ("09-02", top)]);
    let one =
        SingleSeries::counter(&huge).and("b", &huge.clone().set("09-01", 1)).and("c", &huge.set("09-01", 2));
    let figure = one.total("09-01", "09-02").unwrap();
    assert_eq!(figure.estimate, 3 * i128::from(top));
    assert_eq!(one.cell("09-01", "09-02").unwrap().peak.unwrap().day, day("09-02"));
}
