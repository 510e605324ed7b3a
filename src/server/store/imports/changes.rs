//! Journal of what imports changed in rows without a history of their own: catalogue, charts, fetched
//! windows. Rows are compared before and after a file is written; undo reverts the recorded differences.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use sqlx::AssertSqlSafe;
use sqlx::Row as _;

use super::splice::{RowChange, RowValues};
use crate::domain::Day;
use crate::domain::text::string_enum::string_enum;
use crate::server::error::Error;
use crate::server::store::Conn;
use crate::server::store::sql::ids::KEYS_AT_ONCE;
use crate::server::store::sql::{list, parameters};
use crate::server::store::tables::fetched::Window;

string_enum!(
    /// Rows of one kind.
    Relation, "relation", {
        /// The platforms.
        Platforms = "platforms",
        /// What they measure.
        PlatformMetrics = "platform_metrics",
        /// The artists.
        Artists = "artists",
        /// The tracks.
        Tracks = "tracks",
        /// Who is on which track.
        TrackArtists = "track_artists",
        /// The charts.
        Charts = "charts",
        /// The ranking of a chart on a day; its columns are tracks, their values positions.
        Rankings = "rankings",
        /// Which fetch asked for a window last.
        Windows = "windows",
    }
);

#[derive(Debug, Clone, Copy)]
pub(in crate::server::store) struct TrackedColumn {
    pub name: &'static str,
    pub is_number: bool,
}

const fn text(name: &'static str) -> TrackedColumn {
    TrackedColumn { name, is_number: false }
}

const fn number(name: &'static str) -> TrackedColumn {
    TrackedColumn { name, is_number: true }
}

/// A relation stored in a table of its own.
#[derive(Debug, Clone, Copy)]
pub(in crate::server::store) struct TrackedTable {
    pub relation: Relation,
    pub name: &'static str,
    /// The key columns, the first of them numeric; joined by "/" they are the row's key.
    pub key: &'static [TrackedColumn],
    pub columns: &'static [TrackedColumn],
}

pub(in crate::server::store) const PLATFORMS: TrackedTable = TrackedTable {
    relation: Relation::Platforms,
    name: "platforms",
    key: &[number("id")],
    columns: &[text("code"), text("name"), number("position")],
};

pub(in crate::server::store) const METRICS: TrackedTable = TrackedTable {
    relation: Relation::PlatformMetrics,
    name: "platform_metrics",
    key: &[number("platform_id"), text("level"), text("metric")],
    columns: &[text("kind"), text("unit"), text("platform_type"), number("mirrors"), number("enabled")],
};

pub(in crate::server::store) const ARTISTS: TrackedTable = TrackedTable {
    relation: Relation::Artists,
    name: "artists",
    key: &[number("id")],
    columns: &[
        text("uuid"),
        text("name"),
        text("slug"),
        text("country_code"),
        text("image_url"),
        text("source"),
        text("external_id"),
        text("local_key"),
    ],
};

pub(in crate::server::store) const TRACKS: TrackedTable = TrackedTable {
    relation: Relation::Tracks,
    name: "tracks",
    key: &[number("id")],
    columns: &[
        text("uuid"),
        text("name"),
        text("credit_name"),
        text("isrc"),
        number("release_day"),
        text("image_url"),
    ],
};

pub(in crate::server::store) const LINKS: TrackedTable = TrackedTable {
    relation: Relation::TrackArtists,
    name: "track_artists",
    key: &[number("track_id"), number("artist_id")],
    columns: &[text("role"), number("listed")],
};

pub(in crate::server::store) const CHARTS: TrackedTable = TrackedTable {
    relation: Relation::Charts,
    name: "charts",
    key: &[number("id")],
    columns: &[
        text("slug"),
        number("platform_id"),
        text("country_code"),
        text("name"),
        text("frequency"),
        number("positions"),
        number("active"),
    ],
};

/// Rows by their keys.
pub(in crate::server::store) type Rows = BTreeMap<String, RowValues>;

/// Selects rows of a table.
#[derive(Debug, Clone, Copy)]
pub(in crate::server::store) enum RowSelector<'a> {
    All,
    /// Rows with one of these values in this column.
    Texts(&'static str, &'a [String]),
    /// Rows whose key begins with one of these numbers.
    Numbers(&'a [i64]),
}

impl TrackedTable {
    pub async fn read(&self, conn: &mut Conn, which: RowSelector<'_>) -> Result<Rows, Error> {
        match which {
            RowSelector::All => self.read_where(conn, "1 = 1", &[]).await,
            RowSelector::Texts(column, texts) => {
                let mut rows = Rows::new();
                for texts in texts.chunks(KEYS_AT_ONCE) {
                    let condition = format!("{column} in ({})", parameters(1, texts.len()));
                    rows.append(&mut self.read_where(conn, &condition, texts).await?);
                }
                Ok(rows)
            }
            RowSelector::Numbers(numbers) => {
                let mut rows = Rows::new();
                for numbers in numbers.chunks(KEYS_AT_ONCE) {
                    let condition = format!("{} in ({})", self.key[0].name, list(numbers.iter().copied()));
                    rows.append(&mut self.read_where(conn, &condition, &[]).await?);
                }
                Ok(rows)
            }
        }
    }

    async fn read_where(&self, conn: &mut Conn, condition: &str, texts: &[String]) -> Result<Rows, Error> {
        let all: Vec<&TrackedColumn> = self.key.iter().chain(self.columns).collect();
        let columns: Vec<String> =
            all.iter().map(|column| format!("cast({} as text)", column.name)).collect();
        let sql = format!("select {} from {} where {condition}", columns.join(", "), self.name);
        let query = sqlx::query(AssertSqlSafe(sql)).persistent(false);
        let found = texts.iter().fold(query, |query, text| query.bind(text)).fetch_all(conn).await?;
        let mut rows = Rows::new();
        for row in found {
            let mut values = Vec::with_capacity(all.len());
            for place in 0..all.len() {
                values.push(row.try_get::<Option<String>, _>(place)?);
            }
            let columns = values.split_off(self.key.len());
            let key: Vec<String> = values.into_iter().flatten().collect();
            let names = self.columns.iter().map(|column| column.name.to_owned());
            rows.insert(key.join("/"), names.zip(columns).collect());
        }
        Ok(rows)
    }
}

/// Rows of a table as they were before a file was written.
#[derive(Debug)]
pub struct BeforeImage<'a> {
    table: TrackedTable,
    which: Vec<RowSelector<'a>>,
    rows: Rows,
}

impl<'a> BeforeImage<'a> {
    /// Reads the rows before the file is written.
    pub(in crate::server::store) async fn capture(
        conn: &mut Conn,
        table: TrackedTable,
        which: Vec<RowSelector<'a>>,
    ) -> Result<Self, Error> {
        let rows = all(conn, table, &which).await?;
        Ok(BeforeImage { table, which, rows })
    }

    pub async fn platforms(conn: &mut Conn) -> Result<[BeforeImage<'static>; 2], Error> {
        let platforms = BeforeImage::capture(conn, PLATFORMS, vec![RowSelector::All]).await?;
        let metrics = BeforeImage::capture(conn, METRICS, vec![RowSelector::All]).await?;
        Ok([platforms, metrics])
    }

    pub async fn tracks(conn: &mut Conn, uuids: &'a [String]) -> Result<Self, Error> {
        BeforeImage::capture(conn, TRACKS, vec![RowSelector::Texts("uuid", uuids)]).await
    }

    /// Artists by UUID, or by key if they have none.
    pub async fn artists(
        conn: &mut Conn,
        uuids: &'a [String],
        local_keys: &'a [String],
    ) -> Result<Self, Error> {
        let which = vec![RowSelector::Texts("uuid", uuids), RowSelector::Texts("local_key", local_keys)];
        BeforeImage::capture(conn, ARTISTS, which).await
    }

    pub async fn links(conn: &mut Conn, tracks: &'a [i64]) -> Result<Self, Error> {
        BeforeImage::capture(conn, LINKS, vec![RowSelector::Numbers(tracks)]).await
    }

    pub async fn charts(conn: &mut Conn, slugs: &'a [String]) -> Result<Self, Error> {
        BeforeImage::capture(conn, CHARTS, vec![RowSelector::Texts("slug", slugs)]).await
    }

    /// Records the differences. `named` restricts unchanged rows to those that the file named.
    pub async fn note(
        self,
        conn: &mut Conn,
        fetch_id: i64,
        named: Option<&HashSet<String>>,
    ) -> Result<(), Error> {
        let after = all(conn, self.table, &self.which).await?;
        note(conn, fetch_id, self.table.relation, self.rows, after, named).await
    }
}

async fn all(conn: &mut Conn, table: TrackedTable, which: &[RowSelector<'_>]) -> Result<Rows, Error> {
    let mut rows = Rows::new();
    for which in which {
        rows.append(&mut table.read(conn, *which).await?);
    }
    Ok(rows)
}

/// Records how a fetch changed rows.
async fn note(
    conn: &mut Conn,
    fetch_id: i64,
    relation: Relation,
    mut before: Rows,
    after: Rows,
    named: Option<&HashSet<String>>,
) -> Result<(), Error> {
    let mut entries = BTreeMap::new();
    let mut same = Vec::new();
    for (key, after) in after {
        match before.remove(&key) {
            Some(before) if before == after => same.push(key),
            Some(before) => {
                entries.insert(key, RowChange::changed(&before, &after));
            }
            None => {
                entries.insert(key, RowChange { before: None, after: Some(after) });
            }
        }
    }
    for (key, before) in before {
        entries.insert(key, RowChange { before: Some(before), after: None });
    }
    // A row made by an earlier import and repeated by this one stays when the earlier one is undone.
    same.retain(|key| named.is_none_or(|named| named.contains(key)));
    for key in imported(conn, relation, &same).await? {
        entries.insert(key, RowChange::unchanged());
    }
    put(conn, fetch_id, relation, &entries).await
}

/// The keys that an import has made, changed or named.
async fn imported(conn: &mut Conn, relation: Relation, keys: &[String]) -> Result<BTreeSet<String>, Error> {
    let mut found = BTreeSet::new();
    for keys in keys.chunks(KEYS_AT_ONCE) {
        let sql = format!(
            "select row_key from import_changes where relation = $1 and row_key in ({})",
            parameters(2, keys.len())
        );
        let query = sqlx::query_scalar(AssertSqlSafe(sql)).persistent(false).bind(relation.as_str());
        let rows: Vec<String> =
            keys.iter().fold(query, |query, key| query.bind(key)).fetch_all(&mut *conn).await?;
        found.extend(rows);
    }
    Ok(found)
}

/// Entries in one statement.
const ENTRIES_PER_INSERT: usize = 100;

pub(in crate::server::store) async fn put(
    conn: &mut Conn,
    fetch_id: i64,
    relation: Relation,
    entries: &BTreeMap<String, RowChange>,
) -> Result<(), Error> {
    let entries: Vec<(&String, &RowChange)> = entries.iter().collect();
    for entries in entries.chunks(ENTRIES_PER_INSERT) {
        let rows: Vec<String> =
            (0..entries.len()).map(|row| format!("({})", parameters(1 + row * 5, 5))).collect();
        let sql = format!(
            "insert into import_changes (fetch_id, relation, row_key, before, after) values {}
             on conflict (fetch_id, relation, row_key) do update set before = excluded.before, after = excluded.after",
            rows.join(",")
        );
        let mut query = sqlx::query(AssertSqlSafe(sql)).persistent(entries.len() == ENTRIES_PER_INSERT);
        for (key, entry) in entries {
            let (before, after) = (written(entry.before.as_ref())?, written(entry.after.as_ref())?);
            query = query.bind(fetch_id).bind(relation.as_str()).bind(*key).bind(before).bind(after);
        }
        query.execute(&mut *conn).await?;
    }
    Ok(())
}

fn written(columns: Option<&RowValues>) -> Result<Option<String>, Error> {
    columns.map(serde_json::to_string).transpose().map_err(Error::damaged)
}

fn read(text: Option<String>) -> Result<Option<RowValues>, Error> {
    text.map(|text| serde_json::from_str(&text)).transpose().map_err(Error::damaged)
}

/// The entries of a fetch about a relation, read in batches: a file can change millions of rows.
#[derive(Debug)]
pub(in crate::server::store) struct Entries {
    fetch_id: i64,
    relation: Relation,
    last: String,
}

/// Entries read per query.
const READ_AT_ONCE: i64 = 10_000;

impl Entries {
    pub const fn new(fetch_id: i64, relation: Relation) -> Self {
        Entries { fetch_id, relation, last: String::new() }
    }

    /// The next batch by key; empty at the end.
    pub async fn next(&mut self, conn: &mut Conn) -> Result<BTreeMap<String, RowChange>, Error> {
        let rows: Vec<(String, Option<String>, Option<String>)> = sqlx::query_as(
            "select row_key, before, after from import_changes where fetch_id = $1 and relation = $2 and row_key > $3
             order by row_key limit $4",
        )
        .bind(self.fetch_id)
        .bind(self.relation.as_str())
        .bind(&self.last)
        .bind(READ_AT_ONCE)
        .fetch_all(conn)
        .await?;
        if let Some((key, _, _)) = rows.last() {
            self.last.clone_from(key);
        }
        rows.into_iter()
            .map(|(key, before, after)| Ok((key, RowChange { before: read(before)?, after: read(after)? })))
            .collect()
    }
}

/// Entries of later fetches about these rows, by key, earliest first.
pub(in crate::server::store) async fn later(
    conn: &mut Conn,
    relation: Relation,
    fetch_id: i64,
    keys: &[String],
) -> Result<BTreeMap<String, Vec<(i64, RowChange)>>, Error> {
    let mut later: BTreeMap<String, Vec<(i64, RowChange)>> = BTreeMap::new();
    for keys in keys.chunks(KEYS_AT_ONCE) {
        let sql = format!(
            "select row_key, fetch_id, before, after from import_changes
             where relation = $1 and fetch_id > $2 and row_key in ({}) order by fetch_id",
            parameters(3, keys.len())
        );
        let query =
            sqlx::query_as(AssertSqlSafe(sql)).persistent(false).bind(relation.as_str()).bind(fetch_id);
        let rows: Vec<(String, i64, Option<String>, Option<String>)> =
            keys.iter().fold(query, |query, key| query.bind(key)).fetch_all(&mut *conn).await?;
        for (key, fetch, before, after) in rows {
            let entry = RowChange { before: read(before)?, after: read(after)? };
            later.entry(key).or_default().push((fetch, entry));
        }
    }
    Ok(later)
}

pub(in crate::server::store) async fn remove(
    conn: &mut Conn,
    fetch_id: i64,
    relation: Relation,
    key: &str,
) -> Result<(), Error> {
    sqlx::query("delete from import_changes where fetch_id = $1 and relation = $2 and row_key = $3")
        .bind(fetch_id)
        .bind(relation.as_str())
        .bind(key)
        .execute(conn)
        .await?;
    Ok(())
}

pub(in crate::server::store) async fn remove_all(conn: &mut Conn, fetch_id: i64) -> Result<(), Error> {
    sqlx::query("delete from import_changes where fetch_id = $1").bind(fetch_id).execute(conn).await?;
    Ok(())
}

/// Chart entries by the key of each of these days; empty days are omitted.
pub async fn rankings(conn: &mut Conn, chart_id: i64, days: &BTreeSet<Day>) -> Result<Rankings, Error> {
    let (Some(first), Some(last)) = (days.first(), days.last()) else { return Ok(Rankings::default()) };
    let rows: Vec<(i64, i64, i64)> = sqlx::query_as(
        "select day, track_id, position from chart_entries where chart_id = $1 and day between $2 and $3",
    )
    .bind(chart_id)
    .bind(i64::from(first.number()))
    .bind(i64::from(last.number()))
    .fetch_all(conn)
    .await?;
    let days: HashSet<i64> = days.iter().map(|day| i64::from(day.number())).collect();
    let mut rankings = Rows::new();
    for (day, track, position) in rows {
        if days.contains(&day) {
            let ranking = rankings.entry(format!("{chart_id}/{day}")).or_default();
            ranking.insert(track.to_string(), Some(position.to_string()));
        }
    }
    Ok(Rankings(rankings))
}

#[derive(Debug, Default)]
pub struct Rankings(Rows);

impl Rankings {
    /// Whether the chart had entries on a day.
    pub fn has(&self, chart_id: i64, day: Day) -> bool {
        self.0.contains_key(&format!("{chart_id}/{}", day.number()))
    }

    /// Records how the rankings changed, track by track. `named` are the positions that the file named on days that
    /// already had entries.
    pub async fn note(
        self,
        conn: &mut Conn,
        fetch_id: i64,
        chart_id: i64,
        days: &BTreeSet<Day>,
        named: &HashSet<(Day, i64)>,
    ) -> Result<(), Error> {
        let (mut before, after) = (self.0, rankings(conn, chart_id, days).await?.0);
        let mut same: BTreeMap<String, RowValues> = BTreeMap::new();
        for (day, track) in named {
            let (key, track) = (format!("{chart_id}/{}", day.number()), track.to_string());
            let place = |rows: &Rows| rows.get(&key).and_then(|row| row.get(&track)).cloned().flatten();
            if let Some(position) = place(&after).filter(|position| place(&before).as_ref() == Some(position))
            {
                same.entry(key).or_default().insert(track, Some(position));
            }
        }
        let mut entries: BTreeMap<String, RowChange> = BTreeMap::new();
        for (key, after) in &after {
            let entry = RowChange::changed(&before.remove(key).unwrap_or_default(), after);
            if !entry.is_noop() {
                entries.insert(key.clone(), entry);
            }
        }
        // A position set by an earlier import and repeated by this one stays when the earlier one is undone.
        let keys: Vec<String> = same.keys().cloned().collect();
        for key in imported(conn, Relation::Rankings, &keys).await? {
            let places = same.remove(&key).unwrap_or_default();
            entries.entry(key).or_insert_with(RowChange::unchanged).name(places);
        }
        put(conn, fetch_id, Relation::Rankings, &entries).await
    }
}

/// Records that an import fetched a window again, and which fetch had covered it before.
pub(in crate::server::store) async fn note_window(
    conn: &mut Conn,
    track_id: i64,
    fetch_id: i64,
    window: &Window,
) -> Result<(), Error> {
    let (from, to) = (window.from.number(), window.to.number());
    let before: Option<i64> = sqlx::query_scalar(
        "select fetch_id from fetched_windows
         where track_id = $1 and platform_id = $2 and from_day = $3 and to_day = $4",
    )
    .bind(track_id)
    .bind(window.platform_id)
    .bind(i64::from(from))
    .bind(i64::from(to))
    .fetch_optional(&mut *conn)
    .await?;
    let Some(before) = before.filter(|before| *before != fetch_id) else { return Ok(()) };
    let fetch = |id: i64| Some(RowValues::from([(FETCH_COLUMN.to_owned(), Some(id.to_string()))]));
    let key = format!("{track_id}/{}/{from}/{to}", window.platform_id);
    let entry = RowChange { before: fetch(before), after: fetch(fetch_id) };
    put(conn, fetch_id, Relation::Windows, &BTreeMap::from([(key, entry)])).await
}

/// Deletes entries of later fetches that name this one, which is being undone, as the previous fetch of a window.
pub(in crate::server::store) async fn forget_windows_before(
    conn: &mut Conn,
    fetch_id: i64,
) -> Result<(), Error> {
    let before = RowValues::from([(FETCH_COLUMN.to_owned(), Some(fetch_id.to_string()))]);
    sqlx::query("delete from import_changes where relation = $1 and before = $2")
        .bind(Relation::Windows.as_str())
        .bind(written(Some(&before))?)
        .execute(conn)
        .await?;
    Ok(())
}

pub(in crate::server::store) const FETCH_COLUMN: &str = "fetch_id";
