//! The planner: computes the missing provider requests from what a sync needs, what the database has and what
//! is in progress (S17 of docs/semantics.md). Pure functions; `survey` reads the database for them.

use super::days::{Run, count, overlap, without};
use crate::domain::catalogue::Frequency;
use crate::domain::sync::window::{MAX_DAYS, Window};
use crate::domain::{Day, Metric, Range};
use crate::server::base::clock::SECONDS_A_DAY;
use crate::server::store::tables::fetched::Asked;
use crate::server::store::tables::units::Task;

/// Days around a range that affect its numbers: the typical step (S2), and later evidence that can reclassify
/// a step.
const AROUND: i32 = 28;
/// Days during which the provider may still revise a value.
const LATE: i32 = 3;
/// Days after which lists of charts and platforms are fetched again.
const LISTS: i32 = 7;
/// Maximum rankings per unit: each costs a request.
const RANKINGS: usize = 31;

/// Context of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// The days of the report.
    pub range: Range,
    /// The current date.
    pub today: Day,
    /// For a refresh: fetches before this time (seconds since 1970-01-01) do not count.
    pub since: Option<i64>,
}

/// State of a subject with daily data.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// Windows already fetched.
    pub asked: Vec<Asked>,
    /// Open units: id and days.
    pub open: Vec<(i64, Run)>,
}

/// Planned work for a subject.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Needed {
    /// Days neither fetched nor in an open unit.
    pub missing: Vec<Run>,
    /// Open units that cover some of the days.
    pub shared: Vec<i64>,
}

impl Terms {
    /// Required days of a series: the range and its surroundings, up to yesterday.
    pub fn base(&self) -> Run {
        ((self.range.from() - AROUND).max(Day::MIN), (self.range.to() + AROUND).min(self.today - 1))
    }

    /// Past days of the range.
    fn past(&self) -> Run {
        (self.range.from(), self.range.to().min(self.today - 1))
    }

    /// Days that count as fetched: all but those that the provider could still revise at the time.
    fn settled(&self, asked: &[Asked]) -> Vec<Run> {
        let counts = |asked: &&Asked| {
            self.since.is_none_or(|since| asked.at >= since) && day_of(asked.at) <= self.today
        };
        let days = |asked: &Asked| {
            let day = day_of(asked.at);
            (asked.from, if day < self.today { asked.to.min(day - LATE) } else { asked.to })
        };
        asked.iter().filter(counts).map(days).filter(|run| run.0 <= run.1).collect()
    }

    /// Missing days of a run.
    fn needed(&self, wanted: Run, known: &Known) -> Needed {
        let missing = without(vec![wanted], self.settled(&known.asked));
        let helps = |run: Run| missing.iter().any(|missing| overlap(*missing, run));
        let shared: Vec<&(i64, Run)> = known.open.iter().filter(|(_, run)| helps(*run)).collect();
        Needed {
            shared: shared.iter().map(|(id, _)| *id).collect(),
            missing: without(missing, shared.iter().map(|(_, run)| *run)),
        }
    }

    /// Plans an artist's audience.
    pub fn artist(&self, known: &Known) -> Needed {
        self.needed(self.base(), known)
    }

    /// Plans a chart: the past days of the range.
    pub fn chart(&self, known: &Known) -> Needed {
        self.needed(self.past(), known)
    }

    /// Plans a track on a platform: the range and its surroundings, then one more window on each side where
    /// the nearest observation of a counter is still missing.
    pub fn audience(&self, pair: &Audience<'_>) -> Needed {
        let base = self.base();
        if pair.born().is_some_and(|release| release > self.range.to()) || base.1 < base.0 {
            return Needed::default();
        }
        let mut needed = self.needed(base, pair.known);
        if needed != Needed::default() || !pair.is_counter || pair.observed.is_empty() {
            return needed;
        }
        for further in [self.before(base, pair), self.after(base, pair)].into_iter().flatten() {
            let more = self.needed(further, pair.known);
            needed.missing.extend(more.missing);
            needed.shared.extend(more.shared);
        }
        needed
    }

    fn before(&self, base: Run, pair: &Audience<'_>) -> Option<Run> {
        let first = self.range.from() - 1;
        let started = |run: &&Run| run.0 <= first;
        let nearest = pair.observed.iter().rfind(started).map(|run| run.1.min(first));
        let is_born = pair.born().is_some_and(|release| release > base.0);
        let from = nearest.map_or(Day::MIN, |day| day + 1).max(base.0 - MAX_DAYS);
        (!is_born && nearest.is_none_or(|day| day < base.0) && from < base.0).then_some((from, base.0 - 1))
    }

    fn after(&self, base: Run, pair: &Audience<'_>) -> Option<Run> {
        let last = self.range.to();
        let goes_on = |run: &&Run| run.1 >= last;
        let nearest = pair.observed.iter().find(goes_on).map(|run| run.0.max(last));
        let to = nearest.map_or(Day::MAX, |day| day - 1).min(base.1 + MAX_DAYS).min(self.today - 1);
        (nearest.is_none_or(|day| day > base.1) && to > base.1).then_some((base.1 + 1, to))
    }

    /// Whether a list of charts or platforms is due, given when it was last fetched.
    pub fn wants_list(&self, read: Option<i64>) -> bool {
        read.is_none_or(|at| !(0..LISTS).contains(&(self.today - day_of(at))))
    }

    /// Whether an artist's song list is due, given when it was last fetched: a release within the range must
    /// not be missed, and a song that moved to another artist must not be counted for long (S24).
    pub fn wants_songs(&self, read: Option<i64>) -> bool {
        self.lacks_songs(read) || self.wants_list(read)
    }

    /// Whether releases within the range may be missing.
    pub fn lacks_songs(&self, read: Option<i64>) -> bool {
        let is_old = |at: i64| {
            let read = day_of(at);
            read < (self.range.to() + 1).min(self.today) || read > self.today
        };
        read.is_none_or(|at| is_old(at) || self.since.is_some_and(|since| at < since))
    }
}

/// State of a track on a platform.
#[derive(Debug, Clone, Copy)]
pub struct Audience<'a> {
    /// The track's release, if known.
    pub release: Option<Day>,
    /// Whether the platform's values are a counter: only these need an observation on either side.
    pub is_counter: bool,
    /// Runs of days with an observation, in order.
    pub observed: &'a [Run],
    /// What was asked, and what is open.
    pub known: &'a Known,
}

impl Audience<'_> {
    /// The release, unless a value from before it shows that the track is older than that.
    fn born(&self) -> Option<Day> {
        let first = self.observed.first().map(|run| run.0);
        self.release.filter(|release| first.is_none_or(|first| first >= *release))
    }
}

/// Splits runs of days into window tasks.
pub fn windows(runs: &[Run], task: impl Fn(Window) -> Task) -> Vec<Task> {
    runs.iter().flat_map(|run| Window::cover(run.0, run.1)).map(task).collect()
}

/// An artist's numbers on a platform as tasks.
pub fn artist_tasks(runs: &[Run], artist: i64, platform: i64, metric: Metric) -> Vec<Task> {
    windows(runs, |window| Task::Artist { artist, platform, metric, window })
}

/// A chart's rankings as tasks.
pub fn ranking_tasks(runs: &[Run], chart: i64) -> Vec<Task> {
    let pieces = runs.iter().flat_map(|run| {
        run.0.up_to(run.1).step_by(RANKINGS).map(|from| (from, (from + (RANKINGS as i32 - 1)).min(run.1)))
    });
    let windows = pieces.filter_map(|(from, to)| Window::new(from, to));
    windows.map(|window| Task::Rankings { chart, window }).collect()
}

/// Requests for the rankings of these days: one for the dates, and one per ranking.
pub fn ranking_requests(runs: &[Run], frequency: Option<Frequency>) -> u32 {
    let days = count(runs);
    let rankings = if frequency == Some(Frequency::Weekly) { days.div_ceil(7) } else { days };
    days.div_ceil(RANKINGS as u32) + rankings
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

    fn run(from: &str, to: &str) -> Run {
        (day(from), day(to))
    }

    fn at(text: &str) -> i64 {
        i64::from(day(text).number()) * SECONDS_A_DAY + 3_600
    }

    fn september(today: &str) -> Terms {
        Terms { range: Range::month("2026-09".parse().unwrap()), today: day(today), since: None }
    }

    fn asked(from: &str, to: &str, on: &str) -> Known {
        Known { asked: vec![Asked { from: day(from), to: day(to), at: at(on) }], open: vec![] }
    }

    fn audience(terms: &Terms, observed: &[Run], known: &Known) -> Needed {
        terms.audience(&Audience { release: None, is_counter: true, observed, known })
    }

    #[test]
    fn a_month_is_one_request() {
        let needed = audience(&september("2026-11-26"), &[], &Known::default());
        assert_eq!(needed.missing, [run("2026-08-04", "2026-10-28")]);
        assert_eq!(
            windows(&needed.missing, |window| Task::Audience { track: 1, platform: 1, window }).len(),
            1
        );
        let needed = audience(&september("2026-09-12"), &[], &Known::default());
        assert_eq!(needed.missing, [run("2026-08-04", "2026-09-11")], "at most yesterday");
        let needed = audience(&september("2026-08-01"), &[], &Known::default());
        assert_eq!(needed, Needed::default(), "all of it is to come");
    }

    #[test]
    fn nothing_is_asked_of_before_the_first_day_that_there_is() {
        let range = Range::month("1900-01".parse().unwrap());
        let terms = Terms { range, ..september("2026-11-26") };
        assert_eq!(terms.base().0, Day::MIN);
        let after = asked("1900-01-01", "1900-02-28", "2026-11-20");
        let observed = [run("1900-02-01", "1900-02-05")];
        let needed = audience(&terms, &observed, &after);
        assert!(needed.missing.iter().all(|run| run.0 >= Day::MIN), "{needed:?}");
    }

    #[test]
    fn what_was_asked_is_not_asked_again() {
        let known = asked("2026-08-04", "2026-10-28", "2026-11-01");
        assert_eq!(audience(&september("2026-11-26"), &[], &known), Needed::default());
        let known = asked("2026-09-01", "2026-09-30", "2026-11-01");
        assert_eq!(
            audience(&september("2026-11-26"), &[], &known).missing,
            [run("2026-08-04", "2026-08-31"), run("2026-10-01", "2026-10-28")]
        );
    }

    #[test]
    fn late_days_are_asked_again_on_another_day() {
        let known = asked("2026-08-04", "2026-09-19", "2026-09-20");
        assert_eq!(audience(&september("2026-09-20"), &[], &known), Needed::default(), "the same day");
        assert_eq!(
            audience(&september("2026-09-21"), &[], &known).missing,
            [run("2026-09-18", "2026-09-20")],
            "those of the last two days before, and the new one"
        );
        let known = asked("2026-08-04", "2026-10-28", "2026-10-31");
        assert_eq!(
            audience(&september("2026-11-26"), &[], &known),
            Needed::default(),
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
        let terms = Terms { since: Some(at("2026-11-26")), ..september("2026-11-26") };
        let base = run("2026-08-04", "2026-10-28");
        let known = asked("2026-08-04", "2026-10-28", "2026-11-01");
        assert_eq!(audience(&terms, &[base], &known).missing, [base]);
        assert!(terms.wants_songs(Some(at("2026-11-25"))) && !terms.wants_songs(Some(at("2026-11-26"))));
        let known = asked("2026-08-04", "2026-10-28", "2026-11-26");
        assert_eq!(audience(&terms, &[base], &known), Needed::default());
    }

    #[test]
    fn open_units_are_shared() {
        let known = Known { asked: vec![], open: vec![(7, run("2026-07-01", "2026-09-20"))] };
        let needed = audience(&september("2026-11-26"), &[], &known);
        assert_eq!(needed, Needed { missing: vec![run("2026-09-21", "2026-10-28")], shared: vec![7] });
        let known = Known { asked: vec![], open: vec![(7, run("2026-01-01", "2026-02-20"))] };
        assert!(audience(&september("2026-11-26"), &[], &known).shared.is_empty(), "it does not help");
    }

    #[test]
    fn one_window_further_where_the_nearest_observation_is_missing() {
        let terms = september("2026-11-26");
        let known = asked("2026-08-04", "2026-10-28", "2026-11-20");
        let further = |observed: &[Run]| audience(&terms, observed, &known).missing;
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
        let pair = |release, is_counter| Audience { release, is_counter, observed: &late, known: &known };
        assert!(terms.audience(&pair(Some(day("2026-09-10")), true)).missing.is_empty(), "born inside");
        let later = [run("2026-10-03", "2026-10-20")];
        let unreleased = Audience { observed: &later, ..pair(Some(day("2026-10-01")), true) };
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
        let pair = Audience { known: &more, ..pair(None, true) };
        assert!(terms.audience(&pair).missing.is_empty(), "one window, no more");
    }

    #[test]
    fn lists_are_read_when_they_may_have_grown() {
        let terms = september("2026-11-26");
        assert!(terms.wants_songs(None) && terms.wants_songs(Some(at("2026-09-30"))));
        assert!(!terms.wants_songs(Some(at("2026-11-20"))));
        assert!(terms.wants_songs(Some(at("2026-11-19"))), "songs move to other artists");
        assert!(!september("2026-09-12").wants_songs(Some(at("2026-09-12"))));
        assert!(september("2026-09-13").wants_songs(Some(at("2026-09-12"))));
        assert!(terms.wants_list(Some(at("2026-11-19"))) && !terms.wants_list(Some(at("2026-11-20"))));
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
            assert_eq!(terms.wants_list(Some(at(read))), wants, "{read}");
            assert_eq!(terms.lacks_songs(Some(at(read))), wants, "{read}");
        }
    }
}
