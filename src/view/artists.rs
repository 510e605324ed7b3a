//! The artists page: artists in the database, and Soundcharts artists that can be added or linked.

use serde::{Deserialize, Serialize};

use crate::domain::ArtistId;
use crate::domain::query::listing::{ArtistItem, ProviderArtist};
use crate::view::forms::encoding::{decode, encode};
use crate::view::forms::notice::Notice;

/// The page's path.
pub const PATH: &str = "/artists";

/// The state of the page, as its address has it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ArtistsAddress {
    /// Search text for artists in the database.
    pub q: String,
    /// Cursor: the last artist of the previous page.
    pub after: Option<ArtistId>,
    /// Search text for Soundcharts artists.
    pub provider: String,
    /// The artist without a UUID that is being linked.
    pub link: Option<ArtistId>,
}

impl ArtistsAddress {
    /// Parses a query string; unknown parameters are ignored.
    pub fn parse(search: &str) -> Self {
        let mut address = ArtistsAddress::default();
        for (name, value) in decode(search) {
            let value = value.trim();
            match name.as_str() {
                "q" => value.clone_into(&mut address.q),
                "after" => address.after = value.parse().ok(),
                "provider" => value.clone_into(&mut address.provider),
                "link" => address.link = value.parse().ok(),
                _ => {}
            }
        }
        address
    }

    /// The link to this state.
    pub fn href(&self) -> String {
        let after = self.after.map(|id| id.to_string()).unwrap_or_default();
        let link = self.link.map(|id| id.to_string()).unwrap_or_default();
        let pairs =
            [("q", self.q.as_str()), ("after", &after), ("provider", &self.provider), ("link", &link)];
        let query = encode(pairs.into_iter().filter(|(_, value)| !value.is_empty()));
        if query.is_empty() { PATH.to_owned() } else { format!("{PATH}?{query}") }
    }
}

/// The data of the page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArtistList {
    /// Artists in the database, by name or best match first.
    pub artists: Vec<ArtistItem>,
    /// Cursor of the next page, if there is one.
    pub next: Option<ArtistId>,
    /// Search results from Soundcharts, if searched.
    pub found: Option<Vec<ProviderArtist>>,
    /// The result of the last form submission.
    pub notice: Option<Notice>,
    /// The artist that is being linked.
    pub linked: Option<ArtistItem>,
    /// Whether Soundcharts can be queried.
    pub can_fetch: bool,
}

/// Artists per page.
pub const ROWS: u32 = 20;

impl ArtistList {
    /// Links to the first and the next page: label and href.
    pub fn links(&self, address: &ArtistsAddress) -> Vec<(&'static str, String)> {
        let to = |after: Option<ArtistId>| ArtistsAddress { after, ..address.clone() }.href();
        let first = address.after.is_some().then(|| ("First page", to(None)));
        let next = self.next.is_some().then(|| ("Next", to(self.next)));
        first.into_iter().chain(next).collect()
    }
}

/// Link to the report on an artist's last complete month.
pub fn report_href(artist: &ArtistItem) -> String {
    format!("/analytics?artist={}", artist.id)
}

/// Link to an artist's page.
pub fn artist_href(artist: &ArtistItem) -> String {
    format!("{PATH}/{}", artist.id)
}

/// Link to the Soundcharts search for an artist without a UUID.
pub fn link_href(artist: &ArtistItem) -> String {
    ArtistsAddress {
        q: artist.name.clone(),
        provider: artist.name.clone(),
        link: Some(artist.id),
        ..ArtistsAddress::default()
    }
    .href()
}

/// The label of an artist's data source.
pub fn source_label(source: &str) -> &'static str {
    match source {
        "soundcharts" => "Soundcharts",
        "acrcloud" => "ACRCloud",
        _ => "Entered by hand",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_the_state() {
        for href in [
            "/artists",
            "/artists?q=pel",
            "/artists?q=a&after=local-7",
            "/artists?q=Pel&provider=Pel&link=local-3",
        ] {
            let search = href.split_once('?').map_or("", |(_, search)| search);
            assert_eq!(ArtistsAddress::parse(search).href(), href);
        }
        assert_eq!(ArtistsAddress::parse("after=x&y=1&q= a ").href(), "/artists?q=a");
    }
}
