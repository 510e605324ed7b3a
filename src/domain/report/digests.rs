//! S22 of docs/semantics.md: the digests that identify a report and the data behind it.

use sha2::{Digest as _, Sha256};

use super::evidence::TrackEvidence;
use super::rows::{PeakRow, Report};
use crate::domain::registry::platform::ReportPlatform;
use crate::domain::series::varint::{put, put_signed};
use crate::domain::{Day, Figure};

/// Digest of the evidence used: for each track and platform, the digest of its observations and the release
/// date (S9b).
pub(super) fn data_version(mut tracks: Vec<&TrackEvidence>, platforms: &[ReportPlatform]) -> String {
    let mut platforms: Vec<&ReportPlatform> = platforms.iter().collect();
    platforms.sort_unstable_by_key(|platform| &platform.code);
    tracks.sort_by_cached_key(|track| track.uuid.as_u128());
    let mut canon = CanonicalBytes::default();
    for track in tracks {
        for platform in &platforms {
            let Some((digest, _)) = &track.on_platform(platform).derived else { continue };
            canon.bytes(track.uuid.as_bytes()).text(&platform.code).bytes(&digest.0).day(track.release);
        }
    }
    canon.digest()
}

/// Digest of the canonical query and the figures. Names, pictures and order of rows are not part of it.
pub(super) fn hash(report: &Report) -> String {
    let query = &report.query;
    let mut canon = CanonicalBytes::default();
    canon.day(Some(query.from)).day(Some(query.to));
    canon.text(query.country.as_ref().map_or("", |country| country.as_str()));
    canon.text(query.role.map_or("", |role| role.as_str()));
    canon.count(query.artists.len());
    query.artists.iter().for_each(|artist| {
        canon.text(&artist.to_string());
    });
    let mut artists: Vec<_> = report.artists.iter().collect();
    artists.sort_by_key(|artist| artist.uuid);
    canon.count(artists.len());
    for artist in artists {
        canon.bytes(artist.uuid.as_bytes()).figure(artist.total);
    }
    let summary = &report.summary;
    canon.figure(report.shared.total).figure(summary.total).count(summary.days_tracked as usize);
    canon.count(report.platforms.len());
    for row in &report.platforms {
        canon.text(&row.platform).text(row.state.as_str()).figure(row.total);
        canon.count(row.days_tracked as usize).peak(row.peak);
    }
    let mut tracks: Vec<_> = report.tracks.iter().collect();
    tracks.sort_by_cached_key(|track| track.uuid.as_u128());
    canon.count(tracks.len());
    for track in tracks {
        canon.bytes(track.uuid.as_bytes()).text(track.state.as_str()).figure(track.total);
        canon.count(track.platforms.len());
        for cell in &track.platforms {
            canon.text(&cell.platform).text(cell.state.as_str()).figure(cell.total);
            canon.count(cell.days_tracked as usize).peak(cell.peak);
        }
    }
    canon.digest()
}

/// An unambiguous encoding: different values never have the same bytes, because every value is
/// self-delimiting.
#[derive(Default)]
struct CanonicalBytes(Vec<u8>);

impl CanonicalBytes {
    /// Fixed-length bytes.
    fn bytes(&mut self, bytes: &[u8]) -> &mut Self {
        self.0.extend_from_slice(bytes);
        self
    }

    fn count(&mut self, count: usize) -> &mut Self {
        put(&mut self.0, count as u64);
        self
    }

    fn text(&mut self, text: &str) -> &mut Self {
        self.count(text.len()).bytes(text.as_bytes())
    }

    fn number(&mut self, number: i128) -> &mut Self {
        // The upper half of nearly all numbers is 0 or -1, which takes one byte.
        put(&mut self.0, number as u64);
        put_signed(&mut self.0, (number >> 64) as i64);
        self
    }

    fn day(&mut self, day: Option<Day>) -> &mut Self {
        self.count(day.is_some().into());
        put_signed(&mut self.0, day.map_or(0, |day| day.number().into()));
        self
    }

    fn figure(&mut self, figure: Option<Figure>) -> &mut Self {
        let Some(Figure { estimate, low, high, exact }) = figure else { return self.count(0) };
        self.count(1 + usize::from(exact)).number(estimate).number(low);
        self.count(high.is_some().into()).number(high.unwrap_or(0))
    }

    fn peak(&mut self, peak: Option<PeakRow>) -> &mut Self {
        let Some(PeakRow { value, day, exact }) = peak else { return self.count(0) };
        self.count(1 + usize::from(exact)).day(Some(day)).number(value)
    }

    /// The first 128 bits of SHA-256 in hexadecimal.
    fn digest(&self) -> String {
        Sha256::digest(&self.0).iter().take(16).map(|byte| format!("{byte:02x}")).collect()
    }
}
