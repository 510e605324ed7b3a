//! Section 5 of docs/semantics.md: the worked examples.

use super::support::{SingleSeries, Values, day};

/// Expected figures of September.
struct Example {
    case: &'static str,
    one: SingleSeries,
    figure: (i128, i128, Option<i128>, bool),
    days_tracked: u32,
    peak: (i128, &'static str),
}

fn examples() -> Vec<Example> {
    let steady = Values::rising("08-31", "09-30", 1_000, 10);
    let late = Values::rising("09-11", "09-30", 500, 10);
    let large = Values::rising("08-01", "09-30", 100_000, 200);
    let (stale, raised) = (large.value("09-13"), large.value("09-30") + 10_000);
    let corrected = Values::rising("08-31", "09-15", 100_000, 10);
    let corrected = (16..=30).fold(corrected, |values, n| values.set(&format!("09-{n}"), 98_840 + 10 * n));
    let example = |case, values: &Values, figure, days_tracked, peak| Example {
        case,
        one: SingleSeries::counter(values),
        figure,
        days_tracked,
        peak,
    };
    let edge = steady.clone().without(&["08-31", "09-01"]).set("08-30", 990);
    let mut all = vec![
        example("steady", &steady, (300, 300, Some(300), true), 30, (10, "09-01")),
        example(
            "hole inside",
            &steady.clone().without(&["09-10", "09-11"]),
            (300, 300, Some(300), true),
            30,
            (10, "09-01"),
        ),
        example("hole at the edge", &edge, (280, 300, Some(310), false), 30, (10, "09-03")),
        example("starts inside", &late, (190, 190, Some(690), false), 19, (10, "09-12")),
        example("correction", &corrected, (290, 290, None, false), 29, (10, "09-01")),
        example("release", &late, (190, 690, Some(690), false), 21, (10, "09-12")),
        example(
            "stale",
            &large.clone().change("09-14", "09-15", |_| stale),
            (6_000, 6_000, Some(6_000), true),
            30,
            (200, "09-01"),
        ),
        example(
            "excursion",
            &large.clone().change("09-14", "09-15", |value| value + 50_000),
            (6_000, 6_000, Some(6_000), true),
            30,
            (200, "09-01"),
        ),
        example(
            "halved",
            &large.clone().change("08-01", "09-15", |value| 2 * value),
            (5_800, 5_800, None, false),
            29,
            (200, "09-17"),
        ),
        example(
            "unconfirmed",
            &large.set("09-30", raised),
            (5_800, 16_000, Some(16_000), false),
            30,
            (200, "09-01"),
        ),
    ];
    let release = all.iter_mut().find(|example| example.case == "release").unwrap();
    release.one.catalogue.tracks[0].release = Some(day("09-10"));
    all
}

#[test]
fn every_example_gives_its_row() {
    for Example { case, one, figure, days_tracked, peak } in examples() {
        let cell = one.cell("09-01", "09-30").unwrap();
        assert_eq!(one.figure("09-01", "09-30"), figure, "{case}");
        assert_eq!(cell.days_tracked, days_tracked, "{case}");
        assert_eq!(cell.peak.map(|found| (found.value, found.day)), Some((peak.0, day(peak.1))), "{case}");
    }
}

#[test]
fn every_example_says_what_is_unusual() {
    let flags: Vec<_> =
        examples().iter().map(|example| (example.case, example.one.flags("09-01", "09-30"))).collect();
    let expected: [(&str, &[&str]); 10] = [
        ("steady", &[]),
        ("hole inside", &[]),
        ("hole at the edge", &[]),
        ("starts inside", &[]),
        ("correction", &["correction"]),
        ("release", &["release"]),
        ("stale", &["stale"]),
        ("excursion", &["glitch"]),
        ("halved", &["correction", "halved"]),
        ("unconfirmed", &["unconfirmed"]),
    ];
    assert_eq!(flags, expected.map(|(case, flags)| (case, flags.to_vec())));
}

/// If all of it is exact, a series queried day by day gives the same as in one range.
#[test]
fn an_exact_month_is_the_sum_of_its_days_or_of_its_halves() {
    let steady = SingleSeries::counter(&Values::rising("08-31", "09-30", 1_000, 10));
    let halves = [("09-01", "09-15"), ("09-16", "09-30")];
    assert_eq!(halves.map(|(from, to)| steady.figure(from, to).1).iter().sum::<i128>(), 300);
    let days: i128 = day("09-01")
        .up_to(day("09-30"))
        .map(|day| {
            let text = &day.to_string()[5..];
            steady.figure(text, text).1
        })
        .sum();
    assert_eq!(days, 300);
}
