//! The planner: computes the missing provider requests from what a sync needs, what the database has and what
//! is in progress (S17 of docs/semantics.md). Pure functions; `planner` reads the database for them.

use super::days::{DayRun, day_count, overlap, subtract};
use crate::domain::catalogue::Frequency;
use crate::domain::sync::window::{MAX_DAYS, Window};
use crate::domain::{Day, Metric, Range};
use crate::server::base::clock::SECONDS_A_DAY;
use crate::server::store::tables::fetched::FetchedWindow;
use crate::server::store::tables::units::Task;

/// Days around a range that affect its numbers: the typical step (S2), and later evidence that can reclassify
/// a step.
const CONTEXT_DAYS: i32 = 28;
/// Instances may differ about the day around midnight.
const CLOCK_DAYS: i32 = 1;
/// Days during which the provider may still revise a value.
const REVISION_DAYS: i32 = 3;
/// Days after which lists of charts and platforms are fetched again.
const LIST_MAX_AGE_DAYS: i32 = 7;
/// Maximum rankings per unit: each costs a request.
const MAX_RANKING_DAYS: usize = 31;

/// Context of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlanContext {
    /// The days of the report.
    pub range: Range,
    /// The current date.
    pub today: Day,
    /// For a refresh: fetches before this time (seconds since 1970-01-01) do not count.
    pub since: Option<i64>,
}

/// State of a subject with daily data.
#[derive(Debug, Clone, Default)]
pub struct FetchedDays {
    /// Windows already fetched.
    pub asked: Vec<FetchedWindow>,
    /// Open units: id and days.
    pub open: Vec<(i64, DayRun)>,
}

/// Planned work for a subject.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MissingDays {
    /// Days neither fetched nor in an open unit.
    pub missing: Vec<DayRun>,
    /// Open units that cover some of the days.
    pub shared: Vec<i64>,
}

impl PlanContext {
    /// Required days of a series: the range and its surroundings, up to yesterday.
    pub fn wanted_days(&self) -> DayRun {
        (
            (self.range.from() - CONTEXT_DAYS).max(Day::MIN),
            (self.range.to() + CONTEXT_DAYS).min(self.today - 1),
        )
    }

    /// Past days of the range.
    fn elapsed_days(&self) -> DayRun {
        (self.range.from(), self.range.to().min(self.today - 1))
    }

    /// Days that count as fetched: all but those that the provider could still revise at the time.
    fn already_fetched(&self, asked: &[FetchedWindow]) -> Vec<DayRun> {
        let counts = |asked: &&FetchedWindow| {
            self.since.is_none_or(|since| asked.at >= since) && day_of(asked.at) <= self.today + CLOCK_DAYS
        };
        let days = |asked: &FetchedWindow| {
            let day = day_of(asked.at);
            (asked.from, if day < self.today { asked.to.min(day - REVISION_DAYS) } else { asked.to })
        };
        asked.iter().filter(counts).map(days).filter(|run| run.0 <= run.1).collect()
    }

    /// Missing days of a run.
    fn needed(&self, wanted: DayRun, known: &FetchedDays) -> MissingDays {
        let missing = subtract(vec![wanted], self.already_fetched(&known.asked));
        let helps = |run: DayRun| missing.iter().any(|missing| overlap(*missing, run));
        let shared: Vec<&(i64, DayRun)> = known.open.iter().filter(|(_, run)| helps(*run)).collect();
        MissingDays {
            shared: shared.iter().map(|(id, _)| *id).collect(),
            missing: subtract(missing, shared.iter().map(|(_, run)| *run)),
        }
    }

    /// Plans an artist's audience.
    pub fn artist(&self, known: &FetchedDays) -> MissingDays {
        self.needed(self.wanted_days(), known)
    }

    /// Plans a chart: the past days of the range.
    pub fn chart(&self, known: &FetchedDays) -> MissingDays {
        self.needed(self.elapsed_days(), known)
    }

    /// Plans a track on a platform: the range and its surroundings, then one more window on each side where
    /// the nearest observation of a counter is still missing.
    pub fn audience(&self, pair: &AudienceState<'_>) -> MissingDays {
        let base = self.wanted_days();
        if pair.effective_release().is_some_and(|release| release > self.range.to()) || base.1 < base.0 {
            return MissingDays::default();
        }
        let mut needed = self.needed(base, pair.known);
        if needed != MissingDays::default() || !pair.is_counter || pair.observed.is_empty() {
            return needed;
        }
        for further in [self.before(base, pair), self.after(base, pair)].into_iter().flatten() {
            let more = self.needed(further, pair.known);
            needed.missing.extend(more.missing);
            needed.shared.extend(more.shared);
        }
        needed
    }

    fn before(&self, base: DayRun, pair: &AudienceState<'_>) -> Option<DayRun> {
        let first = self.range.from() - 1;
        let started = |run: &&DayRun| run.0 <= first;
        let nearest = pair.observed.iter().rfind(started).map(|run| run.1.min(first));
        let is_born = pair.effective_release().is_some_and(|release| release > base.0);
        let from = nearest.map_or(Day::MIN, |day| day + 1).max(base.0 - MAX_DAYS);
        (!is_born && nearest.is_none_or(|day| day < base.0) && from < base.0).then_some((from, base.0 - 1))
    }

    fn after(&self, base: DayRun, pair: &AudienceState<'_>) -> Option<DayRun> {
        let last = self.range.to();
        let goes_on = |run: &&DayRun| run.1 >= last;
        let nearest = pair.observed.iter().find(goes_on).map(|run| run.0.max(last));
        let to = nearest.map_or(Day::MAX, |day| day - 1).min(base.1 + MAX_DAYS).min(self.today - 1);
        (nearest.is_none_or(|day| day > base.1) && to > base.1).then_some((base.1 + 1, to))
    }

    /// Whether a list of charts or platforms is due, given when it was last fetched.
    pub fn is_list_stale(&self, read: Option<i64>) -> bool {
        read.is_none_or(|at| !(-CLOCK_DAYS..LIST_MAX_AGE_DAYS).contains(&(self.today - day_of(at))))
    }

    /// Whether an artist's song list is due, given when it was last fetched: a release within the range must
    /// not be missed, and a song that moved to another artist must not be counted for long (S24).
    pub fn needs_song_list(&self, read: Option<i64>) -> bool {
        self.may_lack_songs(read) || self.is_list_stale(read)
    }

    /// Whether releases within the range may be missing.
    pub fn may_lack_songs(&self, read: Option<i64>) -> bool {
        let is_old = |at: i64| {
            let read = day_of(at);
            read < (self.range.to() + 1).min(self.today) || read > self.today + CLOCK_DAYS
        };
        read.is_none_or(|at| is_old(at) || self.since.is_some_and(|since| at < since))
    }
}

/// State of a track on a platform.
#[derive(Debug, Clone, Copy)]
pub struct AudienceState<'a> {
    /// The track's release, if known.
    pub release: Option<Day>,
    /// Whether the platform's values are a counter: only these need an observation on either side.
    pub is_counter: bool,
    /// Runs of observed days, sorted.
    pub observed: &'a [DayRun],
    /// Fetched windows and open units.
    pub known: &'a FetchedDays,
}

impl AudienceState<'_> {
    /// The release date, unless an earlier value shows that the track is older.
    fn effective_release(&self) -> Option<Day> {
        let first = self.observed.first().map(|run| run.0);
        self.release.filter(|release| first.is_none_or(|first| first >= *release))
    }
}

/// Splits runs of days into window tasks.
pub fn window_tasks(runs: &[DayRun], task: impl Fn(Window) -> Task) -> Vec<Task> {
    runs.iter().flat_map(|run| Window::cover(run.0, run.1)).map(task).collect()
}

/// Splits an artist's missing days into tasks.
pub fn artist_tasks(runs: &[DayRun], artist: i64, platform: i64, metric: Metric) -> Vec<Task> {
    window_tasks(runs, |window| Task::Artist { artist, platform, metric, window })
}

/// Splits a chart's missing days into tasks.
pub fn ranking_tasks(runs: &[DayRun], chart: i64) -> Vec<Task> {
    let pieces = runs.iter().flat_map(|run| {
        run.0
            .up_to(run.1)
            .step_by(MAX_RANKING_DAYS)
            .map(|from| (from, (from + (MAX_RANKING_DAYS as i32 - 1)).min(run.1)))
    });
    let windows = pieces.filter_map(|(from, to)| Window::new(from, to));
    windows.map(|window| Task::Rankings { chart, window }).collect()
}

/// Requests for the rankings of these days: one for the dates, and one per ranking.
pub fn ranking_requests(runs: &[DayRun], frequency: Option<Frequency>) -> u32 {
    let days = day_count(runs);
    let rankings = if frequency == Some(Frequency::Weekly) { days.div_ceil(7) } else { days };
    days.div_ceil(MAX_RANKING_DAYS as u32) + rankings
}

fn day_of(seconds: i64) -> Day {
    let day = seconds.div_euclid(SECONDS_A_DAY);
    Day::from_number(day).unwrap_or(if day < 0 { Day::MIN } else { Day::MAX })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    fn run(from: &str, to: &str) -> DayRun {
        (day(from), day(to))
    }

    fn at(text: &str) -> i64 {
        i64::from(day(text).number()) * SECONDS_A_DAY + 3_600
    }

    fn september(today: &str) -> PlanContext {
        PlanContext { range: Range::month("2026-09".parse().unwrap()), today: day(today), since: None }
    }

    fn asked(from: &str, to: &str, on: &str) -> FetchedDays {
        FetchedDays { asked: vec![FetchedWindow { from: day(from), to: day(to), at: at(on) }], open: vec![] }
    }

    fn audience(terms: &PlanContext, observed: &[DayRun], known: &FetchedDays) -> MissingDays {
        terms.audience(&AudienceState { release: None, is_counter: true, observed, known })
    }

    #[test]
    fn a_month_is_one_request() {
        let needed = audience(&september("2026-11-26"), &[], &FetchedDays::default());
        assert_eq!(needed.missing, [run("2026-08-04", "2026-10-28")]);
        assert_eq!(
            window_tasks(&needed.missing, |window| Task::Audience { track: 1, platform: 1, window }).len(),
            1
        );
        let needed = audience(&september("2026-09-12"), &[], &FetchedDays::default());
        assert_eq!(needed.missing, [run("2026-08-04", "2026-09-11")], "at most yesterday");
        let needed = audience(&september("2026-08-01"), &[], &FetchedDays::default());
        assert_eq!(needed, MissingDays::default(), "all of it is to come");
    }

    #[test]
    fn nothing_is_asked_of_before_the_first_day_that_there_is() {
        let range = Range::month("1900-01".parse().unwrap());
        let terms = PlanContext { range, ..september("2026-11-26") };
        assert_eq!(terms.wanted_days().0, Day::MIN);
        let after = asked("1900-01-01", "1900-02-28", "2026-11-20");
        let observed = [run("1900-02-01", "1900-02-05")];
        let needed = audience(&terms, &observed, &after);
        assert!(needed.missing.iter().all(|run| run.0 >= Day::MIN), "{needed:?}");
    }

    #[test]
    fn what_was_asked_is_not_asked_again() {
        let known = asked("2026-08-04", "2026-10-28", "2026-11-01");
        assert_eq!(audience(&september("2026-11-26"), &[], &known), MissingDays::default());
        let known = asked("2026-09-01", "2026-09-30", "2026-11-01");
        assert_eq!(
            audience(&september("2026-11-26"), &[], &known).missing,
            [run("2026-08-04", "2026-08-31"), run("2026-10-01", "2026-10-28")]
        );
    }

    #[test]
    fn late_days_are_asked_again_on_another_day() {
        let known = asked("2026-08-04", "2026-09-19", "2026-09-20");
        assert_eq!(audience(&september("2026-09-20"), &[], &known), MissingDays::default(), "the same day");
        assert_eq!(
            audience(&september("2026-09-21"), &[], &known).missing,
            [run("2026-09-18", "2026-09-20")],
            "those of the last two days before, and the new one"
        );
        let known = asked("2026-08-04", "2026-10-28", "2026-10-31");
        assert_eq!(
            audience(&september("2026-11-26"), &[], &known),
            MissingDays::default(),
            "three days are enough"
        );
        let known = asked("2026-08-04", "2026-10-28", "2026-10-30");
        assert_eq!(
            audience(&september("2026-11-26"), &[], &known).missing,
            [run("2026-10-28", "2026-10-28")]
        );
    }

    #[test]
    fn a_refresh_counts_only_what_came_since() {
        let terms = PlanContext { since: Some(at("2026-11-26")), ..september("2026-11-26") };
        let base = run("2026-08-04", "2026-10-28");
        let known = asked("2026-08-04", "2026-10-28", "2026-11-01");
        assert_eq!(audience(&terms, &[base], &known).missing, [base]);
        assert!(
            terms.needs_song_list(Some(at("2026-11-25"))) && !terms.needs_song_list(Some(at("2026-11-26")))
        );
        let known = asked("2026-08-04", "2026-10-28", "2026-11-26");
        assert_eq!(audience(&terms, &[base], &known), MissingDays::default());
    }

    #[test]
    fn open_units_are_shared() {
        let known = FetchedDays { asked: vec![], open: vec![(7, run("2026-07-01", "2026-09-20"))] };
        let needed = audience(&september("2026-11-26"), &[], &known);
        assert_eq!(needed, MissingDays { missing: vec![run("2026-09-21", "2026-10-28")], shared: vec![7] });
        let known = FetchedDays { asked: vec![], open: vec![(7, run("2026-01-01", "2026-02-20"))] };
        assert!(audience(&september("2026-11-26"), &[], &known).shared.is_empty(), "it does not help");
    }

    #[test]
    fn one_window_further_where_the_nearest_observation_is_missing() {
        let terms = september("2026-11-26");
        let known = asked("2026-08-04", "2026-10-28", "2026-11-20");
        let further = |observed: &[DayRun]| audience(&terms, observed, &known).missing;
        assert!(further(&[run("2026-08-31", "2026-09-30")]).is_empty());
        assert!(further(&[]).is_empty(), "it does not exist there");
        let (before, after) = (run("2026-05-06", "2026-08-03"), run("2026-10-29", "2026-11-25"));
        assert_eq!(further(&[run("2026-09-01", "2026-09-29")]), [before, after]);
        assert_eq!(further(&[run("2026-08-31", "2026-09-29")]), [after]);
        assert_eq!(
            further(&[run("2026-07-20", "2026-07-30"), run("2026-09-01", "2026-10-01")]),
            [run("2026-07-31", "2026-08-03")]
        );
        let late = [run("2026-09-11", "2026-10-01")];
        let pair =
            |release, is_counter| AudienceState { release, is_counter, observed: &late, known: &known };
        assert!(terms.audience(&pair(Some(day("2026-09-10")), true)).missing.is_empty(), "born inside");
        let later = [run("2026-10-03", "2026-10-20")];
        let unreleased = AudienceState { observed: &later, ..pair(Some(day("2026-10-01")), true) };
        assert!(terms.audience(&unreleased).missing.is_empty(), "not released yet");
        assert_eq!(
            terms.audience(&pair(Some(day("2026-09-20")), true)).missing,
            [before],
            "older than its release"
        );
        assert!(terms.audience(&pair(None, false)).missing.is_empty(), "days stand for themselves");
        assert_eq!(terms.audience(&pair(None, true)).missing, [before]);
        let mut more = known.clone();
        more.asked.extend(asked("2026-05-06", "2026-08-03", "2026-11-21").asked);
        let pair = AudienceState { known: &more, ..pair(None, true) };
        assert!(terms.audience(&pair).missing.is_empty(), "one window, no more");
    }

    #[test]
    fn lists_are_read_when_they_may_have_grown() {
        let terms = september("2026-11-26");
        assert!(terms.needs_song_list(None) && terms.needs_song_list(Some(at("2026-09-30"))));
        assert!(!terms.needs_song_list(Some(at("2026-11-20"))));
        assert!(terms.needs_song_list(Some(at("2026-11-19"))), "songs move to other artists");
        assert!(!september("2026-09-12").needs_song_list(Some(at("2026-09-12"))));
        assert!(september("2026-09-13").needs_song_list(Some(at("2026-09-12"))));
        assert!(terms.is_list_stale(Some(at("2026-11-19"))) && !terms.is_list_stale(Some(at("2026-11-20"))));
    }

    #[test]
    fn rankings_cost_a_request_each() {
        let days = [run("2026-08-01", "2026-09-30")];
        assert_eq!(ranking_requests(&days, Some(Frequency::Daily)), 2 + 61);
        assert_eq!(ranking_requests(&days, Some(Frequency::Weekly)), 2 + 9);
        let tasks = ranking_tasks(&days, 3);
        let lengths: Vec<i32> = tasks.iter().filter_map(|task| task.window()).map(Window::days).collect();
        assert_eq!(lengths, [31, 30]);
    }

    #[test]
    fn what_was_asked_on_a_clock_that_was_ahead_is_asked_again() {
        let terms = september("2026-11-26");
        let known = asked("2026-08-04", "2026-10-28", "2027-11-01");
        assert_eq!(audience(&terms, &[], &known).missing, [run("2026-08-04", "2026-10-28")]);
        for (read, wants) in [("2027-11-01", true), ("2026-11-26", false), ("2026-11-20", false)] {
            assert_eq!(terms.is_list_stale(Some(at(read))), wants, "{read}");
            assert_eq!(terms.may_lack_songs(Some(at(read))), wants, "{read}");
        }
    }
}
