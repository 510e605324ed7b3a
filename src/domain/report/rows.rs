//! What a report says, in the shape of `GET /api/v1/report`. Fields may be added, never removed.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::growth::Change;
use crate::domain::figure::Precision;
use crate::domain::query::{Compare, Country, Group};
use crate::domain::series::Flag;
use crate::domain::sync::CauseCount;
use crate::domain::{ArtistId, Day, Figure, Kind, Metric, Role, State};

/// Everything a report says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Report {
    /// What was asked.
    pub query: ReportQuery,
    /// Digest of the evidence used (S22).
    pub data_version: String,
    /// Digest of the canonical query and the figures (S22).
    pub hash: String,
    /// When it was made, RFC 3339 in UTC; the only field that differs between equal reports.
    pub generated_at: String,
    /// The artists covered, by name.
    pub artists: Vec<ArtistRow>,
    /// Tracks of several selected artists: A + B - shared = total (S12).
    pub shared: Shared,
    /// The whole.
    pub summary: Summary,
    /// What was not fetched for it, where anything was not: the totals are incomplete.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ssr", schema(nullable = false))]
    pub incomplete: Option<Incomplete>,
    /// A row for each platform asked for, in registry order.
    pub platforms: Vec<PlatformRow>,
    /// A row for each track: largest estimate first, unknown ones after the known, absent ones last.
    pub tracks: Vec<TrackRow>,
    /// A row for each day, where days were asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ssr", schema(nullable = false))]
    pub days: Option<Vec<DayRow>>,
    /// What the country filter was based on, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ssr", schema(nullable = false))]
    pub country_evidence: Option<CountryEvidence>,
    /// The comparison asked for (S21), where one was and any day of the range has been.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ssr", schema(nullable = false))]
    pub growth: Option<Growth>,
    /// Followers, listeners and views of the artists as a whole, by artist, in registry order (S19).
    pub artist_level: Vec<ArtistLevelRow>,
    /// How far the data of each platform reach, in registry order.
    pub freshness: Vec<Freshness>,
    /// What the reader should know, in words.
    pub warnings: Vec<Warning>,
}

impl Report {
    /// The units that the total adds up: "streams + views + Shazams".
    pub fn units_label(&self) -> String {
        self.summary.units.iter().map(|unit| unit.unit.as_str()).collect::<Vec<_>>().join(" + ")
    }
}

/// What of a report was not fetched, in counts and causes.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Incomplete {
    /// Tracks on platforms with a day that was never fetched (S17).
    pub series: u32,
    /// Tracks on platforms of which any day is expected.
    pub series_of: u32,
    /// Why series among them could not be fetched, the most frequent cause first; those that nobody tried to fetch have
    /// none.
    pub causes: Vec<CauseCount>,
    /// Artists whose songs were never listed.
    pub artists: u32,
}

/// The canonical question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct ReportQuery {
    /// Sorted, each once.
    pub artists: Vec<ArtistId>,
    /// First day.
    pub from: Day,
    /// Last day.
    pub to: Day,
    /// The platforms reported on, in registry order.
    pub platforms: Vec<String>,
    /// The country filter.
    pub country: Option<Country>,
    /// The role filter.
    pub role: Option<Role>,
    /// The arrangement.
    pub group: Group,
    /// Whether days were asked for.
    pub daily: bool,
    /// What the report is compared with (S21).
    pub compare: Option<Compare>,
}

/// One selected artist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct ArtistRow {
    /// Its Soundcharts UUID.
    pub uuid: Uuid,
    /// Its name.
    pub name: String,
    /// How many of the report's tracks are its.
    pub tracks: u32,
    /// Sum over its tracks; null where nothing is known.
    pub total: Option<Figure>,
}

/// Tracks that belong to several of the selected artists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Shared {
    /// Their UUIDs, in the order of the report's tracks.
    pub tracks: Vec<Uuid>,
    /// What the artists' totals count more than once: a track of k artists k-1 times.
    pub total: Option<Figure>,
}

/// The summary cards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Summary {
    /// Sum over platforms.
    pub total: Option<Figure>,
    /// The same per unit, in registry order: values of different units are only ever added under a
    /// label that names them.
    pub units: Vec<UnitTotal>,
    /// Distinct tracks with a known figure.
    pub tracks: u32,
    /// Distinct tracks.
    pub tracks_of: u32,
    /// Estimate a day covered, one digit after the point.
    pub average_daily: Option<String>,
    /// Days of the range covered by any series.
    pub days_tracked: u32,
    /// Covered of expected series-days, four digits after the point; null where none is expected.
    pub coverage: Option<String>,
}

/// The total in one unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct UnitTotal {
    /// "streams", "views", ...
    pub unit: String,
    /// Sum over the platforms of this unit.
    pub total: Option<Figure>,
}

/// The largest day (S13, S14).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct PeakRow {
    /// The amount of that day.
    pub value: i128,
    /// The first day of that amount.
    pub day: Day,
    /// Whether no part of the amount is estimated, and no track of it is missing.
    pub exact: bool,
}

/// One platform over all tracks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct PlatformRow {
    /// Its code.
    pub platform: String,
    /// Its name.
    pub name: String,
    /// What one is.
    pub unit: String,
    /// Whether the total is known.
    pub state: State,
    /// Sum over tracks.
    pub total: Option<Figure>,
    /// Percent of the grand total, one digit after the point; the shares add up to 100.0.
    pub share: Option<String>,
    /// The largest daily sum over all tracks.
    pub peak: Option<PeakRow>,
    /// The part of longer steps in the peak: with none, an inexact peak is at least that much.
    pub peak_spread: i128,
    /// Estimate a day tracked, one digit after the point.
    pub average_daily: Option<String>,
    /// Days of the range covered by any series.
    pub days_tracked: u32,
    /// Covered of expected series-days, four digits after the point.
    pub coverage: Option<String>,
}

impl PlatformRow {
    /// How much the peak says: where only a track is missing, at least so much.
    pub const fn peak_precision(&self) -> Precision {
        match self.peak {
            Some(PeakRow { exact: false, .. }) if self.peak_spread == 0 => Precision::AtLeast,
            Some(PeakRow { exact: false, .. }) => Precision::About,
            _ => Precision::Exact,
        }
    }
}

/// One track over all platforms.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct TrackRow {
    /// Its Soundcharts UUID.
    pub uuid: Uuid,
    /// Its name.
    pub name: String,
    /// The artists as credited.
    pub credit: String,
    /// All its artists, main ones first.
    pub artists: Vec<ArtistId>,
    /// Its picture.
    pub image_url: Option<String>,
    /// Whether the total is known.
    pub state: State,
    /// Sum over platforms.
    pub total: Option<Figure>,
    /// The platforms on which it exists or was never fetched, in registry order.
    pub platforms: Vec<CellRow>,
    /// What it made a day, rounded, along the range: of each day up to 31 days, of each seven days of a longer
    /// range (the last stretch may be shorter). null where no series covers a day of it.
    pub trend: Vec<Option<i64>>,
}

impl TrackRow {
    /// What its total is, where it is no number.
    pub const fn state_label(&self) -> &'static str {
        match self.state {
            State::Known => "",
            State::Unknown => "no value in this range",
            State::Absent => "on none of these platforms",
        }
    }
}

/// One track on one platform.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct CellRow {
    /// The platform's code.
    pub platform: String,
    /// Known or unknown; absent ones have no row.
    pub state: State,
    /// Sum over its series.
    pub total: Option<Figure>,
    /// Estimate a day tracked, one digit after the point.
    pub average_daily: Option<String>,
    /// The largest day.
    pub peak: Option<PeakRow>,
    /// Days of the range covered by any of its series.
    pub days_tracked: u32,
    /// What is unusual within the range.
    pub flags: Vec<Flag>,
}

impl CellRow {
    /// How much the peak says.
    pub const fn peak_precision(&self) -> Precision {
        match self.peak {
            Some(PeakRow { exact: false, .. }) => Precision::About,
            _ => Precision::Exact,
        }
    }
}

/// One day over all tracks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct DayRow {
    /// The day.
    pub day: Day,
    /// In registry order.
    pub platforms: Vec<DayCell>,
}

/// One day on one platform (S16).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct DayCell {
    /// The platform's code.
    pub platform: String,
    /// Sum of clean steps.
    pub value: i128,
    /// The day's part of longer steps.
    pub spread: i128,
    /// Series that cover the day; with none the day is a gap, not a zero.
    pub covered: u32,
    /// Series expected but uncovered.
    pub missing: u32,
    /// Tracks of which the provider told something that day that does not count: a correction, a jump, or a
    /// value that was left out (S3, S4, S11).
    pub corrected: u32,
}

impl DayCell {
    /// How much the amount of the day says: a part of a longer step is estimated, and what is missing comes on top.
    pub const fn precision(&self) -> Precision {
        match (self.spread, self.missing) {
            (0, 0) => Precision::Exact,
            (0, _) => Precision::AtLeast,
            _ => Precision::About,
        }
    }
}

/// Why a track passed the country filter (S18).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct CountryEvidence {
    /// The country whose charts were looked at.
    pub country: Country,
    /// The report's tracks with their chart appearances, in the order of the report.
    pub tracks: Vec<TrackCharts>,
    /// Days of the range on which no chart of the country was fetched.
    pub days_without_chart: Vec<Day>,
}

/// The chart appearances of one track within the range.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct TrackCharts {
    /// The track's UUID.
    pub track: Uuid,
    /// By best position.
    pub charts: Vec<ChartAppearance>,
}

/// One track in one chart within the range.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct ChartAppearance {
    /// The chart's slug.
    pub chart: String,
    /// The chart's name.
    pub name: String,
    /// The platform's code.
    pub platform: String,
    /// The best position held.
    pub best_position: u32,
    /// The first day in the chart.
    pub first: Day,
    /// The last day in the chart.
    pub last: Day,
    /// Chart days in it.
    pub days: u32,
}

/// How a report compares with another period, day by day (S21): like for like over the days of tracks on platforms
/// that are covered in both, and in all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Growth {
    /// With what.
    pub compare: Compare,
    /// The first day of the other period; null where there is none.
    pub from: Option<Day>,
    /// The last day of the other period, cut like the report's own where that is in progress.
    pub to: Option<Day>,
    /// The last day of the report's own period that is compared: yesterday while it is in progress.
    pub until: Option<Day>,
    /// Over the matched days of the other period.
    pub before: i128,
    /// Over the matched days of the report's period.
    pub after: i128,
    /// Whether there is a percentage, and why not.
    pub change: Change,
    /// Percent, one digit after the point, with a minus where it fell.
    pub percent: Option<String>,
    /// Whether no matched day has a part of a longer step.
    pub exact: bool,
    /// Day positions on which any pair is matched.
    pub days: u32,
    /// Tracks on platforms with a matched day.
    pub pairs: u32,
    /// Tracks on platforms that are not absent in both periods.
    pub pairs_of: u32,
    /// Tracks with a matched day.
    pub tracks: u32,
    /// Tracks of the report.
    pub tracks_of: u32,
    /// Over all covered days of each period.
    pub total: BeforeAfter,
    /// How much the totals say (S10).
    pub total_precision: Precisions,
    /// Where the difference of the totals comes from.
    pub split: Split,
    /// The same for each platform, in registry order.
    pub platforms: Vec<PlatformGrowth>,
    /// The same for each track, in the order of the report's tracks.
    pub track_rows: Vec<TrackGrowth>,
}

/// An amount of two periods.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct BeforeAfter {
    /// Of the other period.
    pub before: i128,
    /// Of the report's period.
    pub after: i128,
}

/// How much the amounts of two periods say (S10).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Precisions {
    /// That of the other period.
    pub before: Precision,
    /// That of the report's period.
    pub after: Precision,
}

/// Where the difference of two totals comes from: the parts add up to it, to the unit (S21).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Split {
    /// The change of what is matched.
    pub existing: i128,
    /// What was not there in the other period.
    pub new: i128,
    /// What is not there any more; never positive.
    pub gone: i128,
    /// Days that the shorter period does not have.
    pub calendar: i128,
    /// Days that are covered in one of the periods only.
    pub coverage: i128,
}

/// How a platform compares with another period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct PlatformGrowth {
    /// The platform's code.
    pub platform: String,
    /// Over the matched days of the other period.
    pub before: i128,
    /// Over the matched days of the report's period.
    pub after: i128,
    /// Whether there is a percentage, and why not.
    pub change: Change,
    /// Percent, one digit after the point, with a minus where it fell.
    pub percent: Option<String>,
    /// Whether no matched day has a part of a longer step.
    pub exact: bool,
    /// Day positions on which any track is matched.
    pub days: u32,
    /// Tracks with a matched day.
    pub pairs: u32,
    /// Tracks that are not absent in both periods.
    pub pairs_of: u32,
    /// Over all covered days of each period.
    pub total: BeforeAfter,
    /// How much the totals say (S10).
    pub total_precision: Precisions,
    /// Where the difference of the totals comes from.
    pub split: Split,
}

/// How a track compares with another period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct TrackGrowth {
    /// The track's UUID.
    pub uuid: Uuid,
    /// Over the matched days of the other period.
    pub before: i128,
    /// Over the matched days of the report's period.
    pub after: i128,
    /// Whether there is a percentage, and why not.
    pub change: Change,
    /// Percent, one digit after the point, with a minus where it fell.
    pub percent: Option<String>,
    /// Whether no matched day has a part of a longer step.
    pub exact: bool,
    /// Day positions on which any platform is matched.
    pub days: u32,
    /// Over all covered days of each period.
    pub total: BeforeAfter,
    /// How much the totals say (S10).
    pub total_precision: Precisions,
    /// Where the difference of the totals comes from.
    pub split: Split,
}

/// A number of an artist as a whole over the range (S19).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct ArtistLevelRow {
    /// The artist's UUID.
    pub artist: Uuid,
    /// The artist's name.
    pub artist_name: String,
    /// The platform's code.
    pub platform: String,
    /// The platform's name.
    pub platform_name: String,
    /// Followers, listeners or views.
    pub metric: Metric,
    /// What the values mean, and so what may be done with them.
    pub kind: Kind,
    /// What one is.
    pub unit: String,
    /// The first value of the range.
    pub first: DayValue,
    /// The last value of the range.
    pub last: DayValue,
    /// Last less first.
    pub change: i128,
    /// The mean of the values, one digit after the point.
    pub average: String,
    /// Their sum, of a flow only.
    pub total: Option<i128>,
    /// Days with a value.
    pub days: u32,
    /// The value of each day of the range; null where none was delivered.
    pub values: Vec<Option<i128>>,
}

/// A value and its day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct DayValue {
    /// The day.
    pub day: Day,
    /// The value.
    pub value: i128,
}

/// How far the data of a platform reach, over the report's tracks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Freshness {
    /// The platform's code.
    pub platform: String,
    /// The last day with an observation of any track, whenever that is.
    pub data_until: Option<Day>,
    /// The last day that the provider was asked for.
    pub asked_until: Option<Day>,
}

/// Something the reader should know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Warning {
    /// A stable word for programs.
    pub code: String,
    /// A sentence for people.
    pub message: String,
}
