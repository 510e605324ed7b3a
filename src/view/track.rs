//! The track page: master data, platform identifiers, and every step and observation behind the figures of a
//! range.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::domain::query::Period;
use crate::domain::report::audit::{AuditEntry, EntryKind, SeriesAudit};
use crate::domain::report::{DayRow, PeakRow};
use crate::domain::series::Flag;
use crate::domain::text::format::grouped;
use crate::domain::{Day, Figure, State};
use crate::view::analytics::address::track_href;
use crate::view::report::table::{Cell, Part, Table, TableRow};
use crate::view::report::wording::{flag_explanation, flag_label};

/// The data of the page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrackView {
    /// The track's Soundcharts UUID.
    pub uuid: Uuid,
    /// Its name.
    pub name: String,
    /// Its artists, as credited.
    pub credit: String,
    /// The artists' ids and names.
    pub artists: Vec<ArtistLink>,
    /// One of its ISRCs.
    pub isrc: Option<String>,
    /// Its release, if known.
    pub release: Option<Day>,
    /// Its picture.
    pub image_url: Option<String>,
    /// The server's date.
    pub today: Day,
    /// The first day shown.
    pub from: Day,
    /// The last day shown.
    pub to: Day,
    /// The platforms with data, in registry order.
    pub platforms: Vec<PlatformAudit>,
    /// Daily amounts by platform.
    pub days: Vec<DayRow>,
}

/// Something with an id and a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArtistLink {
    /// The id in URLs.
    pub id: String,
    /// The name.
    pub name: String,
}

/// A track on a platform over the range.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlatformAudit {
    /// The platform's code.
    pub platform: String,
    /// Its name.
    pub name: String,
    /// What one is.
    pub unit: String,
    /// Whether the total is known.
    pub state: State,
    /// The same figure as in a report.
    pub total: Option<Figure>,
    /// The same peak as in a report.
    pub peak: Option<PeakRow>,
    /// The platform's ids of the track.
    pub identifiers: Vec<String>,
    /// The audited series.
    pub series: Vec<SeriesAudit>,
    /// Observations in the range and the nearest ones on either side.
    pub observations: Vec<ObservationItem>,
}

/// An observation with its source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObservationItem {
    /// The provider's date label.
    pub day: Day,
    /// The platform's id of the track; may be empty.
    pub identifier: String,
    /// The value as delivered.
    pub value: i64,
    /// The fetch or import it came from, with its time.
    pub fetch: String,
    /// Earlier values of the same day.
    pub replaced: Vec<i64>,
}

/// Link to the track's page for another period.
pub fn period_href(uuid: Uuid, period: Period) -> String {
    let range = period.range();
    track_href(uuid, range.from(), range.to())
}

/// The steps of a series with their contributions and sum.
pub fn step_table(platform: &PlatformAudit, index: usize) -> Table {
    let series = &platform.series[index];
    let caption = match platform.series.len() {
        1 => format!("Steps on {}", platform.name),
        count => format!("Steps on {}, series {} of {count}", platform.name, index + 1),
    };
    let numbers = ["Days", "Size", "Adds", "At least", "At most"];
    let foot = match series.total {
        Some(total) => figure_cells(Some(total)),
        None => vec![Cell::number(vec![Part::Unknown]); 3],
    };
    Table {
        caption,
        class: "dated",
        head: [Cell::head("Days from")]
            .into_iter()
            .chain(numbers.map(Cell::number_head))
            .chain([Cell::head("Why")])
            .collect(),
        bodies: vec![series.entries.iter().map(step_row).collect()],
        foot: [Cell::row_head(vec![Part::Text("TOTAL".to_owned())]), Cell::default(), Cell::default()]
            .into_iter()
            .chain(foot)
            .chain([Cell::default()])
            .collect(),
    }
}

fn step_row(entry: &AuditEntry) -> TableRow {
    let days = if entry.first == entry.last {
        entry.first.to_string()
    } else {
        format!("{} to {}", entry.first, entry.last)
    };
    let count = entry.last - entry.first + 1;
    let inside = i64::from(entry.days_inside);
    let inside = if inside == i64::from(count) { count.to_string() } else { format!("{inside} of {count}") };
    let size = entry.size.map_or(Part::Unknown, |size| Part::Text(grouped(size)));
    let mut cells = vec![
        Cell::row_head(vec![Part::Text(days)]),
        Cell::number(vec![Part::Text(inside)]),
        Cell::number(vec![size]),
    ];
    cells.extend(figure_cells(entry.adds));
    let mut why = vec![Part::Text(step_reason(entry).to_owned())];
    why.extend(entry.flags.iter().map(|flag| Part::Note(flag_label(*flag), flag_explanation(*flag))));
    cells.push(Cell::new(why));
    TableRow::new(cells)
}

/// Estimate, low and high; "–" without a bound.
fn figure_cells(figure: Option<Figure>) -> Vec<Cell> {
    let number = |number: Option<i128>| {
        Cell::number(vec![number.map_or(Part::Unknown, |number| Part::Text(grouped(number)))])
    };
    let of = |part: fn(Figure) -> i128| figure.map(part);
    vec![
        number(of(|figure| figure.estimate)),
        number(of(|figure| figure.low)),
        number(figure.and_then(|figure| figure.high)),
    ]
}

fn step_reason(entry: &AuditEntry) -> &'static str {
    match (entry.kind, entry.flags.as_slice()) {
        (EntryKind::Before, _) => "before the first observation: at most what the counter showed then",
        (EntryKind::After, _) => "after the last observation: unknown",
        (EntryKind::Whole, []) if entry.first == entry.last => "the difference between two days",
        (EntryKind::Whole, []) => "the difference over a hole: its whole is known, its days are not",
        (EntryKind::Edge, _) => "lies across the edge of the range: a share by days",
        (EntryKind::Whole | EntryKind::Uncovered, [Flag::Halved, ..]) => "may have been counted twice",
        (EntryKind::Whole, _) => "counted whole",
        (EntryKind::Uncovered, _) => "not counted",
    }
}

/// The observations of a platform.
pub fn observation_table(platform: &PlatformAudit) -> Table {
    Table {
        caption: format!("Observations on {}", platform.name),
        class: "dated",
        head: vec![
            Cell::head("Day"),
            Cell::head("Identifier"),
            Cell::number_head("Value as delivered"),
            Cell::head("Brought by"),
            Cell::head("Replaced"),
        ],
        bodies: vec![platform.observations.iter().map(observation_row).collect()],
        ..Table::default()
    }
}

fn observation_row(item: &ObservationItem) -> TableRow {
    let identifier = if item.identifier.is_empty() { "none" } else { &item.identifier };
    let replaced: Vec<String> = item.replaced.iter().map(|value| grouped((*value).into())).collect();
    TableRow::new(vec![
        Cell::row_head(vec![Part::Text(item.day.to_string())]),
        Cell::new(vec![Part::Aside(identifier.to_owned())]),
        Cell::number(vec![Part::Text(grouped(item.value.into()))]),
        Cell::new(vec![Part::Aside(item.fetch.clone())]),
        Cell::new(vec![Part::Text(replaced.join(", "))]),
    ])
}

/// Facts about the track as label and value.
pub fn facts(view: &TrackView) -> Vec<(&'static str, String)> {
    let release = view.release.map(|day| day.to_string());
    [
        Some(("Soundcharts UUID", view.uuid.to_string())),
        view.isrc.clone().map(|isrc| ("ISRC", isrc)),
        Some(("Released", release.unwrap_or_else(|| "not known".to_owned()))),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// A sentence about a track's identifiers on a platform.
pub fn identifier_text(platform: &PlatformAudit) -> String {
    match platform.identifiers.as_slice() {
        [] => "No identifier was delivered.".to_owned(),
        [one] => format!("Identifier {one}."),
        several => match platform.series.len() {
            1 => format!("Identifiers {}: one counter, counted once.", several.join(", ")),
            count => format!("Identifiers {}: {count} series, added up.", several.join(", ")),
        },
    }
}
