//! Pasted lists of artists, for example from a spreadsheet or an email. An entry is a name, a UUID, the ISRC
//! of a recording or a Spotify link.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::domain::query::listing::ArtistItem;
use crate::domain::registry::artist_id::parse_uuid;

/// A reference to one or more artists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ArtistRef {
    /// The UUID of an artist or a track.
    Uuid(Uuid),
    /// The artists of a recording.
    Isrc(String),
    /// The artists of a Spotify track.
    SpotifyTrack(String),
    /// A Spotify artist.
    SpotifyArtist(String),
    /// An artist's name.
    Name(String),
}

impl ArtistRef {
    /// Parses an entry; anything unrecognized is a name.
    pub fn parse(entry: &str) -> Self {
        let entry = entry.trim();
        if let Some(uuid) = parse_uuid(entry) {
            return ArtistRef::Uuid(uuid);
        }
        if let Some(named) = spotify(entry) {
            return named;
        }
        let isrc = entry.replace('-', "").to_ascii_uppercase();
        if is_isrc(&isrc) { ArtistRef::Isrc(isrc) } else { ArtistRef::Name(entry.to_owned()) }
    }
}

/// Country, registrant, year and number, without hyphens.
fn is_isrc(text: &str) -> bool {
    text.len() == 12
        && text.bytes().enumerate().all(|(place, byte)| match place {
            0 | 1 => byte.is_ascii_uppercase(),
            2..5 => byte.is_ascii_alphanumeric(),
            _ => byte.is_ascii_digit(),
        })
}

/// `https://open.spotify.com/intl-de/track/ID?si=...` or `spotify:track:ID`.
fn spotify(entry: &str) -> Option<ArtistRef> {
    let rest = match entry.split_once("open.spotify.com/") {
        Some((_, path)) => path,
        None => entry.strip_prefix("spotify:")?,
    };
    let path = rest.split(['?', '#']).next().unwrap_or_default();
    let mut parts = path.split(['/', ':']).filter(|part| !part.starts_with("intl-"));
    let (kind, id) = (parts.next()?, parts.next()?.to_owned());
    let is_id = id.len() == 22 && id.bytes().all(|byte| byte.is_ascii_alphanumeric());
    match kind {
        "track" if is_id => Some(ArtistRef::SpotifyTrack(id)),
        "artist" if is_id => Some(ArtistRef::SpotifyArtist(id)),
        _ => None,
    }
}

/// Splits a pasted text at line breaks, tabs and semicolons. Not at commas, which may be part of a name ("Tyler,
/// The Creator"): see [`split_commas`].
pub fn entries(text: &str) -> Vec<&str> {
    let parts = text.split(['\n', '\r', '\t', ';']);
    parts.map(|part| part.trim().trim_end_matches(',').trim()).filter(|part| !part.is_empty()).collect()
}

/// Splits an entry at commas, for entries that match no artist as a whole; `None` without a comma.
pub fn split_commas(entry: &str) -> Option<Vec<&str>> {
    let parts: Vec<&str> = entry.split(',').map(str::trim).filter(|part| !part.is_empty()).collect();
    (parts.len() > 1).then_some(parts)
}

/// Whether a text looks like a list, a code or a link and should be resolved instead of searched by name.
pub fn is_list(text: &str) -> bool {
    let text = text.trim().trim_end_matches([';', ',']);
    // UUIDs and ISRCs have many digits, one-word names have few.
    let is_code = || !text.contains(' ') && text.bytes().filter(u8::is_ascii_digit).count() > 4;
    text.contains(['\n', '\r', '\t', ';', ',']) || text.contains("spotify") || is_code()
}

/// The artists of a pasted list.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ResolvedArtists {
    /// Unique, in the order of the list.
    pub found: Vec<ArtistItem>,
    /// Entries without a match, with the reason: "Xyz: no artist of this name".
    pub missing: Vec<String>,
}

impl ResolvedArtists {
    /// A summary for the status line.
    pub fn sentence(&self) -> String {
        let found = crate::domain::text::format::pluralize(self.found.len(), "artist");
        if self.missing.is_empty() {
            return format!("{found} found");
        }
        format!("{found} found; not found: {}", self.missing.join("; "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_name_artists_in_many_ways() {
        let name = |text: &str| ArtistRef::Name(text.to_owned());
        let id = "6qqNVTkY8uBg9cP3Jd7DAH";
        for (entry, named) in [
            (" Achille Lauro ", name("Achille Lauro")),
            (
                "11E81BCC-9C1C-CE38-B96B-A0369FE50396",
                ArtistRef::Uuid("11e81bcc-9c1c-ce38-b96b-a0369fe50396".parse().unwrap()),
            ),
            ("us-um7-19-00764", ArtistRef::Isrc("USUM71900764".to_owned())),
            ("ARCTICMONKEY", name("ARCTICMONKEY")),
            ("spotify:track:6qqNVTkY8uBg9cP3Jd7DAH", ArtistRef::SpotifyTrack(id.to_owned())),
            (
                "https://open.spotify.com/intl-de/artist/6qqNVTkY8uBg9cP3Jd7DAH?si=x",
                ArtistRef::SpotifyArtist(id.to_owned()),
            ),
            ("open.spotify.com/track/6qqNVTkY8uBg9cP3Jd7DAH", ArtistRef::SpotifyTrack(id.to_owned())),
            (
                "https://open.spotify.com/album/6qqNVTkY8uBg9cP3Jd7DAH",
                name("https://open.spotify.com/album/6qqNVTkY8uBg9cP3Jd7DAH"),
            ),
        ] {
            assert_eq!(ArtistRef::parse(entry), named, "{entry}");
        }
    }

    #[test]
    fn a_list_is_parted_at_lines_and_cells() {
        assert_eq!(entries(" A \r\nB;C\tD,\n\n"), ["A", "B", "C", "D"]);
        assert_eq!(split_commas("A, B,"), Some(vec!["A", "B"]));
        assert_eq!(split_commas("A"), None);
        for (text, is) in
            [("A", false), ("", false), ("A;", false), ("A\nB", true), ("A, B", true), ("USUM71900764", true)]
        {
            assert_eq!(is_list(text), is, "{text}");
        }
    }
}
