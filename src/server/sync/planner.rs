//! Loads the planner's input from the database and makes the plan.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::catalogue_snapshot::CatalogueSnapshot;
use super::days::DayRun;
use super::plan::{
    AudienceState, FetchedDays, MissingDays, PlanContext, artist_tasks, ranking_requests, ranking_tasks,
    window_tasks,
};
use super::request::Request;
use super::subject::OpenUnits;
use crate::domain::report::TrackFacts;
use crate::domain::sync::{ChartPlan, SyncPlan};
use crate::domain::text::format::pluralize;
use crate::domain::{Day, Kind, Level};
use crate::server::base::clock::now;
use crate::server::error::Error;
use crate::server::provider::SONGS_AT_ONCE;
use crate::server::reports::{select_artists, select_platforms};
use crate::server::store::Conn;
use crate::server::store::tables::artists::StoredArtist;
use crate::server::store::tables::fetched::{self, ProviderList};
use crate::server::store::tables::platforms::Platform;
use crate::server::store::tables::units::{self, Subject, Task, Unit, UnitKind};
use crate::server::store::tables::{charts, refusals, tracks};

/// Requests needed for all platform lists.
const PLATFORM_LISTS: u32 = 4;
/// Rows per page of a list.
const PAGE: usize = 100;

/// Missing data of a request, as units of work.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Plan {
    /// Requests not yet in an open unit.
    pub units: Vec<Unit>,
    /// Open units that cover part of it.
    pub shared: Vec<i64>,
    /// Missing series that are skipped, because the provider recently refused their kind.
    pub refused: u32,
    pub summary: SyncPlan,
}

impl Plan {
    pub fn is_empty(&self) -> bool {
        self.units.is_empty() && self.shared.is_empty()
    }
}

/// Context of a plan.
#[derive(Debug, Clone, Copy)]
pub struct PlanInput<'a> {
    pub request: &'a Request,
    /// The current date.
    pub today: Day,
    /// For a refresh: its time, in seconds since 1970-01-01.
    pub since: Option<i64>,
    /// Units given up earlier in this sync, which are not retried.
    pub given_up: &'a [Task],
}

/// Plan builder.
struct Planner<'a> {
    terms: PlanContext,
    given_up: HashSet<Subject>,
    refused: HashSet<UnitKind>,
    open: OpenUnits,
    plan: Plan,
    question: PlanInput<'a>,
}

///
/// # Errors
/// [`Error::Invalid`] if the request names something unknown or not fetchable.
pub async fn plan_units(
    conn: &mut Conn,
    stock: &CatalogueSnapshot,
    question: PlanInput<'_>,
) -> Result<Plan, Error> {
    let request = question.request;
    let range = request.range()?;
    if range.from() > question.today {
        let message = format!("the range begins on {}, and today is {}", range.from(), question.today);
        return Err(Error::invalid(request.field(), message));
    }
    let (selected, _) = select_artists(&request.artists, stock.artists.clone())?;
    let registry = &stock.registry;
    let chosen = select_platforms(&request.platforms, registry)?;
    let numbers: Vec<i64> = selected.iter().map(|artist| artist.id).collect();
    let charts = match request.country {
        Some(country) => charts::active_in_country(conn, country).await?,
        None => Vec::new(),
    };
    let subjects: Vec<i64> = numbers
        .iter()
        .copied()
        .chain(stock.tracks.iter().map(|(number, _)| *number))
        .chain(charts.iter().map(|chart| chart.id))
        .collect();
    let mut planner = Planner {
        terms: PlanContext { range, today: question.today, since: question.since },
        given_up: question.given_up.iter().map(|task| task.subject()).collect(),
        // A refresh fetches everything again.
        refused: if question.since.is_some() {
            HashSet::new()
        } else {
            refusals::active(conn, now()).await?
        },
        open: OpenUnits::new(units::open_about(conn, &subjects).await?),
        plan: Plan::default(),
        question,
    };
    planner.lists(conn, registry).await?;
    planner.songs(conn, &selected, stock).await?;
    planner.details(conn, &selected).await?;
    planner.artist_level(conn, &selected, registry).await?;
    let chosen: Vec<&Platform> =
        registry.iter().filter(|platform| chosen.iter().any(|chosen| chosen.number == platform.id)).collect();
    planner.audience(conn, stock, &chosen).await?;
    planner.charts(conn, charts).await?;
    Ok(planner.plan)
}

impl Planner<'_> {
    fn put(&mut self, task: Task, label: String, requests: u32) {
        if self.given_up.contains(&task.subject()) {
            return;
        }
        if self.refused.contains(&UnitKind::from(task)) {
            self.plan.refused += 1;
        } else {
            self.plan.units.push(Unit { task, label });
            self.plan.summary.requests += requests;
        }
    }

    /// A list is one request, shared as a whole.
    fn put_list(&mut self, task: Task, label: String, requests: u32) {
        match self.open.take(task.subject()).first() {
            Some((id, _)) => self.plan.shared.push(*id),
            None => self.put(task, label, requests),
        }
    }

    /// Plans the provider's platform list and the charts of enabled platforms.
    async fn lists(&mut self, conn: &mut Conn, registry: &[Platform]) -> Result<(), Error> {
        let read = fetched::for_lists(conn, ProviderList::Platforms, &[0]).await?;
        if self.terms.is_list_stale(read.get(&0).copied()) {
            self.put_list(Task::Platforms, "the list of platforms".to_owned(), PLATFORM_LISTS);
        }
        let enabled =
            registry.iter().filter(|platform| platform.track().is_some_and(|metric| metric.enabled));
        let enabled: Vec<&Platform> = enabled.collect();
        let numbers: Vec<i64> = enabled.iter().map(|platform| platform.id).collect();
        let read = fetched::for_lists(conn, ProviderList::Charts, &numbers).await?;
        for platform in enabled {
            if self.terms.is_list_stale(read.get(&platform.id).copied()) {
                let label = format!("the list of {} charts", platform.name);
                self.put_list(Task::Charts { platform: platform.id }, label, 1);
            }
        }
        Ok(())
    }

    async fn songs(
        &mut self,
        conn: &mut Conn,
        artists: &[Arc<StoredArtist>],
        stock: &CatalogueSnapshot,
    ) -> Result<(), Error> {
        let numbers: Vec<i64> = artists.iter().map(|artist| artist.id).collect();
        let read = fetched::for_lists(conn, ProviderList::Songs, &numbers).await?;
        for artist in artists {
            let last = read.get(&artist.id).copied();
            if self.terms.needs_song_list(last) {
                let id = artist.artist_id();
                let is_theirs = |track: &TrackFacts| track.artists.iter().any(|part| part.id == id);
                let known = stock.tracks.iter().filter(|(_, track)| is_theirs(track)).count();
                let pages = u32::try_from(known.div_ceil(PAGE).max(1)).unwrap_or(u32::MAX);
                let label = format!("the songs of {}", artist.artist.name);
                // One list per role.
                self.put_list(Task::Songs { artist: artist.id }, label, pages + 1);
                self.plan.summary.unlisted_artists += u32::from(self.terms.may_lack_songs(last));
            }
        }
        Ok(())
    }

    /// Plans the ISRCs of songs, which lists lack: each is fetched once.
    async fn details(&mut self, conn: &mut Conn, artists: &[Arc<StoredArtist>]) -> Result<(), Error> {
        let mut asked = HashSet::new();
        for artist in artists {
            let open = self.open.take(Subject::Details { artist: artist.id });
            if !open.is_empty() {
                self.plan.shared.extend(open.iter().map(|(id, _)| *id));
                continue;
            }
            let lacking = tracks::without_isrc(conn, artist.id, i64::MIN, i64::MAX).await?;
            let lacking: Vec<i64> =
                lacking.into_iter().map(|(track, _)| track).filter(|track| asked.insert(*track)).collect();
            for songs in lacking.chunks(SONGS_AT_ONCE) {
                let task = Task::Details { artist: artist.id, first: songs[0], last: songs[songs.len() - 1] };
                let label = format!("ISRCs of {} by {}", pluralize(songs.len(), "song"), artist.artist.name);
                self.put(task, label, 1);
            }
        }
        Ok(())
    }

    /// Plans followers, listeners and views, of the selected platforms or all.
    async fn artist_level(
        &mut self,
        conn: &mut Conn,
        artists: &[Arc<StoredArtist>],
        registry: &[Platform],
    ) -> Result<(), Error> {
        let numbers: Vec<i64> = artists.iter().map(|artist| artist.id).collect();
        let mut asked = fetched::of_artists(conn, &numbers).await?;
        let wanted = &self.question.request.platforms;
        for artist in artists {
            for platform in registry.iter().filter(|p| wanted.is_empty() || wanted.contains(&p.code)) {
                let metrics = platform.metrics.iter();
                for metric in metrics.filter(|m| m.level == Level::Artist && m.enabled && m.kind.is_some()) {
                    let key = (artist.id, platform.id, metric.metric);
                    let (artist_id, platform_id, metric) = key;
                    let subject = Subject::Artist { artist: artist_id, platform: platform_id, metric };
                    let known = FetchedDays {
                        asked: asked.remove(&key).unwrap_or_default(),
                        open: self.open.take(subject),
                    };
                    let needed = self.terms.artist(&known);
                    let label = format!("{} {metric} of {}", platform.name, artist.artist.name);
                    let tasks = artist_tasks(&needed.missing, artist_id, platform_id, metric);
                    self.put_all(needed, tasks, &label);
                }
            }
        }
        Ok(())
    }

    async fn audience(
        &mut self,
        conn: &mut Conn,
        stock: &CatalogueSnapshot,
        platforms: &[&Platform],
    ) -> Result<(), Error> {
        let numbers: Vec<i64> = stock.tracks.iter().map(|(number, _)| *number).collect();
        let mut asked = fetched::of_tracks(conn, &numbers).await?;
        let observed = observed(stock);
        for (number, facts) in &stock.tracks {
            for platform in platforms {
                let key = (*number, platform.id);
                let known = FetchedDays {
                    asked: asked.remove(&key).unwrap_or_default(),
                    open: self.open.take(Subject::Audience { track: *number, platform: platform.id }),
                };
                let needed = self.terms.audience(&AudienceState {
                    release: facts.release,
                    is_counter: platform.reading().is_some_and(|reading| reading.kind == Kind::Counter),
                    observed: observed.get(&key).map_or(&[], Vec::as_slice),
                    known: &known,
                });
                if needed == MissingDays::default() {
                    continue;
                }
                let before = self.plan.units.len() + self.plan.shared.len();
                let label = format!("{} for “{}”", platform.name, facts.name);
                let (track, platform) = key;
                let tasks =
                    window_tasks(&needed.missing, |window| Task::Audience { track, platform, window });
                self.put_all(needed, tasks, &label);
                let is_planned = self.plan.units.len() + self.plan.shared.len() > before;
                self.plan.summary.series += u32::from(is_planned);
            }
        }
        Ok(())
    }

    fn put_all(&mut self, needed: MissingDays, tasks: Vec<Task>, label: &str) {
        self.plan.shared.extend(needed.shared);
        for task in tasks {
            self.put(task, label.to_owned(), 1);
        }
    }

    async fn charts(&mut self, conn: &mut Conn, charts: Vec<charts::ActiveChart>) -> Result<(), Error> {
        let numbers: Vec<i64> = charts.iter().map(|chart| chart.id).collect();
        let mut asked = fetched::for_charts(conn, &numbers).await?;
        for chart in charts {
            let known = FetchedDays {
                asked: asked.remove(&chart.id).unwrap_or_default(),
                open: self.open.take(Subject::Rankings { chart: chart.id }),
            };
            let needed = self.terms.chart(&known);
            self.plan.shared.extend(needed.shared);
            for task in ranking_tasks(&needed.missing, chart.id) {
                let Some(window) = task.window() else { continue };
                let requests = ranking_requests(&[(window.from(), window.to())], chart.frequency);
                self.put(task, format!("the rankings of {}", chart.name), requests);
            }
            let days = super::days::day_count(&needed.missing);
            if days > 0 {
                self.plan.summary.charts.push(ChartPlan { slug: chart.slug, days });
            }
        }
        Ok(())
    }
}

/// Observed days of each track on each platform.
fn observed(stock: &CatalogueSnapshot) -> HashMap<(i64, i64), Vec<DayRun>> {
    let mut observed = HashMap::new();
    for ((track, _), pairs) in stock.tracks.iter().zip(&stock.pairs) {
        for (platform, pair) in &**pairs {
            if let Some((_, pair)) = &pair.derived {
                observed.insert((*track, *platform), pair.observed.iter().collect());
            }
        }
    }
    observed
}
