//! S1 to S6 of docs/semantics.md where the rules interact; the limits of each are tested next to the code.

use music_analytics::domain::series::{Flag, Series, Step, StepKind};

use super::support::{SingleSeries, Values, day};

fn left_out(values: &Values) -> Vec<String> {
    let series = Series::counter(&values.observations()).unwrap();
    series.left_out.iter().map(|day| day.to_string()[5..].to_owned()).collect()
}

fn plain(last: &str, days: i32, size: i64) -> Step {
    Step { last: day(last), days, size, kind: StepKind::Plain, doubled: false }
}

#[test]
fn s1_two_observations_make_a_step_and_the_first_is_a_baseline() {
    let values = Values::new(&[("08-31", 100), ("09-02", 120), ("09-05", 150)]);
    let series = Series::counter(&values.observations()).unwrap();
    assert_eq!(series.start, day("08-31"));
    assert_eq!(series.steps, [plain("09-02", 2, 20), plain("09-05", 3, 30)]);
    assert_eq!(series.steps[1].first(), day("09-03"));
    assert_eq!(Values::new(&[("08-31", 100)]).steps(), []);
}

#[test]
fn negative_values_are_left_out_before_steps_are_made() {
    let values = Values::new(&[("08-30", -5), ("08-31", 100), ("09-01", -1), ("09-02", 120), ("09-03", 0)]);
    let steps = values.steps();
    assert_eq!(steps[0], plain("09-02", 2, 20));
    assert_eq!(steps[1].kind, StepKind::Correction, "0 is a value");
    assert_eq!(Series::counter(&Values::new(&[("09-01", -1)]).observations()), None);
}

#[test]
fn an_identifier_without_a_valid_value_is_no_series() {
    let steady = Values::rising("08-31", "09-30", 1_000, 10);
    let one = SingleSeries::counter(&steady).and("b", &Values::new(&[("09-05", -1), ("09-06", -1)]));
    assert_eq!(one.figure("09-01", "09-30"), (300, 300, Some(300), true));
    let nothing = SingleSeries::counter(&Values::new(&[("09-05", -1)]));
    assert_eq!(nothing.total("09-01", "09-30"), None, "observed, so not absent, but unknown");
}

/// Evidence outside the queried range affects steps inside it, and later evidence can change the result.
#[test]
fn s2_steps_belong_to_the_series_and_not_to_the_range() {
    let large = Values::rising("08-01", "09-30", 100_000, 200);
    let raised = large.clone().set("09-30", large.value("09-30") + 10_000);
    let before = SingleSeries::counter(&raised);
    assert_eq!(before.figure("09-30", "09-30"), (0, 10_200, Some(10_200), false));

    let confirmed = SingleSeries::counter(&raised.clone().set("10-01", raised.value("09-30") + 200));
    assert_eq!(confirmed.figure("09-30", "09-30"), (10_200, 10_200, Some(10_200), true));
    let taken_back = SingleSeries::counter(&raised.set("10-01", large.value("09-30") + 200));
    assert_eq!(taken_back.figure("09-30", "09-30"), (0, 200, Some(400), false));
    assert_eq!(taken_back.figure("09-30", "10-01"), (400, 400, Some(400), true));
    assert_eq!(taken_back.flags("09-30", "09-30"), ["glitch"]);
    assert_eq!(taken_back.flags("10-01", "10-01"), [""; 0], "the flag is that of the left-out day");

    let versions = [&before, &confirmed, &taken_back].map(|one| one.report("09-30", "09-30").data_version);
    assert_ne!(versions[0], versions[1]);
    assert_ne!(versions[1], versions[2]);
}

#[test]
fn s2_with_six_rising_neighbours_nothing_is_judged_but_corrections() {
    // Six steps of 200 a day around one that would be unconfirmed, an excursion or stale.
    let few = |last: &str| Values::rising("09-01", last, 100_000, 200);
    assert_eq!(few("09-08").set("09-08", 500_000).step("09-08").kind, StepKind::Plain);
    assert_eq!(few("09-09").set("09-09", 500_000).step("09-09").kind, StepKind::Unconfirmed);

    assert_eq!(left_out(&few("09-09").set("09-05", 500_000)), [""; 0]);
    assert_eq!(left_out(&few("09-10").set("09-05", 500_000)), ["09-05"]);

    // The repeat's own step does not rise, the one after it does.
    let repeated = |last: &str| few(last).set("09-05", few(last).value("09-04"));
    assert_eq!(repeated("09-08").step("09-05").kind, StepKind::Plain);
    assert_eq!(repeated("09-09").step("09-06").kind, StepKind::Stale);

    assert_eq!(few("09-03").set("09-03", 1).step("09-03").kind, StepKind::Correction);
    assert_eq!(few("09-03").set("09-03", 50_000).step("09-03").kind, StepKind::Halved);
}

#[test]
fn s3_a_run_comes_back_to_where_it_left_or_above() {
    let steady = Values::rising("08-01", "09-30", 1_000, 10);
    let before = steady.value("09-09");
    let spike = |after: i64| steady.clone().set("09-10", 9_000).set("09-11", after);
    assert_eq!(left_out(&spike(before)), ["09-10"]);
    assert_eq!(left_out(&spike(before - 1)), [""; 0]);
    assert_eq!(spike(before - 1).step("09-11").kind, StepKind::Correction);
}

/// 09-11 is not far from the spike before it in the relevant direction, but far from the value last kept.
#[test]
fn s3_the_step_into_a_run_starts_at_the_observation_last_kept() {
    let steady = Values::rising("08-01", "09-30", 1_000, 10);
    let two = steady.clone().change("09-10", "09-10", |v| v + 900).change("09-11", "09-11", |v| v + 300);
    assert_eq!(left_out(&two), ["09-10", "09-11"]);
    assert_eq!(two.step("09-12"), plain("09-12", 3, 30));
}

/// The second spike has seven rising neighbours only if those of the first one count.
#[test]
fn s3_the_typical_step_is_that_before_any_removal() {
    let values = Values::rising("09-01", "09-11", 1_000, 10).change("09-04", "09-05", |v| v + 900).change(
        "09-08",
        "09-08",
        |v| v + 900,
    );
    assert_eq!(left_out(&values), ["09-04", "09-05", "09-08"]);
    let first_alone = values.without(&["09-04", "09-05"]);
    assert_eq!(left_out(&first_alone), [""; 0]);
}

#[test]
fn s3_comes_before_s5_and_s4() {
    let large = Values::rising("08-01", "09-30", 100_000, 200);
    // A dip to a repeated value is a dip, not a repeat: plain steps remain.
    let dip = large.clone().change("09-14", "09-15", |_| 50_000);
    assert_eq!(left_out(&dip), ["09-14", "09-15"]);
    assert!(dip.steps().iter().all(|step| step.kind == StepKind::Plain));
    // An excursion after a repeat: the repeat ends with the rise to the value kept.
    let both = large.clone().set("09-13", large.value("09-12")).set("09-14", 900_000);
    let steps = both.steps();
    assert_eq!(both.step("09-15").kind, StepKind::Stale);
    assert_eq!((both.step("09-15").days, both.step("09-15").size), (3, 600));
    assert!(steps.iter().all(|step| step.kind != StepKind::Halved && step.kind != StepKind::Correction));
}

#[test]
fn s5_a_repeat_without_an_end_is_uncovered() {
    let large = Values::rising("08-01", "09-30", 100_000, 200);
    let open = SingleSeries::counter(&large.clone().change("09-29", "09-30", |_| large.value("09-28")));
    assert_eq!(open.figure("09-01", "09-28"), (5_600, 5_600, Some(5_600), true));
    assert_eq!(open.figure("09-01", "09-29"), (5_600, 5_600, None, false));
    assert_eq!(open.flags("09-01", "09-30"), ["stale"]);
    assert_eq!(open.cell("09-01", "09-30").unwrap().days_tracked, 28);
    assert_eq!(open.total("09-29", "09-30"), None, "no covered day");
}

#[test]
fn s5_a_repeat_on_a_slow_counter_is_a_day_without_plays() {
    let slow = Values::rising("08-01", "09-30", 1_000, 10);
    let repeated = slow.clone().set("09-14", slow.value("09-13"));
    assert_eq!(repeated.step("09-14"), plain("09-14", 1, 0));
    let one = SingleSeries::counter(&repeated);
    assert_eq!(one.figure("09-14", "09-14"), (0, 0, Some(0), true), "a 0 that steps say");
}

#[test]
fn s4_a_jump_counts_in_the_upper_bound_only() {
    let large = Values::rising("08-01", "09-30", 100_000, 200);
    let jump = SingleSeries::counter(&large.change("09-15", "09-30", |value| value + 2_000_000));
    assert_eq!(jump.figure("09-01", "09-30"), (5_800, 5_800, Some(2_006_000), false));
    assert_eq!(jump.flags("09-15", "09-15"), ["jump"]);
    assert_eq!(jump.flags("09-14", "09-14"), [""; 0]);
    assert_eq!(jump.total("09-15", "09-15"), None);
    assert_eq!(jump.cell("09-01", "09-30").unwrap().days_tracked, 29);
}

#[test]
fn s4_every_step_before_a_halving_is_doubled() {
    let large = Values::rising("08-01", "09-30", 100_000, 201);
    let halved = SingleSeries::counter(&large.change("08-01", "09-15", |value| 2 * value));
    // Two days of 402 before it, each counted as half.
    assert_eq!(halved.figure("09-14", "09-15"), (402, 402, Some(804), false));
    assert_eq!(halved.flags("09-14", "09-15"), ["halved"]);
    assert_eq!(halved.figure("09-17", "09-18"), (402, 402, Some(402), true));
    assert_eq!(halved.flags("09-17", "09-18"), [""; 0]);
    assert_eq!(halved.cell("09-14", "09-15").unwrap().peak, None, "no clean step");
}

#[test]
fn s6_identifiers_that_repeat_a_counter_are_one_series() {
    let steady = Values::rising("08-31", "09-30", 1_000, 10);
    let holes = |days: &[&str]| steady.clone().without(days);
    let one = SingleSeries::counter(&holes(&["08-31", "09-05"])).and("b", &holes(&["09-20", "09-30"]));
    assert_eq!(one.figure("09-01", "09-30"), (300, 300, Some(300), true), "the union has every day");
    let apart = SingleSeries::counter(&steady).and("b", &Values::rising("08-31", "09-30", 5_000, 7));
    assert_eq!(apart.figure("09-01", "09-30"), (510, 510, Some(510), true));
}

#[test]
fn s6_comes_before_s3() {
    let steady = Values::rising("08-01", "09-30", 1_000, 10);
    // Of two values for one day the largest is used, and then found to be an excursion.
    let one = SingleSeries::counter(&steady).and("b", &steady.clone().set("09-15", 9_000));
    assert_eq!(one.figure("09-01", "09-30"), (300, 300, Some(300), true));
    assert_eq!(one.flags("09-01", "09-30"), ["glitch"]);
}

#[test]
fn s6_is_about_counters() {
    let same = Values::rising("09-01", "09-30", 2_000, 0);
    let one = SingleSeries::flow(&same).and("b", &same).mirrored();
    assert_eq!(one.figure("09-01", "09-30").1, 2 * 30 * 2_000);
}

#[test]
fn flags_have_one_canonical_order() {
    let words: Vec<&str> = Flag::ALL.iter().map(|flag| flag.as_str()).collect();
    assert_eq!(words, ["glitch", "stale", "correction", "halved", "jump", "unconfirmed", "release"]);
}
