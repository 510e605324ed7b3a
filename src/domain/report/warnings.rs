//! What the reader of a report should know, in words.

use super::evidence::Evidence;
use super::rows::{Report, Warning};
use crate::domain::format::counted;
use crate::domain::series::Flag;
use crate::domain::{Day, State};

/// The warnings of a report, the gravest first.
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
                counted(days, "day"),
                country.as_str()
            );
            warn("country_days_without_chart", message);
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
        warn("unknown_tracks", format!("{} without any value in this range.", counted(unknown, "track")));
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
            warn(code, format!("{} {words}.", counted(count, "figure")));
        }
    }
    all
}
