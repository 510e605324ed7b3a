//! The data of `/analytics`, which the server sends in one response.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::syncing::ReportSync;
use crate::domain::Day;
use crate::domain::query::FieldError;
use crate::domain::query::listing::{ArtistItem, CountryItem, PlatformItem};
use crate::domain::report::{Availability, Report};

/// The data of `/analytics` for one address.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AnalyticsView {
    /// The server's date; views never read a clock.
    pub today: Day,
    /// The platforms that a report can include.
    pub platforms: Vec<PlatformChoice>,
    /// The countries that have charts.
    pub countries: Vec<CountryItem>,
    /// The known artists of the query.
    pub artists: Vec<ArtistItem>,
    /// The artists that match `q`.
    pub matches: Vec<ArtistItem>,
    /// If `q` is a list: entries without a match, with the reason.
    pub unmatched: Vec<String>,
    /// Whether `matches` come from a list.
    pub is_list_matched: bool,
    /// Suggested artists, if there is no query.
    pub examples: Vec<ArtistItem>,
    /// The result of the query.
    pub outcome: QueryOutcome,
}

/// A platform in the form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlatformChoice {
    /// The value for `platform=`.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Its unit, such as "streams".
    pub unit: Option<String>,
}

/// The result of the query.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum QueryOutcome {
    /// There was no query.
    Nothing,
    /// Only a search for artists.
    Matches,
    /// The query is invalid.
    Invalid(Vec<FieldError>),
    /// The report.
    Report(Arc<ReportData>),
}

/// A report with its data gaps and sync state.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReportData {
    /// The report.
    pub report: Arc<Report>,
    /// Its data gaps.
    pub missing: MissingData,
    /// What can be fetched and what is being fetched.
    pub syncing: ReportSync,
}

/// The data gaps of a report as counts: S17 of docs/semantics.md.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct MissingData {
    /// Days on which at least one expected series is uncovered.
    pub days: u32,
    /// Gaps of track-platform pairs that were never fetched.
    pub never_fetched: u32,
    /// Gaps for which the provider has no data.
    pub empty: u32,
    /// Platforms without a single covered day.
    pub platforms: Vec<String>,
}

impl From<&Availability> for MissingData {
    fn from(availability: &Availability) -> Self {
        let count = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
        MissingData {
            days: count(availability.missing_days.len()),
            never_fetched: count(availability.never_fetched.len()),
            empty: count(availability.empty.len()),
            platforms: availability.missing_platforms.clone(),
        }
    }
}

impl PlatformChoice {
    /// `None` if reports cannot include the platform.
    pub fn from_item(platform: &PlatformItem) -> Option<Self> {
        let choice = || PlatformChoice {
            code: platform.code.clone(),
            name: platform.name.clone(),
            unit: platform.track_metric().and_then(|metric| metric.unit.clone()),
        };
        platform.is_reportable().then(choice)
    }
}

impl AnalyticsView {
    /// The codes of all platforms that a report can include.
    pub fn platform_codes(&self) -> Vec<String> {
        self.platforms.iter().map(|platform| platform.code.clone()).collect()
    }

    /// The validation errors of the query.
    pub fn errors(&self) -> &[FieldError] {
        match &self.outcome {
            QueryOutcome::Invalid(errors) => errors,
            QueryOutcome::Nothing | QueryOutcome::Matches | QueryOutcome::Report(_) => &[],
        }
    }

    /// The name of a platform, or its code where it is not among the choices.
    pub fn platform_name<'a>(&'a self, code: &'a str) -> &'a str {
        self.platforms.iter().find(|platform| platform.code == code).map_or(code, |platform| &platform.name)
    }

    /// The name of a country, or its code.
    pub fn country_name<'a>(&'a self, code: &'a str) -> &'a str {
        self.countries
            .iter()
            .find(|country| country.code.as_str() == code)
            .map_or(code, |country| &country.name)
    }
}

/// The errors of these fields, joined.
pub fn field_errors(errors: &[FieldError], fields: &[&str]) -> Option<String> {
    let messages: Vec<String> = errors
        .iter()
        .filter(|error| fields.contains(&error.field.as_str()))
        .map(|error| as_sentence(&error.message))
        .collect();
    Some(messages.join(" ")).filter(|text| !text.is_empty())
}

/// The text with a capital letter and a full stop.
pub fn as_sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
    let end = if text.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{first}{}{end}", letters.as_str())
}

/// The id of the control for a field; the error summary links to it.
pub fn control_id(field: &str) -> &'static str {
    match field {
        "artist" => "artist-input",
        "month" => "month-select",
        "from" => "from-input",
        "to" => "to-input",
        "platform" => "platforms",
        "country" => "country-select",
        "role" => "role-select",
        "group" => "group",
        "compare" => "compare-select",
        _ => "query-form",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_stand_beside_their_fields() {
        let errors = [
            FieldError::new("from", "a range needs both its first and its last day"),
            FieldError::new("artist", "choose at least one artist"),
            FieldError::new("to", "too long."),
        ];
        assert_eq!(
            field_errors(&errors, &["month", "from", "to"]).as_deref(),
            Some("A range needs both its first and its last day. Too long.")
        );
        assert_eq!(field_errors(&errors, &["platform"]), None);
        assert_eq!(as_sentence(""), ".");
    }
}
