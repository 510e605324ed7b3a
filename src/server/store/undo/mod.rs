//! Undoes an import as a whole, in the caller's transaction: values that it replaced return, later ones stay.

mod history;

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};

use sqlx::AssertSqlSafe;

use self::history::DeliveryHistory;
use super::Conn;
use super::imports::{self, Attribution, Import, UndoableImports};
use super::sql::quoted;
use crate::domain::Day;
use crate::domain::catalogue::file_kind::FileKind;
use crate::domain::series::Observation;
use crate::server::error::Error;
use crate::server::store::imports::changes::{
    self, ARTISTS, CHARTS, Entries, FETCH_COLUMN, LINKS, METRICS, PLATFORMS, Relation, RowSelector, TRACKS,
    TrackedColumn, TrackedTable,
};
use crate::server::store::imports::splice::{RowAction, RowChange, RowValues, splice};
use crate::server::store::observations::packed::{self, FetchedObservation, ReplacedObservation};
use crate::server::store::observations::{confirmations, rebuild};
use crate::server::store::sql::{ROWS_AT_ONCE, day, list};
use crate::server::store::tables::meta::{self, VersionKind};
use crate::server::store::tables::{fetched, identifiers, platforms};

/// Batch size: tracks or artists in memory at once.
const SUBJECTS_PER_CHUNK: usize = 256;

/// Result of undoing an import.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Undone {
    /// Values and rows removed or restored.
    pub restored: u64,
    /// Rows of the import that stay because other data refers to them, by kind.
    pub kept: BTreeMap<Relation, u64>,
}

/// Undoes an import.
///
/// # Errors
/// Already undone, or made by an earlier version; database errors.
pub async fn undo(conn: &mut Conn, import: &Import, by: &Attribution) -> Result<Undone, Error> {
    if import.is_legacy {
        let message = format!(
            "import {} cannot be undone: an earlier version made it, which did not note what it changed",
            import.id
        );
        return Err(Error::invalid("id", message));
    }
    // File by file: files not yet undone still count as imports.
    let mut imports = imports::undoable(conn).await?;
    if !imports::mark_undone(conn, import.id, by).await? {
        return Err(Error::invalid("id", format!("import {} was undone before", import.id)));
    }
    let mut undone = Undone::default();
    let readings = platforms::readings(conn).await?;
    for file in import.files.iter().rev() {
        imports.remove(file.fetch_id);
        let subjects = imports::subjects(conn, file.fetch_id).await?;
        undo_windows(conn, file.fetch_id).await?;
        let artists = file.kind == Some(FileKind::ArtistObservations);
        for subjects in subjects.chunks(SUBJECTS_PER_CHUNK) {
            undone.restored += if artists {
                undo_artists(conn, file.fetch_id, &imports, subjects).await?
            } else {
                undo_tracks(conn, file.fetch_id, &imports, subjects).await?
            };
        }
        undone.restored += undo_rankings(conn, file.fetch_id).await?;
        sqlx::query("delete from ended_links where ended_by = $1")
            .bind(file.fetch_id)
            .execute(&mut *conn)
            .await?;
        // Referencing rows first.
        for table in [CHARTS, LINKS, TRACKS, ARTISTS, METRICS, PLATFORMS] {
            undo_rows(conn, file.fetch_id, table, &mut undone).await?;
        }
        changes::remove_all(conn, file.fetch_id).await?;
    }
    let after = platforms::readings(conn).await?;
    for (platform, _) in after.iter().filter(|(id, reading)| readings.get(id) != Some(*reading)) {
        rebuild::platform(conn, *platform).await?;
    }
    meta::clear_data_kind_if_empty(conn).await?;
    for changed in VersionKind::ALL {
        meta::bump(conn, changed).await?;
    }
    Ok(undone)
}

type SeriesKey = (i64, i64, String);

/// Removes a fetch from these tracks; returns the number of changed days.
async fn undo_tracks(
    conn: &mut Conn,
    fetch_id: i64,
    imports: &UndoableImports,
    tracks: &[i64],
) -> Result<u64, Error> {
    let theirs = list(tracks.iter().copied());
    let sql = format!("delete from fetched_windows where fetch_id = $1 and track_id in ({theirs})");
    let windows =
        sqlx::query(AssertSqlSafe(sql)).persistent(false).bind(fetch_id).execute(&mut *conn).await?;
    let mut restored = windows.rows_affected();
    let mut histories: BTreeMap<SeriesKey, DeliveryHistory> = BTreeMap::new();
    let sql = format!(
        "select track_id, platform_id, identifier, packed from observations where track_id in ({theirs})"
    );
    let rows: Vec<(i64, i64, String, Vec<u8>)> =
        sqlx::query_as(AssertSqlSafe(sql)).persistent(false).fetch_all(&mut *conn).await?;
    for (track, platform, identifier, bytes) in rows {
        histories.entry((track, platform, identifier)).or_default().current = packed::unpack(&bytes)?;
    }
    add_revisions(conn, "revisions", "track_id", "identifier", tracks, &mut histories).await?;
    for (key, confirmed) in confirmations::load(conn, confirmations::OF_TRACKS, tracks).await? {
        histories.entry(key).or_default().confirmed = confirmed;
    }
    let mut gone = Vec::new();
    for (key, history) in histories {
        let Some(left) = history.without(fetch_id, imports) else { continue };
        restored += differing(&history.current, &left.current);
        write_revisions(conn, "revisions", "track_id", "identifier", &key, &history, &left).await?;
        write_confirmations(conn, confirmations::OF_TRACKS, &key, &left).await?;
        write_observations(conn, &key, &left.current).await?;
        if left.current.is_empty() {
            gone.push(key);
        }
    }
    identifiers::remove(conn, &gone).await?;
    rebuild::tracks(conn, tracks).await?;
    Ok(restored)
}

/// Days whose value changed or disappeared.
fn differing(before: &[FetchedObservation], after: &[FetchedObservation]) -> u64 {
    let after = by_day(after);
    let value = |day| after.get(&day).map(|fetched| fetched.observation.value);
    let is_other = |f: &&FetchedObservation| value(f.observation.day) != Some(f.observation.value);
    before.iter().filter(is_other).count() as u64
}

fn by_day(all: &[FetchedObservation]) -> HashMap<Day, &FetchedObservation> {
    all.iter().map(|fetched| (fetched.observation.day, fetched)).collect()
}

async fn write_observations(
    conn: &mut Conn,
    key: &SeriesKey,
    current: &[FetchedObservation],
) -> Result<(), Error> {
    let (track, platform, identifier) = key;
    let (Some(first), Some(last)) = (current.first(), current.last()) else {
        sqlx::query("delete from observations where track_id = $1 and platform_id = $2 and identifier = $3")
            .bind(track)
            .bind(platform)
            .bind(identifier)
            .execute(conn)
            .await?;
        return Ok(());
    };
    sqlx::query(
        "update observations set first_day = $4, last_day = $5, count = $6, packed = $7
         where track_id = $1 and platform_id = $2 and identifier = $3",
    )
    .bind(track)
    .bind(platform)
    .bind(identifier)
    .bind(i64::from(first.observation.day.number()))
    .bind(i64::from(last.observation.day.number()))
    .bind(current.len() as i64)
    .bind(packed::pack(current))
    .execute(conn)
    .await?;
    Ok(())
}

/// Removes a fetch from artists; returns the number of changed days.
async fn undo_artists(
    conn: &mut Conn,
    fetch_id: i64,
    imports: &UndoableImports,
    artists: &[i64],
) -> Result<u64, Error> {
    let mut histories: BTreeMap<SeriesKey, DeliveryHistory> = BTreeMap::new();
    let sql = format!(
        "select artist_id, platform_id, metric, day, value, fetch_id from artist_observations
         where artist_id in ({}) order by day",
        list(artists.iter().copied())
    );
    let rows: Vec<(i64, i64, String, i64, i64, i64)> =
        sqlx::query_as(AssertSqlSafe(sql)).persistent(false).fetch_all(&mut *conn).await?;
    for (artist, platform, metric, number, value, fetch_id) in rows {
        let observation = Observation { day: day(number)?, value };
        histories
            .entry((artist, platform, metric))
            .or_default()
            .current
            .push(FetchedObservation { observation, fetch_id });
    }
    add_revisions(conn, "artist_revisions", "artist_id", "metric", artists, &mut histories).await?;
    for (key, confirmed) in confirmations::load(conn, confirmations::OF_ARTISTS, artists).await? {
        histories.entry(key).or_default().confirmed = confirmed;
    }
    let mut restored = 0;
    for (key, history) in histories {
        let Some(left) = history.without(fetch_id, imports) else { continue };
        restored += differing(&history.current, &left.current);
        write_revisions(conn, "artist_revisions", "artist_id", "metric", &key, &history, &left).await?;
        write_confirmations(conn, confirmations::OF_ARTISTS, &key, &left).await?;
        let (artist, platform, metric) = &key;
        let (was, is) = (by_day(&history.current), by_day(&left.current));
        for old in history.current.iter().filter(|old| is.get(&old.observation.day) != Some(old)) {
            sqlx::query(
                "delete from artist_observations
                 where artist_id = $1 and platform_id = $2 and metric = $3 and day = $4",
            )
            .bind(artist)
            .bind(platform)
            .bind(metric)
            .bind(i64::from(old.observation.day.number()))
            .execute(&mut *conn)
            .await?;
        }
        for new in left.current.iter().filter(|new| was.get(&new.observation.day) != Some(new)) {
            sqlx::query(
                "insert into artist_observations (artist_id, platform_id, metric, day, value, fetch_id)
                 values ($1, $2, $3, $4, $5, $6)",
            )
            .bind(artist)
            .bind(platform)
            .bind(metric)
            .bind(i64::from(new.observation.day.number()))
            .bind(new.observation.value)
            .bind(new.fetch_id)
            .execute(&mut *conn)
            .await?;
        }
    }
    Ok(restored)
}

async fn add_revisions(
    conn: &mut Conn,
    table: &str,
    subject: &str,
    label: &str,
    subjects: &[i64],
    histories: &mut BTreeMap<SeriesKey, DeliveryHistory>,
) -> Result<(), Error> {
    let sql = format!(
        "select {subject}, platform_id, {label}, day, replaced_by, value, fetch_id from {table}
         where {subject} in ({}) order by day, replaced_by",
        list(subjects.iter().copied())
    );
    let rows: Vec<(i64, i64, String, i64, i64, i64, i64)> =
        sqlx::query_as(AssertSqlSafe(sql)).persistent(false).fetch_all(conn).await?;
    for (subject, platform, label, number, replaced_by, value, fetch_id) in rows {
        let before = FetchedObservation { observation: Observation { day: day(number)?, value }, fetch_id };
        let history = histories.entry((subject, platform, label)).or_default();
        history.replaced.push(ReplacedObservation { before, replaced_by });
    }
    Ok(())
}

async fn write_revisions(
    conn: &mut Conn,
    table: &str,
    subject: &str,
    label: &str,
    key: &SeriesKey,
    before: &DeliveryHistory,
    after: &DeliveryHistory,
) -> Result<(), Error> {
    let (id, platform, text) = key;
    let (was, is): (HashSet<_>, HashSet<_>) =
        (before.replaced.iter().collect(), after.replaced.iter().collect());
    for old in was.difference(&is) {
        let sql = format!(
            "delete from {table} where {subject} = $1 and platform_id = $2 and {label} = $3 and day = $4
             and replaced_by = $5"
        );
        sqlx::query(AssertSqlSafe(sql))
            .bind(id)
            .bind(platform)
            .bind(text)
            .bind(i64::from(old.before.observation.day.number()))
            .bind(old.replaced_by)
            .execute(&mut *conn)
            .await?;
    }
    for new in is.difference(&was) {
        let sql = format!(
            "insert into {table} ({subject}, platform_id, {label}, day, replaced_by, value, fetch_id)
             values ($1, $2, $3, $4, $5, $6, $7)"
        );
        sqlx::query(AssertSqlSafe(sql))
            .bind(id)
            .bind(platform)
            .bind(text)
            .bind(i64::from(new.before.observation.day.number()))
            .bind(new.replaced_by)
            .bind(new.before.observation.value)
            .bind(new.before.fetch_id)
            .execute(&mut *conn)
            .await?;
    }
    Ok(())
}

async fn write_confirmations(
    conn: &mut Conn,
    table: confirmations::ConfirmationTable,
    (subject, platform, label): &SeriesKey,
    after: &DeliveryHistory,
) -> Result<(), Error> {
    let key = (*subject, *platform, label.as_str());
    confirmations::remove(conn, table, key).await?;
    for (fetch, days) in &after.confirmed {
        confirmations::put(conn, table, key, *fetch, days).await?;
    }
    Ok(())
}

fn numbers(key: &str) -> Result<Vec<i64>, Error> {
    key.split('/').map(|part| part.parse().map_err(Error::damaged)).collect()
}

/// Assigns windows to the fetch that covered them before. Windows that a later import took over stay with it.
async fn undo_windows(conn: &mut Conn, fetch_id: i64) -> Result<(), Error> {
    let mut rows = ChangedRows::new(fetch_id, Relation::Windows);
    while let Some((key, entry)) = rows.next(conn).await? {
        let (RowAction::Change { to, .. }, _) = rows.splice(conn, &key, &entry).await? else { continue };
        let before: i64 =
            to.get(FETCH_COLUMN).cloned().flatten().unwrap_or_default().parse().map_err(Error::damaged)?;
        let [track, platform, from, until] = numbers(&key)?[..] else { continue };
        sqlx::query(
            "update fetched_windows set fetch_id = $5
             where track_id = $1 and platform_id = $2 and from_day = $3 and to_day = $4 and fetch_id = $6",
        )
        .bind(track)
        .bind(platform)
        .bind(from)
        .bind(until)
        .bind(before)
        .bind(fetch_id)
        .execute(&mut *conn)
        .await?;
    }
    // If this fetch was the first of a window, the next one is now.
    changes::forget_windows_before(conn, fetch_id).await
}

/// Iterates over the rows that a fetch changed, with the entries of later fetches.
struct ChangedRows {
    fetch_id: i64,
    relation: Relation,
    entries: Entries,
    read: VecDeque<(String, RowChange)>,
    later: BTreeMap<String, Vec<(i64, RowChange)>>,
}

impl ChangedRows {
    const fn new(fetch_id: i64, relation: Relation) -> Self {
        let entries = Entries::new(fetch_id, relation);
        ChangedRows { fetch_id, relation, entries, read: VecDeque::new(), later: BTreeMap::new() }
    }

    async fn next(&mut self, conn: &mut Conn) -> Result<Option<(String, RowChange)>, Error> {
        if self.read.is_empty() {
            self.read = self.entries.next(conn).await?.into_iter().collect();
            let keys: Vec<String> = self.read.iter().map(|(key, _)| key.clone()).collect();
            self.later = changes::later(conn, self.relation, self.fetch_id, &keys).await?;
        }
        Ok(self.read.pop_front())
    }

    /// Removes the change from the row's history. Returns the action for the row, and the fetch that is now the
    /// first to have changed it.
    async fn splice(
        &mut self,
        conn: &mut Conn,
        key: &str,
        entry: &RowChange,
    ) -> Result<(RowAction, Option<i64>), Error> {
        let mut later = self.later.remove(key).unwrap_or_default();
        let before: Vec<i64> = later.iter().map(|(fetch, _)| *fetch).collect();
        let live = splice(entry, &mut later);
        for fetch in before.iter().filter(|fetch| !later.iter().any(|(left, _)| left == *fetch)) {
            changes::remove(conn, *fetch, self.relation, key).await?;
        }
        for (fetch, entry) in &later {
            let one = BTreeMap::from([(key.to_owned(), entry.clone())]);
            changes::put(conn, *fetch, self.relation, &one).await?;
        }
        Ok((live, later.first().map(|(fetch, _)| *fetch)))
    }
}

/// Undoes rankings; returns how many changed.
async fn undo_rankings(conn: &mut Conn, fetch_id: i64) -> Result<u64, Error> {
    let mut asked: HashMap<i64, Vec<(i64, i64)>> = HashMap::new();
    for (chart, from, to) in fetched::charts_after(conn, fetch_id).await? {
        asked.entry(chart).or_default().push((from, to));
    }
    let mut restored = 0;
    let mut rows = ChangedRows::new(fetch_id, Relation::Rankings);
    while let Some((key, entry)) = rows.next(conn).await? {
        let [chart, day] = numbers(&key)?[..] else { continue };
        // The provider was queried for this day later and confirmed it.
        if asked
            .get(&chart)
            .is_some_and(|windows| windows.iter().any(|(from, to)| (*from..=*to).contains(&day)))
        {
            continue;
        }
        let (live, heir) = rows.splice(conn, &key, &entry).await?;
        if let Some(heir) = heir {
            sqlx::query(
                "update chart_days set fetch_id = $4 where chart_id = $1 and day = $2 and fetch_id = $3",
            )
            .bind(chart)
            .bind(day)
            .bind(fetch_id)
            .bind(heir)
            .execute(&mut *conn)
            .await?;
        }
        let RowAction::Change { from, to } = live else { continue };
        restored += 1;
        for (track, position) in from {
            let track: i64 = track.parse().map_err(Error::damaged)?;
            let before = to.get(&track.to_string()).cloned().flatten();
            restore_place(conn, [track, chart, day], place(position)?, place(before)?).await?;
        }
        // A file never contains an empty ranking.
        let left: Option<i64> =
            sqlx::query_scalar("select track_id from chart_entries where chart_id = $1 and day = $2 limit 1")
                .bind(chart)
                .bind(day)
                .fetch_optional(&mut *conn)
                .await?;
        if left.is_none() {
            sqlx::query("delete from chart_days where chart_id = $1 and day = $2 and fetch_id = $3")
                .bind(chart)
                .bind(day)
                .bind(fetch_id)
                .execute(&mut *conn)
                .await?;
        }
    }
    Ok(restored)
}

fn place(position: Option<String>) -> Result<Option<i64>, Error> {
    position.map(|position| position.parse().map_err(Error::damaged)).transpose()
}

/// Restores the position of a track in a chart on a day, if it is still the import's.
async fn restore_place(
    conn: &mut Conn,
    place: [i64; 3],
    from: Option<i64>,
    to: Option<i64>,
) -> Result<(), Error> {
    let sql = match (from, to) {
        (Some(_), None) => {
            "delete from chart_entries where track_id = $1 and chart_id = $2 and day = $3 and position = $4"
        }
        (Some(_), Some(_)) => {
            "update chart_entries set position = $5 where track_id = $1 and chart_id = $2 and day = $3 and position = $4"
        }
        (None, _) => return Ok(()),
    };
    let query = place.iter().fold(sqlx::query(sql), |query, number| query.bind(*number)).bind(from);
    let query = if to.is_some() { query.bind(to) } else { query };
    query.execute(conn).await?;
    Ok(())
}

async fn undo_rows(
    conn: &mut Conn,
    fetch_id: i64,
    table: TrackedTable,
    undone: &mut Undone,
) -> Result<(), Error> {
    let mut made = BTreeMap::new();
    let mut rows = ChangedRows::new(fetch_id, table.relation);
    while let Some((key, entry)) = rows.next(conn).await? {
        let (live, _) = rows.splice(conn, &key, &entry).await?;
        match live {
            RowAction::Keep => {}
            RowAction::Remove(columns) => {
                made.insert(key, columns);
                if made.len() >= REMOVALS_PER_CHUNK {
                    remove_rows(conn, table, std::mem::take(&mut made), undone).await?;
                }
            }
            RowAction::Change { to, .. } if would_orphan_values(conn, table, &key, &to).await? => {
                *undone.kept.entry(table.relation).or_default() += 1;
            }
            RowAction::Change { from, to } => undone.restored += table.change(conn, &key, &from, &to).await?,
            RowAction::Return(columns) => undone.restored += table.insert(conn, &key, &columns).await?,
        }
    }
    remove_rows(conn, table, made, undone).await
}

/// Whether a change would leave stored values without a definition.
async fn would_orphan_values(
    conn: &mut Conn,
    table: TrackedTable,
    key: &str,
    to: &RowValues,
) -> Result<bool, Error> {
    if table.relation != Relation::PlatformMetrics || to.get("kind") != Some(&None) {
        return Ok(false);
    }
    match key.split_once('/') {
        Some((platform, metric)) if metric.starts_with("track/") => {
            platforms::is_observed(conn, platform.parse().map_err(Error::damaged)?).await
        }
        _ => Ok(false),
    }
}

/// Columns of other tables that reference this one.
fn referencing_columns(relation: Relation) -> &'static [(&'static str, &'static str)] {
    match relation {
        Relation::Artists => &[
            ("track_artists", "artist_id"),
            ("ended_links", "artist_id"),
            ("artist_observations", "artist_id"),
            ("artist_revisions", "artist_id"),
            ("artist_windows", "artist_id"),
            ("artist_confirmations", "artist_id"),
        ],
        Relation::Tracks => &[
            ("track_artists", "track_id"),
            ("ended_links", "track_id"),
            ("identifiers", "track_id"),
            ("observations", "track_id"),
            ("series", "track_id"),
            ("revisions", "track_id"),
            ("confirmations", "track_id"),
            ("fetched_windows", "track_id"),
            ("chart_entries", "track_id"),
        ],
        Relation::Charts => {
            &[("chart_days", "chart_id"), ("chart_windows", "chart_id"), ("chart_entries", "chart_id")]
        }
        Relation::Platforms => &[
            ("platform_metrics", "platform_id"),
            ("identifiers", "platform_id"),
            ("observations", "platform_id"),
            ("revisions", "platform_id"),
            ("confirmations", "platform_id"),
            ("fetched_windows", "platform_id"),
            ("artist_observations", "platform_id"),
            ("artist_revisions", "platform_id"),
            ("artist_windows", "platform_id"),
            ("artist_confirmations", "platform_id"),
            ("charts", "platform_id"),
        ],
        Relation::PlatformMetrics => &[
            ("observations", "platform_id"),
            ("fetched_windows", "platform_id"),
            ("artist_observations", "platform_id"),
            ("artist_windows", "platform_id"),
        ],
        Relation::TrackArtists | Relation::Rankings | Relation::Windows => &[],
    }
}

/// Rows removed per statement.
const REMOVALS_PER_CHUNK: usize = 10_000;

/// Deletes rows that an import created, except those referenced by other data and links changed since.
async fn remove_rows(
    conn: &mut Conn,
    table: TrackedTable,
    made: BTreeMap<String, RowValues>,
    undone: &mut Undone,
) -> Result<(), Error> {
    let mut numbers_of_keys = BTreeMap::new();
    for key in made.keys() {
        let first = key.split('/').next().unwrap_or_default();
        numbers_of_keys.insert(key.clone(), first.parse::<i64>().map_err(Error::damaged)?);
    }
    let all: Vec<i64> = numbers_of_keys.values().copied().collect();
    let mut named: HashSet<i64> = HashSet::new();
    for (other, column) in referencing_columns(table.relation) {
        for numbers in all.chunks(ROWS_AT_ONCE) {
            let sql = format!(
                "select distinct {column} from {} where {column} in ({})",
                quoted(other),
                list(numbers.iter().copied())
            );
            let found: Vec<i64> =
                sqlx::query_scalar(AssertSqlSafe(sql)).persistent(false).fetch_all(&mut *conn).await?;
            named.extend(found);
        }
    }
    let live = table.read(conn, RowSelector::Numbers(&all)).await?;
    let (mut removed, mut kept) = (0, 0);
    for (key, columns) in made {
        let Some(now) = live.get(&key) else { continue };
        let is_other = table.relation == Relation::TrackArtists && *now != columns;
        if named.contains(&numbers_of_keys[&key]) || is_other {
            kept += 1;
        } else {
            removed += table.delete(conn, &key).await?;
        }
    }
    undone.restored += removed;
    if kept > 0 {
        *undone.kept.entry(table.relation).or_default() += kept;
    }
    Ok(())
}

impl TrackedTable {
    /// The condition for a row's key, whose parts are bound from `$first` on.
    fn key_condition(&self, first: usize) -> String {
        let part = |(column, place): (&TrackedColumn, usize)| format!("{} = ${place}", column.name);
        self.key.iter().zip(first..).map(part).collect::<Vec<_>>().join(" and ")
    }

    async fn delete(&self, conn: &mut Conn, key: &str) -> Result<u64, Error> {
        let sql = format!("delete from {} where {}", self.name, self.key_condition(1));
        let query = self.bind_key(sqlx::query(AssertSqlSafe(sql)), key)?;
        Ok(query.execute(conn).await?.rows_affected())
    }

    /// Replaces column values that still equal `from`; returns 1 if any changed.
    async fn change(
        &self,
        conn: &mut Conn,
        key: &str,
        from: &RowValues,
        to: &RowValues,
    ) -> Result<u64, Error> {
        let mut changed = 0;
        for column in self.columns {
            let (Some(old), Some(new)) = (from.get(column.name), to.get(column.name)) else { continue };
            let name = column.name;
            let sql = format!(
                "update {} set {name} = $1 where coalesce(cast({name} as text), '') = $2 and {}",
                self.name,
                self.key_condition(3)
            );
            let query = column.bind(sqlx::query(AssertSqlSafe(sql)), new.as_deref())?;
            let query = self.bind_key(query.bind(old.clone().unwrap_or_default()), key)?;
            changed |= query.execute(&mut *conn).await?.rows_affected();
        }
        Ok(changed)
    }

    /// Inserts a row again if it is missing; returns whether it did.
    async fn insert(&self, conn: &mut Conn, key: &str, columns: &RowValues) -> Result<u64, Error> {
        let names: Vec<&str> = self.key.iter().chain(self.columns).map(|column| column.name).collect();
        let places: Vec<String> = (1..=names.len()).map(|place| format!("${place}")).collect();
        let key_names: Vec<&str> = self.key.iter().map(|column| column.name).collect();
        let sql = format!(
            "insert into {} ({}) values ({}) on conflict ({}) do nothing",
            self.name,
            names.join(", "),
            places.join(", "),
            key_names.join(", ")
        );
        let mut query = self.bind_key(sqlx::query(AssertSqlSafe(sql)), key)?;
        for column in self.columns {
            query = column.bind(query, columns.get(column.name).and_then(Option::as_deref))?;
        }
        Ok(query.execute(conn).await?.rows_affected())
    }

    fn bind_key<'q>(&self, query: Query<'q>, key: &str) -> Result<Query<'q>, Error> {
        self.key
            .iter()
            .zip(key.split('/'))
            .try_fold(query, |query, (column, part)| column.bind(query, Some(part)))
    }
}

type Query<'q> = sqlx::query::Query<'q, sqlx::Any, sqlx::any::AnyArguments>;

impl TrackedColumn {
    fn bind<'q>(&self, query: Query<'q>, value: Option<&str>) -> Result<Query<'q>, Error> {
        Ok(if self.is_number {
            let number: Option<i64> = value.map(str::parse).transpose().map_err(Error::damaged)?;
            query.bind(number)
        } else {
            query.bind(value.map(str::to_owned))
        })
    }
}
