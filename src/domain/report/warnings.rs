//! The warnings of a report.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::evidence::{Evidence, SharedIdentifier};
use super::rows::{Incomplete, Report, Warning};
use crate::domain::series::Flag;
use crate::domain::sync::causes_text;
use crate::domain::text::format::{grouped, pluralize};
use crate::domain::{Day, State};

/// All warnings, most severe first.
pub(super) fn warnings(report: &Report, evidence: &Evidence, today: Day) -> Vec<Warning> {
    let mut all = Vec::new();
    let mut warn = |code: &str, message: String| all.push(Warning { code: code.to_owned(), message });
    for artist in &evidence.skipped {
        warn(
            "artist_without_uuid",
            format!(
                "{} has no Soundcharts UUID and is left out: link the artist to the provider's one first.",
                artist.name
            ),
        );
    }
    if let Some(incomplete) = &report.incomplete {
        warn("incomplete", incomplete_text(incomplete));
    }
    for artist in report.artists.iter().filter(|artist| artist.tracks == 0) {
        warn("artist_without_tracks", format!("{} has no track in this report.", artist.name));
    }
    if let Some(country) = report.query.country {
        warn(
            "country_filter",
            format!(
                "Only tracks that appeared in charts of {} within the range are shown. Audience metrics are \
                 platform-wide, not country-specific.",
                country.as_str()
            ),
        );
        let days = report.country_evidence.as_ref().map_or(0, |evidence| evidence.days_without_chart.len());
        if days > 0 {
            let message = format!(
                "On {} of the range no chart of {} was fetched.",
                pluralize(days, "day"),
                country.as_str()
            );
            warn("country_days_without_chart", message);
        }
    }
    // One warning per group of tracks, even if they share a thousand identifiers.
    let mut shared: BTreeMap<(&str, &[Uuid]), Vec<&str>> = BTreeMap::new();
    for SharedIdentifier { platform, identifier, tracks } in &evidence.shared_identifiers {
        shared.entry((platform, tracks)).or_default().push(identifier);
    }
    for ((platform, tracks), identifiers) in shared {
        if let Some(message) = shared_identifiers(report, platform, tracks, &identifiers) {
            warn("shared_identifier", message);
        }
    }
    if report.query.to >= today {
        let past = (today - report.query.from).max(0);
        let whole = report.query.to - report.query.from + 1;
        warn(
            "in_progress",
            format!("In progress: {past} of {whole} days have passed; the total will still grow."),
        );
    }
    let unknown = report.tracks.iter().filter(|track| track.state == State::Unknown).count();
    if unknown > 0 {
        warn("unknown_tracks", format!("{} without any value in this range.", pluralize(unknown, "track")));
    }
    for (flag, code, words) in [
        (
            Flag::Halved,
            "halved",
            "may have been counted twice by the provider for a time; the lower bound allows for it",
        ),
        (
            Flag::Correction,
            "correction",
            "with a correction by the provider; what happened on those days is unknown",
        ),
        (
            Flag::Jump,
            "jump",
            "with a jump that is no audience; it is left out and bounds the total from above",
        ),
        (Flag::Unconfirmed, "unconfirmed", "whose newest rise is unusually large and not confirmed yet"),
    ] {
        let cells = report.tracks.iter().flat_map(|track| &track.platforms);
        let count = cells.filter(|cell| cell.flags.contains(&flag)).count();
        if count > 0 {
            warn(code, format!("{} {words}.", pluralize(count, "figure")));
        }
    }
    all
}

/// "Incomplete: data for 23 of 89 track-platform pairs hasn't been fetched (Not in your plan: 20 series)."
fn incomplete_text(incomplete: &Incomplete) -> String {
    let Incomplete { series, series_of, causes, artists } = incomplete;
    let causes = if causes.is_empty() { String::new() } else { format!(" ({})", causes_text(causes)) };
    let series = (*series > 0).then(|| {
        let pairs = pluralize(*series_of as usize, "track-platform pair");
        format!("data for {} of {pairs} hasn't been fetched{causes}", grouped((*series).into()))
    });
    let artists = (*artists > 0)
        .then(|| format!("the songs of {} haven't been listed", pluralize(*artists as usize, "artist")));
    let parts: Vec<String> = series.into_iter().chain(artists).collect();
    format!("Incomplete: {}.", parts.join("; "))
}

/// Warns about tracks with the same identifiers on a platform, and says by how much the total may be too
/// high: by at most the sum of all but the largest of them. `None` if fewer than two of them are counted.
fn shared_identifiers(
    report: &Report,
    platform: &str,
    tracks: &[Uuid],
    identifiers: &[&str],
) -> Option<String> {
    let total = |uuid: &Uuid| {
        let track = report.tracks.iter().find(|track| track.uuid == *uuid)?;
        let cell = track.platforms.iter().find(|cell| cell.platform == platform)?;
        Some((track.name.as_str(), cell.total?.estimate))
    };
    let mut tracks: Vec<(&str, i128)> = tracks.iter().filter_map(total).collect();
    if tracks.len() < 2 {
        return None;
    }
    tracks.sort_by_key(|(_, estimate)| std::cmp::Reverse(*estimate));
    let repeated: i128 = tracks[1..].iter().map(|(_, estimate)| estimate).sum();
    let names: Vec<String> = tracks.iter().map(|(name, _)| format!("“{name}”")).collect();
    let platform = report.platforms.iter().find(|row| row.platform == platform)?;
    let which = match identifiers {
        [identifier] => format!("the same identifier on {} ({identifier})", platform.name),
        several => format!("{} in common on {}", pluralize(several.len(), "identifier"), platform.name),
    };
    Some(format!(
        "{} have {which}, so the same recording may be counted twice: counted once, the total would be up to {} lower.",
        names.join(" and "),
        grouped(repeated)
    ))
}
