//! Labels and messages of the pages: flags, missing data, empty reports.

use super::tracks::shared_tracks;
use crate::domain::query::listing::ArtistItem;
use crate::domain::query::{Group, Period};
use crate::domain::report::{ArtistLevelRow, Report};
use crate::domain::series::Flag;
use crate::domain::text::format::pluralize;
use crate::domain::time::range::range_label;
use crate::domain::{Kind, Role, State};
use crate::view::analytics::address::Address;
use crate::view::analytics::page::{AnalyticsView, MissingData, QueryOutcome};

/// The label of a flag.
pub const fn flag_label(flag: Flag) -> &'static str {
    match flag {
        Flag::Glitch => "Glitch",
        Flag::Stale => "Stale repeat",
        Flag::Correction => "Correction",
        Flag::Halved => "Counted twice",
        Flag::Jump => "Jump",
        Flag::Unconfirmed => "Unconfirmed",
        Flag::Release => "Release",
    }
}

/// The explanation of a flag.
pub const fn flag_explanation(flag: Flag) -> &'static str {
    match flag {
        Flag::Glitch => {
            "The provider's value left its path for some days and came back. Those values are left out."
        }
        Flag::Stale => "The provider repeated an old value, so the amount of several days came at once.",
        Flag::Correction => {
            "The provider lowered its counter. What happened on those days is unknown and not counted."
        }
        Flag::Halved => {
            "The counter fell to about half: every play was probably counted twice before. The lower bound allows for it."
        }
        Flag::Jump => {
            "The counter rose by so much at once that it is no audience. The rise is left out and only raises the upper bound."
        }
        Flag::Unconfirmed => {
            "The newest rise is unusually large and not confirmed by later values yet. The lower bound leaves it out."
        }
        Flag::Release => {
            "The track was released in this time: the first value counts from zero on the day before."
        }
    }
}

/// The text for a state without a figure.
pub const fn state_text(state: State) -> &'static str {
    match state {
        State::Known => "known",
        State::Unknown => "unknown: no day of this range is covered",
        State::Absent => "not on this platform in this range",
    }
}

/// The label of a grouping.
pub const fn group_label(group: Group) -> &'static str {
    match group {
        Group::Track => "Track",
        Group::Platform => "Platform",
        Group::Date => "Date",
    }
}

/// The label of a role.
pub const fn role_label(role: Role) -> &'static str {
    match role {
        Role::Main => "Main artist only",
        Role::Featured => "Featured only",
    }
}

/// The note under artist-level metrics.
pub const ARTIST_LEVEL_NOTE: &str = "Numbers of the artists' own accounts and listeners. They are not part of the totals above: levels and rolling windows cannot be added up.";

/// The explanation of "incomplete".
pub const INCOMPLETE_NOTE: &str =
    "Not all data that this total is made of have been fetched. The data notes say what is missing, and why.";

/// The label of the total.
pub fn total_label(report: &Report) -> &'static str {
    if report.incomplete.is_some() { "Total audience (incomplete)" } else { "Total audience" }
}

/// The note under the comparison (S21).
pub const GROWTH_NOTE: &str = "Like for like compares the same days of the same tracks and platforms, where both periods have data. \
    The rest of the difference: new and gone tracks, days that one of the periods does not have (calendar), and days \
    with data in one of them only (coverage).";

/// The options of "Compare with": value and label.
pub const COMPARISONS: [(&str, &str); 3] = [
    ("previous", "Period before"),
    ("year", "Year before"),
    (crate::view::analytics::address::NO_COMPARISON, "Nothing"),
];

/// The permanent note under the country filter: audience data has no country (S18 in docs/semantics.md).
pub fn country_note(page: &AnalyticsView, country: &str) -> String {
    let charts = if country.is_empty() { "that country" } else { page.country_name(country) };
    format!(
        "Shows tracks that appeared in charts of {charts}. Audience metrics are platform-wide, not country-specific."
    )
}

/// Sentences about missing data.
pub fn missing_sentences(missing: &MissingData, page: &AnalyticsView) -> Vec<String> {
    let mut all = Vec::new();
    if missing.never_fetched > 0 {
        all.push(format!(
            "{} of a track on a platform {} never fetched from the provider: a sync can fill {}.",
            pluralize(missing.never_fetched as usize, "window"),
            if missing.never_fetched == 1 { "was" } else { "were" },
            if missing.never_fetched == 1 { "it" } else { "them" },
        ));
    }
    // Pairs without any data are absent, not gaps.
    if missing.empty > 0 && missing.days > 0 {
        all.push(format!(
            "For {} the provider was asked and has nothing: a sync cannot help.",
            pluralize(missing.empty as usize, "window")
        ));
    }
    if !missing.platforms.is_empty() {
        let names: Vec<&str> = missing.platforms.iter().map(|code| page.platform_name(code)).collect();
        all.push(format!("Not a single day is covered on {}.", names.join(", ")));
    }
    if !all.is_empty() && missing.days > 0 {
        all.push(format!(
            "{} of the range {} incomplete.",
            pluralize(missing.days as usize, "day"),
            if missing.days == 1 { "is" } else { "are" }
        ));
    }
    all
}

/// Missing data in one line.
pub fn missing_summary(missing: &MissingData) -> String {
    match (missing.never_fetched, missing.days) {
        (0, _) => String::new(),
        (windows, days) => format!(
            "{} of a track on a platform never fetched; {} incomplete. The full report can fetch what is missing.",
            pluralize(windows as usize, "window"),
            pluralize(days as usize, "day")
        ),
    }
}

/// Why a report has no numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmptyReason {
    /// The heading.
    pub title: &'static str,
    /// The explanation, with what to do next.
    pub detail: String,
}

/// Why the report has no total, if it has none.
pub fn empty_reason(report: &Report, missing: &MissingData, page: &AnalyticsView) -> Option<EmptyReason> {
    if report.summary.total.is_some() {
        return None;
    }
    let names: Vec<&str> = report.artists.iter().map(|artist| artist.name.as_str()).collect();
    let names = crate::view::analytics::form::name_list(&names);
    let query = &report.query;
    Some(
        if report.tracks.is_empty()
            && let Some(country) = query.country
        {
            EmptyReason {
                title: "No track in these charts",
                detail: format!(
                    "No track of {names} appeared in charts of {} that were fetched within this range.",
                    page.country_name(country.as_str())
                ),
            }
        } else if report.tracks.is_empty() && query.role.is_some() {
            EmptyReason {
                title: "No track in this role",
                detail: format!(
                    "{names}: no track with this credit. Choose “All credits” to see the others."
                ),
            }
        } else if report.tracks.is_empty() {
            EmptyReason {
                title: "No tracks yet",
                detail: format!(
                    "No track of {names} is stored here: import the artist's tracks or sync the artist first."
                ),
            }
        } else if report.tracks.iter().all(|track| track.state == State::Absent) {
            EmptyReason {
            title: "Not on these platforms",
            detail: "The provider was asked for all of these days, and none of the tracks exists on the chosen \
                     platforms."
                .to_owned(),
        }
        } else if missing.never_fetched > 0 && missing.empty == 0 {
            EmptyReason {
            title: "Never fetched",
            detail: "These tracks were never fetched from the provider for this range: nothing is known yet, which is \
                     not the same as zero."
                .to_owned(),
        }
        } else {
            EmptyReason {
            title: "Unknown",
            detail: "No day of this range is covered by the provider's data: the numbers are unknown, which is not the \
                     same as zero."
                .to_owned(),
        }
        },
    )
}

/// The names of a report's artists.
pub fn subject(report: &Report) -> String {
    let names: Vec<&str> = report.artists.iter().map(|artist| artist.name.as_str()).collect();
    crate::view::analytics::form::name_list(&names)
}

/// The period of a report with its filters: "September 2026 · tracks in charts of Italy".
pub fn period_label(report: &Report, page: &AnalyticsView) -> String {
    let query = &report.query;
    let days = range_label(query.from, query.to);
    let country = query
        .country
        .map(|country| format!(" · tracks in charts of {}", page.country_name(country.as_str())));
    let role = query.role.map(|role| format!(" · {}", role_label(role).to_lowercase()));
    [Some(days), country, role].into_iter().flatten().collect()
}

/// The title of the page in the browser's tab.
pub fn page_title(page: &AnalyticsView) -> String {
    match &page.outcome {
        QueryOutcome::Report(answer) => {
            format!("{}, {}", subject(&answer.report), period_label(&answer.report, page))
        }
        QueryOutcome::Nothing | QueryOutcome::Matches | QueryOutcome::Invalid(_) => "Analyze".to_owned(),
    }
}

/// The announcement for screen readers when a response arrives.
pub fn status_text(page: &AnalyticsView) -> String {
    match &page.outcome {
        QueryOutcome::Report(answer) => {
            let summary = &answer.report.summary;
            let units = crate::view::figures::units(&summary.units);
            let total = crate::view::figures::compact_text(summary.total);
            format!("Report on {}: {total} {units}", subject(&answer.report))
        }
        QueryOutcome::Matches => {
            format!("{} found: tick those that you want", pluralize(page.matches.len(), "artist"))
        }
        QueryOutcome::Nothing | QueryOutcome::Invalid(_) => String::new(),
    }
}

/// Example queries: label and href.
pub fn example_links(page: &AnalyticsView, address: &Address) -> Vec<(String, String)> {
    let month = address.parameters.month.as_deref().and_then(|month| month.parse().ok());
    let month = month.unwrap_or_else(|| Address::default_month(page.today));
    let link = |artist: &ArtistItem| {
        let next = address.with_period(Period::Month(month)).with(|next| {
            next.parameters.artists = vec![artist.id.to_string()];
        });
        (format!("{}, {}", artist.name, month.label()), next.href())
    };
    page.examples.iter().map(link).collect()
}

/// How the artists' totals add up, and the names of their shared tracks.
pub fn shared_text(report: &Report) -> String {
    let names: Vec<&str> = shared_tracks(report).into_iter().map(|track| track.name.as_str()).collect();
    let shared = (!names.is_empty()).then(|| format!("Shared: {}.", names.join(", ")));
    sum_equation(report)
        .map(|identity| format!("{identity}."))
        .into_iter()
        .chain(shared)
        .collect::<Vec<_>>()
        .join(" ")
}

/// Where the numbers come from.
pub fn provenance(report: &Report) -> String {
    format!("Made {} from data version {}; report {}.", report.generated_at, report.data_version, report.hash)
}

/// "A 1,200 + B 800 − shared 300 = 1,700", if several artists are selected and the total is known.
pub fn sum_equation(report: &Report) -> Option<String> {
    let total = report.summary.total?;
    if report.artists.len() < 2 {
        return None;
    }
    let mark = crate::domain::Figure::label;
    let parts: Vec<String> = report
        .artists
        .iter()
        .filter_map(|artist| Some(format!("{} {}", artist.name, mark(artist.total?))))
        .collect();
    let shared = report.shared.total.map(|figure| format!(" − shared {}", mark(figure))).unwrap_or_default();
    Some(format!("{}{shared} = {}", parts.join(" + "), mark(total)))
}

/// The label of a metric: "followers", "listeners within a month", "views a day".
pub fn measured(row: &ArtistLevelRow) -> String {
    match row.kind {
        Kind::Rolling => format!("{} within a month", row.unit),
        Kind::Flow => format!("{} a day", row.unit),
        Kind::Counter | Kind::Stock | Kind::Index => row.unit.clone(),
    }
}
