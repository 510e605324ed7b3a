//! Aggregates tracks and platforms: S12 to S16 of docs/semantics.md. Every total is computed from the same
//! amounts as the rows shown under it, so that they add up (S23).

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use std::hint::black_box;

use uuid::Uuid;

use super::artist_level::artist_level;
use super::cell::CellAmounts;
use super::digests::{data_version, hash};
use super::evidence::{Evidence, TrackArtist, TrackEvidence, TrackPlatformEvidence};
use super::gaps::{Coverage, is_never_fetched};
use super::growth::{Comparison, GrowthSums, GrowthTotals, growth_rows, periods};
use super::rows::{
    ArtistRow, CellRow, CountryEvidence, DayCell, DayRow, Freshness, Incomplete, PeakRow, PlatformRow,
    Report, ReportQuery, Shared, Summary, TrackCharts, TrackRow, UnitTotal,
};
use super::warnings::warnings;
use crate::domain::amounts::{DayAmounts, DaySet, Peak};
use crate::domain::query::{Group, Query};
use crate::domain::sync::{CauseCount, FailureCause};
use crate::domain::text::format::{decimal, div_round_half_up, shares};
use crate::domain::{Amount, ArtistId, Day, Range, Role, State};

/// A track of the report, with the indices of its selected artists.
pub(super) struct SelectedTrack<'a> {
    pub evidence: &'a TrackEvidence,
    pub artists: Vec<usize>,
}

/// Selects the tracks of a report: those of the selected artists in the selected role (S12) that appeared in
/// charts of the selected country (S18).
///
/// Country filtering limitation: audience data has no country. The filter keeps tracks that appeared in the
/// country's charts; their numbers stay platform-wide. Per-country audience would need another provider
/// endpoint and a country in every observation.
struct Selection<'a> {
    query: &'a Query,
    places: HashMap<Uuid, usize>,
}

impl<'a> Selection<'a> {
    fn new(evidence: &Evidence, query: &'a Query) -> Self {
        Selection { query, places: evidence.artists.iter().map(|artist| artist.uuid).zip(0..).collect() }
    }

    fn select_track<'t>(&self, track: &'t TrackEvidence) -> Option<SelectedTrack<'t>> {
        if self.query.country.is_some() && track.charts.is_empty() {
            return None;
        }
        let has_role = |artist: &&TrackArtist| self.query.role.is_none_or(|role| artist.role == role);
        let place = |artist: &TrackArtist| self.places.get(&artist.id.uuid()?).copied();
        let mut artists: Vec<usize> = track.artists.iter().filter(has_role).filter_map(place).collect();
        artists.sort_unstable();
        artists.dedup();
        (!artists.is_empty()).then_some(SelectedTrack { evidence: track, artists })
    }
}

/// All tracks of the report.
pub(super) fn selected_tracks<'a>(evidence: &'a Evidence, query: &Query) -> Vec<SelectedTrack<'a>> {
    let selection = Selection::new(evidence, query);
    evidence.tracks.iter().filter_map(|track| selection.select_track(track)).collect()
}

/// The number of tracks for which a day is covered, missing or corrected.
#[derive(Clone, Copy, Default)]
struct DayCounts {
    covered: u32,
    missing: u32,
    corrected: u32,
}

/// Running totals of one platform.
struct PlatformSum {
    amount: Amount,
    days: DayAmounts,
    /// Per day; only if daily rows were requested.
    counts: Option<Vec<DayCounts>>,
    coverage: Coverage,
    /// Days on which a track is expected and not covered (S16).
    missing: DaySet,
    observed_until: Option<Day>,
    asked_until: Option<Day>,
}

impl PlatformSum {
    fn new(range: Range, by_day: bool) -> Self {
        PlatformSum {
            amount: Amount::Absent,
            days: DayAmounts::new(range),
            counts: by_day.then(|| vec![DayCounts::default(); range.day_count()]),
            coverage: Coverage::default(),
            missing: DaySet::default(),
            observed_until: None,
            asked_until: None,
        }
    }

    fn add(&mut self, line: &CellAmounts, days: &DayAmounts, pair: &TrackPlatformEvidence) {
        self.observed_until = self.observed_until.max(pair.observed_until());
        self.asked_until = self.asked_until.max(pair.windows.iter().map(|window| window.1).max());
        self.amount += line.amount;
        self.days.add(days);
        self.coverage.add(line.coverage());
        let missing = line.expected.difference(&line.covered);
        self.missing.union_with(&missing);
        if let Some(counts) = &mut self.counts {
            line.covered.places().for_each(|place| counts[place].covered += 1);
            missing.places().for_each(|place| counts[place].missing += 1);
            days.corrected().places().for_each(|place| counts[place].corrected += 1);
        }
    }

    /// Merges the totals of other tracks.
    fn add_sum(&mut self, other: &PlatformSum) {
        self.observed_until = self.observed_until.max(other.observed_until);
        self.asked_until = self.asked_until.max(other.asked_until);
        self.amount += other.amount;
        self.days.add(&other.days);
        self.coverage.add(other.coverage);
        self.missing.union_with(&other.missing);
        if let (Some(mine), Some(theirs)) = (&mut self.counts, &other.counts) {
            for (mine, theirs) in mine.iter_mut().zip(theirs) {
                mine.covered += theirs.covered;
                mine.missing += theirs.missing;
                mine.corrected += theirs.corrected;
            }
        }
    }
}

/// Running totals over some of the tracks.
pub struct ReportSums<'a> {
    platforms: Vec<PlatformSum>,
    /// Per artist: total and number of tracks.
    artists: Vec<(Amount, u32)>,
    shared: Amount,
    /// Track-platform pairs with an expected day; those with a day never fetched; and the known causes.
    expected: u32,
    never_fetched: u32,
    causes: BTreeMap<FailureCause, u32>,
    /// Only if the report is compared with another period.
    growth: Option<GrowthTotals>,
    tracks: Vec<TrackSum<'a>>,
}

/// A finished track row with what later steps still need.
struct TrackSum<'a> {
    row: TrackRow,
    selected: SelectedTrack<'a>,
    growth: GrowthSums,
}

impl<'a> ReportSums<'a> {
    /// Sums over no tracks.
    fn new(evidence: &Evidence, query: &Query) -> Self {
        let range = query.period.range();
        let platform = |_| PlatformSum::new(range, wants_days(query));
        ReportSums {
            platforms: evidence.platforms.iter().map(platform).collect(),
            artists: vec![(Amount::Absent, 0); evidence.artists.len()],
            shared: Amount::Absent,
            expected: 0,
            never_fetched: 0,
            causes: BTreeMap::new(),
            growth: query.compare.map(|_| GrowthTotals::new(evidence.platforms.len())),
            tracks: Vec::new(),
        }
    }

    /// Adds tracks.
    fn add_tracks(&mut self, whole: &Aggregation<'a>, tracks: &'a [TrackEvidence]) {
        let Aggregation { evidence, query, today, selection } = whole;
        let (today, range) = (*today, query.period.range());
        let mut comparison = Comparison::new(query, today);
        let (mut line_days, mut track_days) = (DayAmounts::new(range), DayAmounts::new(range));
        for part in tracks.chunks(TRACKS_PER_CHUNK) {
            black_box(part.iter().fold(0, |bytes, track| bytes ^ track.touch(range.from())));
            for selected in part.iter().filter_map(|track| selection.select_track(track)) {
                let mut total = Amount::Absent;
                let mut growth = GrowthSums::default();
                track_days.clear();
                let mut cells = Vec::with_capacity(evidence.platforms.len());
                for (place, (platform, sum)) in evidence.platforms.iter().zip(&mut self.platforms).enumerate()
                {
                    let pair = selected.evidence.on_platform(platform);
                    let cell = CellAmounts::compute(selected.evidence, pair, range, today, &mut line_days);
                    total += cell.amount;
                    track_days.add(&line_days);
                    sum.add(&cell, &line_days, pair);
                    self.expected += u32::from(!cell.expected.is_empty());
                    if is_never_fetched(pair, &cell.expected, range) {
                        self.never_fetched += 1;
                        if let Some(cause) = evidence.failed.get(&(selected.evidence.uuid, platform.number)) {
                            *self.causes.entry(*cause).or_default() += 1;
                        }
                    }
                    if let (Some(comparison), Some(totals)) = (&mut comparison, &mut self.growth) {
                        let compared = comparison.compare(selected.evidence, pair, &cell, &line_days);
                        totals.platforms[place].add(&compared);
                        growth.add(&compared);
                    }
                    if cell.amount != Amount::Absent {
                        cells.push(cell_row(&platform.code, &cell, peak(&line_days, &DaySet::default())));
                    }
                }
                for &artist in &selected.artists {
                    self.artists[artist].0 += total;
                    self.artists[artist].1 += 1;
                }
                self.shared += total.times(selected.artists.len() as i128 - 1);
                if let Some(totals) = &mut self.growth {
                    totals.add_track(&growth);
                }
                let row = track_row(selected.evidence, total, cells, trend(&track_days));
                self.tracks.push(TrackSum { row, selected, growth });
            }
        }
    }

    /// Adds the sums over other tracks.
    #[must_use]
    pub fn merged(mut self, other: Self) -> Self {
        self.platforms.iter_mut().zip(&other.platforms).for_each(|(mine, theirs)| mine.add_sum(theirs));
        for (mine, theirs) in self.artists.iter_mut().zip(other.artists) {
            mine.0 += theirs.0;
            mine.1 += theirs.1;
        }
        self.shared += other.shared;
        self.expected += other.expected;
        self.never_fetched += other.never_fetched;
        other.causes.into_iter().for_each(|(cause, count)| *self.causes.entry(cause).or_default() += count);
        if let (Some(mine), Some(theirs)) = (&mut self.growth, &other.growth) {
            mine.add(theirs);
        }
        self.tracks.extend(other.tracks);
        self
    }
}

/// Tracks whose evidence is fetched from memory at once.
const TRACKS_PER_CHUNK: usize = 16;

/// Whether the report has daily rows.
fn wants_days(query: &Query) -> bool {
    query.daily || query.group == Group::Date
}

/// Builds the report from `evidence` as of `today`. `generated_at` is left for the caller, because this
/// module has no clock.
pub fn report(evidence: &Evidence, query: &Query, today: Day) -> Report {
    let whole = Aggregation::new(evidence, query, today);
    let sums = whole.with(whole.sums(), &evidence.tracks);
    let data_version = whole.data_version(&sums);
    Report { data_version, ..whole.report(sums) }
}

/// A report computed in parts: the tracks of `evidence` may be divided among threads. [`report`] adds all of them
/// at once.
pub struct Aggregation<'a> {
    evidence: &'a Evidence,
    query: &'a Query,
    today: Day,
    selection: Selection<'a>,
}

impl<'a> Aggregation<'a> {
    /// An aggregation without tracks.
    pub fn new(evidence: &'a Evidence, query: &'a Query, today: Day) -> Self {
        Aggregation { evidence, query, today, selection: Selection::new(evidence, query) }
    }

    /// The sums over no tracks.
    pub fn sums(&self) -> ReportSums<'a> {
        ReportSums::new(self.evidence, self.query)
    }

    /// Adds some of the tracks.
    pub fn with(&self, mut sums: ReportSums<'a>, tracks: &'a [TrackEvidence]) -> ReportSums<'a> {
        sums.add_tracks(self, tracks);
        sums
    }

    /// The `data_version` of the report on these tracks (S22).
    pub fn data_version(&self, sums: &ReportSums<'a>) -> String {
        let used = sums.tracks.iter().map(|track| track.selected.evidence).collect();
        data_version(used, &self.evidence.platforms)
    }

    /// The report on all tracks, without `data_version` and `generated_at`.
    pub fn report(&self, sums: ReportSums<'a>) -> Report {
        assemble(self.evidence, self.query, self.today, sums)
    }
}

/// The report without its `data_version`.
fn assemble(evidence: &Evidence, query: &Query, today: Day, sums: ReportSums) -> Report {
    let range = query.period.range();
    let incomplete = incomplete(evidence, &sums);
    let ReportSums { platforms, artists, shared, growth, tracks, .. } = sums;
    let tracks = sort_tracks(tracks);

    let mut report = Report {
        query: ReportQuery {
            artists: query.artists.clone(),
            from: range.from(),
            to: range.to(),
            platforms: evidence.platforms.iter().map(|platform| platform.code.clone()).collect(),
            country: query.country,
            role: query.role,
            group: query.group,
            daily: query.daily,
            compare: query.compare,
        },
        data_version: String::new(),
        hash: String::new(),
        generated_at: String::new(),
        artists: artist_rows(evidence, &artists),
        shared: Shared {
            tracks: tracks.iter().filter(|t| t.selected.artists.len() > 1).map(|t| t.row.uuid).collect(),
            total: shared.figure(),
        },
        summary: summary(evidence, &platforms, tracks.iter().map(|track| track.row.state)),
        incomplete,
        platforms: platform_rows(evidence, &platforms),
        days: wants_days(query).then(|| day_rows(evidence, &platforms, range)),
        country_evidence: country_evidence(evidence, query, &tracks),
        growth: growth.zip(query.compare).map(|(totals, compare)| {
            let tracks = tracks.iter().map(|track| (track.row.uuid, &track.growth));
            growth_rows(&evidence.platforms, compare, periods(range, compare, today), &totals, tracks)
        }),
        artist_level: artist_level(evidence, range),
        freshness: freshness(evidence, &platforms),
        tracks: tracks.into_iter().map(|track| track.row).collect(),
        warnings: Vec::new(),
    };
    report.warnings = warnings(&report, evidence, today);
    report.hash = hash(&report);
    report
}

/// What has not been fetched; `None` if everything has.
fn incomplete(evidence: &Evidence, sums: &ReportSums<'_>) -> Option<Incomplete> {
    let artists = evidence.unlisted.len() as u32;
    let mut causes: Vec<CauseCount> =
        sums.causes.iter().map(|(cause, count)| CauseCount { cause: *cause, count: *count }).collect();
    causes.sort_by_key(|of| (Reverse(of.count), of.cause));
    let is_incomplete = sums.never_fetched > 0 || artists > 0;
    is_incomplete.then_some(Incomplete {
        series: sums.never_fetched,
        series_of: sums.expected,
        causes,
        artists,
    })
}

/// Sorts the tracks. Rows are large, so indices are sorted first and each row is moved once.
fn sort_tracks(tracks: Vec<TrackSum<'_>>) -> Vec<TrackSum<'_>> {
    let mut order: Vec<usize> = (0..tracks.len()).collect();
    order.sort_by(|&a, &b| rank(&tracks[a].row).cmp(&rank(&tracks[b].row)));
    let mut tracks: Vec<Option<TrackSum<'_>>> = tracks.into_iter().map(Some).collect();
    order.into_iter().filter_map(|place| tracks[place].take()).collect()
}

/// Sort key of tracks: largest estimate first, then unknown, then absent; ties by name.
fn rank(row: &TrackRow) -> (u8, Reverse<i128>, &str, u128) {
    let group = match row.state {
        State::Known => 0,
        State::Unknown => 1,
        State::Absent => 2,
    };
    (group, Reverse(row.total.map_or(0, |figure| figure.estimate)), &row.name, row.uuid.as_u128())
}

/// The daily average of the estimate, one decimal.
fn average(amount: Amount, days: usize) -> Option<String> {
    amount.figure().filter(|_| days > 0).map(|figure| decimal(figure.estimate, days as i128, 1))
}

/// The peak; not exact if its day has a part of a longer step or is in `missing`.
fn peak(days: &DayAmounts, missing: &DaySet) -> Option<PeakRow> {
    let exact =
        |peak: &Peak| peak.spread == 0 && !missing.contains((peak.day - days.range().from()) as usize);
    days.peak().map(|peak| PeakRow { value: peak.value, day: peak.day, exact: exact(&peak) })
}

fn cell_row(platform: &str, line: &CellAmounts, peak: Option<PeakRow>) -> CellRow {
    let days_tracked = line.covered.len();
    CellRow {
        platform: platform.to_owned(),
        state: line.amount.state(),
        total: line.amount.figure(),
        average_daily: average(line.amount, days_tracked),
        peak,
        days_tracked: days_tracked as u32,
        flags: line.flags.iter().collect(),
    }
}

/// Longest range whose trend is daily; longer ranges use weeks.
const TREND_DAYS: usize = 31;

/// Daily averages along the range. Only covered days count, so that a gap or an unfinished week does not look
/// like a decline.
fn trend(days: &DayAmounts) -> Vec<Option<i64>> {
    let count = days.count();
    let stretch = if count > TREND_DAYS { 7 } else { 1 };
    let is_whole = days.covered().len() == count;
    let average = |first: usize| {
        let places = first..count.min(first + stretch);
        let covered = if is_whole { places.len() } else { days.covered().count(places.clone()) };
        // Uncovered days are 0, so the whole stretch can be summed. Amounts beyond 64 bits are implausible
        // and are clamped.
        let average =
            || i64::try_from(div_round_half_up(days.sum(places), covered as i128)).unwrap_or(i64::MAX);
        (covered > 0).then(average)
    };
    (0..count).step_by(stretch).map(average).collect()
}

fn track_row(
    track: &TrackEvidence,
    total: Amount,
    platforms: Vec<CellRow>,
    trend: Vec<Option<i64>>,
) -> TrackRow {
    let mut artists: Vec<&TrackArtist> = track.artists.iter().collect();
    artists.sort_by(|a, b| (a.role, &a.name, a.id).cmp(&(b.role, &b.name, b.id)));
    let named = |role: Role| {
        artists.iter().filter(|a| a.role == role).map(|a| a.name.as_str()).collect::<Vec<_>>().join(", ")
    };
    let credit = track.credit.clone().unwrap_or_else(|| match (named(Role::Main), named(Role::Featured)) {
        (main, guests) if guests.is_empty() => main,
        (main, guests) if main.is_empty() => guests,
        (main, guests) => format!("{main} feat. {guests}"),
    });
    TrackRow {
        uuid: track.uuid,
        name: track.name.clone(),
        credit,
        artists: artists.iter().map(|artist| artist.id).collect::<Vec<ArtistId>>(),
        image_url: track.image_url.clone(),
        state: total.state(),
        total: total.figure(),
        platforms,
        trend,
    }
}

fn artist_rows(evidence: &Evidence, sums: &[(Amount, u32)]) -> Vec<ArtistRow> {
    let mut rows: Vec<ArtistRow> = evidence
        .artists
        .iter()
        .zip(sums)
        .map(|(artist, (amount, tracks))| ArtistRow {
            uuid: artist.uuid,
            name: artist.name.clone(),
            tracks: *tracks,
            total: amount.figure(),
        })
        .collect();
    rows.sort_by(|a, b| (&a.name, a.uuid).cmp(&(&b.name, b.uuid)));
    rows
}

fn summary(evidence: &Evidence, platforms: &[PlatformSum], states: impl Iterator<Item = State>) -> Summary {
    let total: Amount = platforms.iter().map(|platform| platform.amount).sum();
    let mut covered = DaySet::default();
    let mut coverage = Coverage::default();
    let mut units: Vec<(&str, Amount)> = Vec::new();
    for (platform, sum) in evidence.platforms.iter().zip(platforms) {
        covered.union_with(sum.days.covered());
        coverage.add(sum.coverage);
        match units.iter_mut().find(|(unit, _)| *unit == platform.unit) {
            Some((_, amount)) => *amount += sum.amount,
            None => units.push((&platform.unit, sum.amount)),
        }
    }
    let states: Vec<State> = states.collect();
    Summary {
        total: total.figure(),
        units: units
            .into_iter()
            .filter(|(_, amount)| *amount != Amount::Absent)
            .map(|(unit, amount)| UnitTotal { unit: unit.to_owned(), total: amount.figure() })
            .collect(),
        tracks: states.iter().filter(|state| **state == State::Known).count() as u32,
        tracks_of: states.len() as u32,
        average_daily: average(total, covered.len()),
        days_tracked: covered.len() as u32,
        coverage: coverage.ratio(),
    }
}

fn platform_rows(evidence: &Evidence, sums: &[PlatformSum]) -> Vec<PlatformRow> {
    let estimates: Vec<i128> =
        sums.iter().map(|sum| sum.amount.figure().map_or(0, |figure| figure.estimate)).collect();
    let shares = shares(&estimates);
    let row = |(index, (platform, sum)): (
        usize,
        (&crate::domain::registry::platform::ReportPlatform, &PlatformSum),
    )| {
        let days_tracked = sum.days.covered().len();
        let share = shares.as_ref().filter(|_| sum.amount.figure().is_some()).map(|shares| shares[index]);
        PlatformRow {
            platform: platform.code.clone(),
            name: platform.name.clone(),
            unit: platform.unit.clone(),
            state: sum.amount.state(),
            total: sum.amount.figure(),
            share: share.map(|tenths| decimal(tenths, 10, 1)),
            peak: peak(&sum.days, &sum.missing),
            peak_spread: sum.days.peak().map_or(0, |peak| peak.spread),
            average_daily: average(sum.amount, days_tracked),
            days_tracked: days_tracked as u32,
            coverage: sum.coverage.ratio(),
        }
    };
    evidence.platforms.iter().zip(sums).enumerate().map(row).collect()
}

fn freshness(evidence: &Evidence, sums: &[PlatformSum]) -> Vec<Freshness> {
    let row =
        |(platform, sum): (&crate::domain::registry::platform::ReportPlatform, &PlatformSum)| Freshness {
            platform: platform.code.clone(),
            data_until: sum.observed_until,
            asked_until: sum.asked_until,
        };
    evidence.platforms.iter().zip(sums).map(row).collect()
}

fn day_rows(evidence: &Evidence, sums: &[PlatformSum], range: Range) -> Vec<DayRow> {
    let cells = |place: usize| {
        let cell = |(platform, sum): (&crate::domain::registry::platform::ReportPlatform, &PlatformSum)| {
            let counts = sum.counts.as_ref().map_or_else(DayCounts::default, |counts| counts[place]);
            DayCell {
                platform: platform.code.clone(),
                value: sum.days.clean(place),
                spread: sum.days.spread(place),
                covered: counts.covered,
                missing: counts.missing,
                corrected: counts.corrected,
            }
        };
        evidence.platforms.iter().zip(sums).map(cell).collect()
    };
    range.days().enumerate().map(|(place, day)| DayRow { day, platforms: cells(place) }).collect()
}

fn country_evidence(evidence: &Evidence, query: &Query, tracks: &[TrackSum<'_>]) -> Option<CountryEvidence> {
    let country = query.country?;
    let fetched = evidence.charts.as_ref().map_or(&[][..], |charts| &charts.days_fetched);
    Some(CountryEvidence {
        country,
        tracks: tracks
            .iter()
            .map(|track| {
                let mut charts = track.selected.evidence.charts.clone();
                charts.sort_by(|a, b| (a.best_position, &a.chart).cmp(&(b.best_position, &b.chart)));
                TrackCharts { track: track.row.uuid, charts }
            })
            .collect(),
        days_without_chart: query
            .period
            .range()
            .days()
            .filter(|day| fetched.binary_search(day).is_err())
            .collect(),
    })
}
