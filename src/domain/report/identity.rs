//! S22 of docs/semantics.md: what makes two reports the same.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

use super::evidence::TrackEvidence;
use super::rows::{PeakRow, Report};
use crate::domain::Figure;
use crate::domain::pair::PairDigest;

/// A digest of the evidence used: each track x platform with the digest of its observations, and the
/// release date that S9b reads.
pub(super) fn data_version(used: Vec<(&TrackEvidence, &str, PairDigest)>) -> String {
    let mut lines: Vec<(uuid::Uuid, &str, PairDigest, Option<i32>)> = used
        .into_iter()
        .map(|(track, platform, digest)| {
            (track.uuid, platform, digest, track.release.map(|day| day.number()))
        })
        .collect();
    lines.sort_unstable();
    let mut text = String::new();
    for (track, platform, digest, release) in lines {
        let _ = write!(text, "{track} {platform} {release:?} ");
        digest.0.iter().for_each(|byte| {
            let _ = write!(text, "{byte:02x}");
        });
        text.push('\n');
    }
    digest(&text)
}

/// A digest of the canonical query and the figures; names, pictures and arrangement do not count.
pub(super) fn hash(report: &Report) -> String {
    let query = &report.query;
    let mut text = format!("{} {} {:?} {:?}\n", query.from, query.to, query.country, query.role);
    query.artists.iter().for_each(|artist| line(&mut text, &["artist", &artist.to_string()]));
    let mut artists: Vec<_> = report.artists.iter().collect();
    artists.sort_by_key(|artist| artist.uuid);
    for artist in artists {
        line(&mut text, &["total", &artist.uuid.to_string(), &figure(artist.total)]);
    }
    line(&mut text, &["shared", &figure(report.shared.total)]);
    let summary = &report.summary;
    line(&mut text, &["summary", &figure(summary.total), &summary.days_tracked.to_string()]);
    for row in &report.platforms {
        let days = row.days_tracked.to_string();
        line(
            &mut text,
            &["platform", &row.platform, row.state.as_str(), &figure(row.total), &days, &peak(row.peak)],
        );
    }
    let mut tracks: Vec<_> = report.tracks.iter().collect();
    tracks.sort_by_key(|track| track.uuid);
    for track in tracks {
        line(&mut text, &["track", &track.uuid.to_string(), track.state.as_str(), &figure(track.total)]);
        for cell in &track.platforms {
            let days = cell.days_tracked.to_string();
            line(
                &mut text,
                &["cell", &cell.platform, cell.state.as_str(), &figure(cell.total), &days, &peak(cell.peak)],
            );
        }
    }
    digest(&text)
}

fn line(text: &mut String, words: &[&str]) {
    text.push_str(&words.join(" "));
    text.push('\n');
}

fn figure(figure: Option<Figure>) -> String {
    figure.map_or_else(|| "-".to_owned(), |f| format!("{} {} {:?} {}", f.estimate, f.low, f.high, f.exact))
}

fn peak(peak: Option<PeakRow>) -> String {
    peak.map_or_else(|| "-".to_owned(), |peak| format!("{} {}", peak.value, peak.day))
}

/// The first 128 bits of SHA-256 in hexadecimal.
fn digest(text: &str) -> String {
    Sha256::digest(text).iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}
