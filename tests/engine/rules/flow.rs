//! S11 of docs/semantics.md: daily amounts.

use super::support::{SingleSeries, Values};

/// 09-01 to 09-10, 5 a day.
fn even() -> Values {
    Values::rising("09-01", "09-10", 5, 0)
}

#[test]
fn s11_days_add_up() {
    let one = SingleSeries::flow(&even());
    assert_eq!(one.figure("09-01", "09-10"), (50, 50, Some(50), true));
    assert_eq!(one.figure("09-03", "09-03"), (5, 5, Some(5), true));
    let cell = one.cell("09-01", "09-10").unwrap();
    assert_eq!((cell.days_tracked, cell.average_daily.as_deref()), (10, Some("5.0")));
}

#[test]
fn s11_a_missing_day_takes_the_bound_wherever_it_lies() {
    let hole = SingleSeries::flow(&even().without(&["09-05"]));
    assert_eq!(hole.figure("09-01", "09-10"), (45, 45, None, false));
    assert_eq!(hole.figure("09-06", "09-10"), (25, 25, Some(25), true));
    assert_eq!(hole.total("09-05", "09-05"), None);
    let one = SingleSeries::flow(&even());
    assert_eq!(one.figure("08-31", "09-10"), (50, 50, None, false), "before the first day");
    assert_eq!(one.figure("09-01", "09-11"), (50, 50, None, false), "after the last day");
}

#[test]
fn s11_a_negative_value_is_an_uncovered_day() {
    let one = SingleSeries::flow(&even().set("09-05", -3));
    assert_eq!(one.figure("09-01", "09-10"), (45, 45, None, false));
    assert_eq!(one.flags("09-01", "09-10"), ["correction"]);
    assert_eq!(one.flags("09-06", "09-10"), [""; 0]);
    assert_eq!(one.cell("09-01", "09-10").unwrap().days_tracked, 9);
}

#[test]
fn s11_a_repeat_or_a_leap_is_an_amount_like_any_other() {
    let one = SingleSeries::flow(
        &Values::rising("08-01", "09-30", 500, 0).set("09-15", 900_000_000).set("09-16", 0),
    );
    assert_eq!(one.flags("09-01", "09-30"), [""; 0]);
    assert_eq!(one.figure("09-15", "09-16"), (900_000_000, 900_000_000, Some(900_000_000), true));
}

#[test]
fn s11_identifiers_add_up() {
    let one = SingleSeries::flow(&even()).and("b", &even());
    assert_eq!(one.figure("09-01", "09-10"), (100, 100, Some(100), true));
    let apart = SingleSeries::flow(&even()).and("b", &even().without(&["09-01"]));
    assert_eq!(apart.figure("09-01", "09-10"), (95, 95, None, false));
    assert_eq!(apart.cell("09-01", "09-10").unwrap().days_tracked, 10, "covered by any of them");
}

#[test]
fn s11_a_release_is_none() {
    let one = SingleSeries::flow(&even()).released("08-30");
    assert_eq!(one.figure("08-30", "09-10"), (50, 50, None, false));
    assert_eq!(one.flags("08-30", "09-10"), [""; 0]);
}
